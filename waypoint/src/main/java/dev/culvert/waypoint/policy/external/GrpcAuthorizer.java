package dev.culvert.waypoint.policy.external;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.envoy.CheckRequest;
import dev.culvert.api.envoy.CheckResponse;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/// An authorizer that is called by gRPC, `envoy.service.auth.v3.Authorization/Check`.
///
/// Immutable. The one message each way is framed here; a call of gRPC is otherwise a request
/// with a body.
///
/// @param packAsBytes whether the body is shown as bytes rather than as a text
public record GrpcAuthorizer(ProviderSettings settings, boolean packAsBytes) implements Authorizer {
    private static final String METHOD = "/envoy.service.auth.v3.Authorization/Check";
    private static final int FRAME_HEAD = 5;
    /// What gRPC's timeout may have as digits.
    private static final long MAX_TIMEOUT_MILLIS = 99_999_999;

    @Override
    public int bodyBytes() {
        return settings.bodyBytes();
    }

    @Override
    public boolean partialBody() {
        return settings.partialBody();
    }

    @Override
    public CompletionStage<CheckResult> check(CheckSubject subject, InternalCalls calls) {
        return call(CheckMessages.request(subject, settings.bodyBytes() > 0, packAsBytes), calls);
    }

    @Override
    public CompletionStage<CheckResult> checkConnection(CheckSubject.Connection subject, InternalCalls calls) {
        return call(CheckMessages.request(subject), calls);
    }

    private CompletionStage<CheckResult> call(CheckRequest message, InternalCalls calls) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.set("content-type", "application/grpc");
        headers.set("te", "trailers");
        headers.set("grpc-timeout", Math.min(settings.timeout().toMillis() + 1, MAX_TIMEOUT_MILLIS) + "m");
        RequestHead head =
                new RequestHead("POST", "http", settings.hostname() + ":" + settings.port(), METHOD, headers);
        return settings.send(calls, true, head, frame(message), this::read);
    }

    private static Bytes frame(CheckRequest message) {
        byte[] content = message.toByteArray();
        return Bytes.of(ByteBuffer.allocate(FRAME_HEAD + content.length)
                .put((byte) 0)
                .putInt(content.length)
                .put(content)
                .array());
    }

    private CheckResult read(InternalCalls.Reply reply) {
        if (reply.head().status() != 200) {
            return settings.onFailure()
                    .failed("it answered with status " + reply.head().status());
        }
        String status = Objects.requireNonNullElse(
                reply.trailers().get("grpc-status"),
                Objects.requireNonNullElse(reply.head().headers().get("grpc-status"), "none"));
        if (!status.equals("0")) {
            return settings.onFailure().failed("it answered with gRPC status " + status);
        }
        ByteBuffer body = ByteBuffer.wrap(reply.body().toArray());
        if (body.remaining() < FRAME_HEAD || body.get() != 0 || body.getInt() != body.remaining()) {
            return settings.onFailure().failed("it answered with something else than one message");
        }
        try {
            return CheckMessages.result(CheckResponse.parseFrom(body), settings);
        } catch (InvalidProtocolBufferException e) {
            return settings.onFailure().failed("its answer is no CheckResponse");
        }
    }
}

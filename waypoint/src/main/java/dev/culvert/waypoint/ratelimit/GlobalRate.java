package dev.culvert.waypoint.ratelimit;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.envoy.RateLimitRequest;
import dev.culvert.api.envoy.RateLimitResponse;
import dev.culvert.api.waypoint.RateLimit.GlobalLimit;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A limit that Envoy's rate-limit service counts. Immutable; every event loop may ask.
///
/// When the service does not answer in time, or not well, the policy's `fail_open` lets the
/// request through; else it is answered 500, as Envoy does with `failure_mode_deny`.
final class GlobalRate {
    private static final Logger LOG = LoggerFactory.getLogger(GlobalRate.class);
    private static final String METHOD = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(20);
    private static final int MAX_RESPONSE_BYTES = 65_536;
    private static final int FRAME_HEADER = 5;

    private final GlobalLimit settings;
    private final Duration timeout;
    private final List<Descriptor> descriptors;

    GlobalRate(GlobalLimit settings) {
        this.settings = settings;
        Duration given = Duration.ofSeconds(
                settings.getTimeout().getSeconds(), settings.getTimeout().getNanos());
        timeout = given.isPositive() ? given : DEFAULT_TIMEOUT;
        List<Descriptor> compiled = new ArrayList<>();
        settings.getDescriptorsList().forEach(descriptor -> compiled.add(Descriptor.compile(descriptor)));
        descriptors = List.copyOf(compiled);
    }

    /// A request that has nothing to be counted under is not counted.
    CompletionStage<RateVerdict> judge(RateRequest request, InternalCalls calls) {
        RateLimitRequest.Builder question = RateLimitRequest.newBuilder().setDomain(settings.getDomain());
        for (Descriptor descriptor : descriptors) {
            descriptor.describe(request).ifPresent(question::addDescriptors);
        }
        if (question.getDescriptorsCount() == 0) {
            return CompletableFuture.completedFuture(RateVerdict.UNLIMITED);
        }
        if (!settings.getInvalid().isEmpty()) {
            return CompletableFuture.completedFuture(failed(settings.getInvalid()));
        }
        return ask(question.build(), calls).handle((reply, failure) -> {
            if (failure != null || reply == null) {
                return failed(failure == null ? "no answer" : String.valueOf(failure.getMessage()));
            }
            return read(reply);
        });
    }

    private CompletionStage<InternalCalls.Reply> ask(RateLimitRequest question, InternalCalls calls) {
        byte[] message = question.toByteArray();
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.set("content-type", "application/grpc");
        headers.set("te", "trailers");
        headers.set("grpc-timeout", Math.max(1, timeout.toMillis()) + "m");
        String host = settings.getCluster().substring(settings.getCluster().indexOf('/') + 1);
        return calls.call(new InternalCalls.Request(
                new InternalCalls.Target(settings.getCluster(), settings.getPort(), true),
                new RequestHead("POST", "http", host + ":" + settings.getPort(), METHOD, headers),
                Unpooled.buffer(FRAME_HEADER + message.length)
                        .writeByte(0)
                        .writeInt(message.length)
                        .writeBytes(message),
                timeout,
                MAX_RESPONSE_BYTES));
    }

    private RateVerdict read(InternalCalls.Reply reply) {
        String inTrailers = reply.trailers().get("grpc-status");
        String status = inTrailers == null ? reply.head().headers().get("grpc-status") : inTrailers;
        if (reply.head().status() != 200 || !"0".equals(status)) {
            return failed("it answered with status " + reply.head().status() + " and gRPC status " + status);
        }
        ByteBuffer body = ByteBuffer.wrap(reply.body().toArray());
        if (body.remaining() < FRAME_HEADER || body.get() != 0 || body.getInt() != body.remaining()) {
            return failed("it answered with something else than one message");
        }
        try {
            RateLimitResponse answer = RateLimitResponse.parseFrom(body);
            return answer.getOverallCode() == RateLimitResponse.Code.UNKNOWN
                            || answer.getOverallCode() == RateLimitResponse.Code.UNRECOGNIZED
                    ? failed("it does not know")
                    : GlobalAnswer.verdict(answer);
        } catch (InvalidProtocolBufferException e) {
            return failed("its answer is not of its protocol");
        }
    }

    private RateVerdict failed(String why) {
        LOG.atDebug()
                .addKeyValue("cluster", settings.getCluster())
                .addKeyValue("domain", settings.getDomain())
                .addKeyValue("error", why)
                .log("the rate-limit service did not decide");
        return settings.getFailOpen()
                ? RateVerdict.UNLIMITED
                : new RateVerdict.Refuse(
                        LocalReply.text(500, "rate limit service failed", "RLSE", "rate_limiter_error"));
    }
}

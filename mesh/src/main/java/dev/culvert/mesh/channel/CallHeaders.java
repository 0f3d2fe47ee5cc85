package dev.culvert.mesh.channel;

import dev.culvert.api.MeshHeaders;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executor;

/// Adds the token and the fixed headers to each call; a call without a readable token fails.
///
/// Thread-safe: it holds no state.
final class CallHeaders extends CallCredentials implements ClientInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION = key(MeshHeaders.AUTHORIZATION);

    private final TokenSource tokens;
    private final Map<String, String> headers;
    private final Executor blocking;

    CallHeaders(TokenSource tokens, Map<String, String> headers, Executor blocking) {
        this.tokens = tokens;
        this.headers = headers;
        this.blocking = blocking;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return next.newCall(method, options.withCallCredentials(this));
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
        blocking.execute(() -> {
            Metadata metadata = new Metadata();
            headers.forEach((name, value) -> metadata.put(key(name), value));
            try {
                String token = tokens.token();
                if (token != null) {
                    metadata.put(AUTHORIZATION, "Bearer " + token);
                }
            } catch (IOException e) {
                applier.fail(Status.UNAUTHENTICATED
                        .withDescription("no token for the control plane: " + e)
                        .withCause(e));
                return;
            }
            applier.apply(metadata);
        });
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}

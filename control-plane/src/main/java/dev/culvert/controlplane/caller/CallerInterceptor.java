package dev.culvert.controlplane.caller;

import dev.culvert.api.MeshHeaders;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets a call through only with a bearer token that a [TokenReviewer] vouches for, and gives the
/// services behind it the [Caller].
///
/// Thread-safe. To the outside every failure looks alike; the reason is in our log. Cheap reviewers
/// are always asked, so that somebody's guessing behind a shared address does not shut out the good
/// caller behind it; costly ones are not asked while the address is exhausted.
public final class CallerInterceptor implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(CallerInterceptor.class);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of(MeshHeaders.AUTHORIZATION, Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "Bearer ";

    private final List<TokenReviewer> cheap;
    private final List<TokenReviewer> costly;
    private final Consumer<String> failed;
    private final CallerConnections connections;
    private final FailureLimiter limiter;

    /// @param cheap reviewers that answer from memory
    /// @param costly reviewers that ask somebody else
    /// @param failed told the reason of each failure, for the metrics
    /// @param connections told of each connection how its calls fared
    public CallerInterceptor(
            List<TokenReviewer> cheap,
            List<TokenReviewer> costly,
            Consumer<String> failed,
            CallerConnections connections,
            Clock clock) {
        this.cheap = List.copyOf(cheap);
        this.costly = List.copyOf(costly);
        this.failed = failed;
        this.connections = connections;
        this.limiter = new FailureLimiter(clock);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String token = bearer(headers.get(AUTHORIZATION));
        CallerConnections.Ends ends = new CallerConnections.Ends(
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
        String address = address(ends.remote());
        Caller caller = token == null ? null : review(token, address);
        if (caller == null) {
            refuse(token == null ? "no bearer token" : "unknown or revoked token", address);
            call.close(Status.UNAUTHENTICATED.withDescription("authentication failed"), new Metadata());
            connections.refused(ends);
            return new ServerCall.Listener<>() {};
        }
        if (!connections.proven(ends, caller.credential())) {
            call.close(Status.RESOURCE_EXHAUSTED.withDescription("too many connections of one token"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(caller.inContext(), call, headers, next);
    }

    private @Nullable Caller review(String token, String address) {
        Caller caller = ask(cheap, token);
        return caller != null || limiter.exhausted(address) ? caller : ask(costly, token);
    }

    private static @Nullable Caller ask(List<TokenReviewer> reviewers, String token) {
        for (TokenReviewer reviewer : reviewers) {
            Caller caller = reviewer.review(token);
            if (caller != null) {
                return caller;
            }
        }
        return null;
    }

    private void refuse(String reason, String address) {
        failed.accept(reason);
        if (limiter.tryFail(address)) {
            log.atWarn()
                    .addKeyValue("peer", address)
                    .addKeyValue("reason", reason)
                    .log("call refused");
        }
    }

    private static @Nullable String bearer(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        String token = header.substring(SCHEME.length()).strip();
        return token.isEmpty() ? null : token;
    }

    private static String address(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : String.valueOf(peer);
    }
}

package dev.culvert.waypoint.http;

import dev.culvert.api.SpiffeId;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// The fields that a waypoint of Istio adds to requests and responses. Without state.
final class StandardFields {
    static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
    private static final AsciiString PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString CLIENT_CERT = AsciiString.cached("x-forwarded-client-cert");
    private static final AsciiString ATTEMPTS = AsciiString.cached("x-envoy-attempt-count");
    private static final AsciiString SERVICE_TIME = AsciiString.cached("x-envoy-upstream-service-time");

    private StandardFields() {}

    /// What is done to a request before anything else looks at it.
    static void incoming(RequestHead head, Waypoint self, SpiffeId client, SpiffeId own, RandomGenerator random) {
        HttpHeaders headers = head.headers();
        if (!headers.contains(REQUEST_ID)) {
            headers.set(REQUEST_ID, requestId(random));
        }
        if (!headers.contains(PROTO)) {
            headers.set(PROTO, head.scheme());
        }
        headers.remove(CLIENT_CERT);
        headers.remove(ATTEMPTS);
        if (self.getForwardClientIdentity()) {
            headers.set(CLIENT_CERT, "By=" + own + ";URI=" + client);
        }
    }

    /// A random UUID (RFC 9562, version 4) of the loop's own generator.
    private static String requestId(RandomGenerator random) {
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /// What each try says of itself.
    static void outgoing(RequestHead head, int attempt) {
        head.headers().set(ATTEMPTS, Integer.toString(attempt));
    }

    /// What is done to a backend's response before filters.
    static void response(ResponseHead head, long serviceMillis) {
        head.headers().set(HttpHeaderNames.SERVER, LocalReplies.SERVER);
        head.headers().set(SERVICE_TIME, Long.toString(serviceMillis));
    }
}

package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import java.util.List;
import java.util.Map;

/// What a client is told when no backend answers, in Envoy's words. Without state.
final class UpstreamReplies {
    /// The time for the request, or for its last try, ran out.
    static final LocalReply TIMEOUT = LocalReply.text(504, "upstream request timeout", "UT", "response_timeout");

    /// The time that the client of gRPC gave its call ran out.
    static final LocalReply DEADLINE = new LocalReply(
            504,
            List.of(Map.entry("grpc-status", "4")),
            Bytes.of("upstream request timeout"),
            "UT",
            "max_duration_timeout");

    private static final String TEXT = "upstream connect error or disconnect/reset before headers. reset reason: ";

    private UpstreamReplies() {}

    static LocalReply of(Kind kind) {
        String reason = switch (kind) {
            case NOT_CONNECTED -> "remote connection failure";
            case CONNECT_TIMEOUT -> "connection timeout";
            case OVERFLOW -> "overflow";
            case STALE, LOST -> "connection termination";
            case REFUSED, RESET -> "remote reset";
            case MALFORMED -> "protocol error";
        };
        return LocalReply.text(kind == Kind.MALFORMED ? 502 : 503, TEXT + reason, kind.flag(), kind.details());
    }
}

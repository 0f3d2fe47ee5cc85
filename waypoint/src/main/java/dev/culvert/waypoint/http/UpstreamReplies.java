package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;

/// What a client is told when no backend answers, in Envoy's words. Without state.
final class UpstreamReplies {
    /// The time for the request, or for its last try, ran out.
    static final LocalReply TIMEOUT = LocalReply.text(504, "upstream request timeout", "UT", "response_timeout");

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

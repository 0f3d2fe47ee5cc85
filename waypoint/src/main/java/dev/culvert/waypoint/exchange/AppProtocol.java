package dev.culvert.waypoint.exchange;

import dev.culvert.api.waypoint.Protocol;

/// What is spoken on a port of a service, as declared (`appProtocol`, or the prefix of the port's name).
public enum AppProtocol {
    /// Nothing is declared: what the first bytes look like.
    SNIFF,
    HTTP1,
    /// Without TLS and without negotiation.
    HTTP2,
    GRPC,
    /// Opaque.
    TCP,
    /// Opaque, with the server's name in the open.
    TLS;

    /// As the control plane says it; what we do not know is looked at.
    public static AppProtocol of(Protocol message) {
        return switch (message) {
            case SNIFF, UNRECOGNIZED -> SNIFF;
            case HTTP1 -> HTTP1;
            case HTTP2 -> HTTP2;
            case GRPC -> GRPC;
            case TCP -> TCP;
            case TLS -> TLS;
        };
    }

    /// Whether it can be nothing else than HTTP.
    public boolean isHttp() {
        return this == HTTP1 || this == HTTP2 || this == GRPC;
    }

    /// Whether a backend takes HTTP/2 with prior knowledge.
    public boolean isHttp2() {
        return this == HTTP2 || this == GRPC;
    }

    /// Whether its bytes are passed on unread.
    public boolean isOpaque() {
        return this == TCP || this == TLS;
    }
}

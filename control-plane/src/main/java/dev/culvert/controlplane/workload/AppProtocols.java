package dev.culvert.controlplane.workload;

import dev.culvert.api.workload.AppProtocol;
import java.util.Locale;

/// What a port speaks, told from its declaration. Pure.
final class AppProtocols {
    private AppProtocols() {}

    /// @param declared the port's protocol field; empty when it has none
    /// @param name     the port's name, whose part before the first `-` may be a protocol
    static AppProtocol of(String declared, String name) {
        AppProtocol said = named(declared);
        return said == AppProtocol.UNKNOWN ? named(name.split("-", 2)[0]) : said;
    }

    private static AppProtocol named(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "http", "kubernetes.io/ws" -> AppProtocol.HTTP11;
            case "http2", "h2c", "kubernetes.io/h2c" -> AppProtocol.HTTP2;
            case "grpc", "grpc-web" -> AppProtocol.GRPC;
            case "https", "tls", "kubernetes.io/wss" -> AppProtocol.TLS;
            case "tcp" -> AppProtocol.TCP;
            default -> AppProtocol.UNKNOWN;
        };
    }
}

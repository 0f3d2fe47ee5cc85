package dev.culvert.controlplane;

import dev.culvert.controlplane.xds.AdsServer;
import dev.culvert.controlplane.xds.ClientStatus;
import dev.culvert.process.Response;
import dev.culvert.process.Routes;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The read-only debug view, for loopback: who is connected and how far, and what is wrong with the
/// manifests.
///
/// Thread-safe: each request asks anew.
final class DebugPages {
    private final AdsServer discovery;
    private final Supplier<List<String>> problems;

    /// @param problems manifests that are not in force, each with its reason
    DebugPages(AdsServer discovery, Supplier<List<String>> problems) {
        this.discovery = discovery;
        this.problems = problems;
    }

    void addTo(Routes routes) {
        routes.get("/debug/xds", _ -> Response.json(200, clients()));
        routes.get(
                "/debug/problems",
                _ -> Response.json(
                        200,
                        array(problems.get().stream().map(DebugPages::quote).toList())));
    }

    private String clients() throws InterruptedException {
        return array(discovery.clients().stream().map(DebugPages::client).toList());
    }

    private static String client(ClientStatus client) {
        return "{\"id\": " + quote(client.id()) + ", \"token\": " + quote(client.credential()) + ", \"connected\": "
                + quote(client.connected().toString()) + ", \"types\": "
                + client.types().stream().map(DebugPages::type).collect(Collectors.joining(", ", "[", "]")) + "}";
    }

    private static String type(ClientStatus.TypeStatus type) {
        return "{\"type\": " + quote(type.typeUrl()) + ", \"wildcard\": " + type.wildcard() + ", \"names\": "
                + type.names() + ", \"behind\": " + type.behind() + ", \"awaitingAck\": " + type.awaitingAck()
                + ", \"lastRejection\": " + quote(type.lastRejection()) + "}";
    }

    private static String array(List<String> elements) {
        return elements.stream().collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
    }

    /// A JSON string (RFC 8259, section 7).
    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                default -> {
                    if (c < ' ') {
                        quoted.append(String.format("\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}

package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.NamedMatch;
import dev.culvert.api.waypoint.PathMatch;
import dev.culvert.api.waypoint.TextMatch;
import dev.culvert.kube.resource.TextMatch.Exact;
import dev.culvert.kube.resource.TextMatch.Prefix;
import dev.culvert.kube.resource.TextMatch.Present;
import dev.culvert.kube.resource.TextMatch.Regex;
import dev.culvert.kube.resource.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Makes the conditions of VirtualServices that can hold for one port and for the clients of one namespace.
/// Pure.
///
/// @param port   of the service
/// @param client namespace of the clients; empty for those that no condition names
record VirtualMatches(int port, String client) {
    private static final String MESH = "mesh";

    /// Whether there is a rule left of `matches`, of which there were none or of which some can hold.
    boolean holds(List<VirtualService.HttpMatch> matches) {
        return matches.isEmpty() || matches.stream().anyMatch(this::canHold);
    }

    /// The messages of those that can hold.
    List<HttpMatch> http(List<VirtualService.HttpMatch> matches) {
        return matches.stream()
                .filter(this::canHold)
                .map(VirtualMatches::message)
                .toList();
    }

    /// The server names of those that can hold.
    List<String> serverNames(List<VirtualService.TlsMatch> matches) {
        List<String> names = new ArrayList<>();
        matches.stream().filter(match -> canHold(match.connection())).forEach(match -> names.addAll(match.sniHosts()));
        return names;
    }

    /// Whether a rule for connections can hold.
    boolean tcp(List<VirtualService.TcpMatch> matches) {
        return matches.isEmpty() || matches.stream().anyMatch(this::canHold);
    }

    private boolean canHold(VirtualService.HttpMatch match) {
        return canHold(match.port(), match.sourceLabels(), match.sourceNamespace(), match.gateways());
    }

    private boolean canHold(VirtualService.TcpMatch match) {
        return match.destinationSubnets().isEmpty()
                && canHold(match.port(), match.sourceLabels(), match.sourceNamespace(), match.gateways());
    }

    /// A waypoint does not know the labels of clients.
    private boolean canHold(int only, Map<String, String> labels, String namespace, List<String> gateways) {
        return (only == 0 || only == port)
                && labels.isEmpty()
                && (namespace.isEmpty() || namespace.equals(client))
                && (gateways.isEmpty() || gateways.contains(MESH));
    }

    private static HttpMatch message(VirtualService.HttpMatch match) {
        HttpMatch.Builder built = HttpMatch.newBuilder().setName(match.name());
        if (match.uri() != null) {
            built.setPath(path(match.uri(), match.ignoreUriCase()));
        }
        if (match.method() != null) {
            built.setMethod(text(match.method()));
        }
        if (match.scheme() != null) {
            built.setScheme(text(match.scheme()));
        }
        if (match.authority() != null) {
            built.setAuthority(text(match.authority()));
        }
        new TreeMap<>(match.headers()).forEach((name, value) -> built.addHeaders(named(name, value)));
        new TreeMap<>(match.withoutHeaders())
                .forEach((name, value) ->
                        built.addHeaders(named(name, value).toBuilder().setInvert(true)));
        new TreeMap<>(match.queryParams()).forEach((name, value) -> built.addQueryParameters(named(name, value)));
        return built.build();
    }

    private static PathMatch path(dev.culvert.kube.resource.TextMatch uri, boolean ignoreCase) {
        PathMatch.Builder built = PathMatch.newBuilder().setIgnoreCase(ignoreCase);
        return switch (uri) {
            case Exact(String text) -> built.setExact(text).build();
            case Prefix(String text) -> built.setTextPrefix(text).build();
            case Regex(String pattern) -> built.setRegex(pattern).build();
            case Present() -> built.setTextPrefix("/").build();
        };
    }

    private static NamedMatch named(String name, dev.culvert.kube.resource.TextMatch value) {
        return NamedMatch.newBuilder().setName(name).setValue(text(value)).build();
    }

    static TextMatch text(dev.culvert.kube.resource.TextMatch match) {
        TextMatch.Builder built = TextMatch.newBuilder();
        return switch (match) {
            case Exact(String text) -> built.setExact(text).build();
            case Prefix(String text) -> built.setPrefix(text).build();
            case Regex(String pattern) -> built.setRegex(pattern).build();
            case Present() -> built.setPresent(true).build();
        };
    }
}

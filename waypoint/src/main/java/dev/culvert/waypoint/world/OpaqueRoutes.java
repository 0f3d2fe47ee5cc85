package dev.culvert.waypoint.world;

import dev.culvert.api.waypoint.Backend;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.waypoint.filter.BackendTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The rules for opaque connections to one port of a service. Immutable; any thread may ask.
public final class OpaqueRoutes {
    /// By the client's namespace; those for everybody under the empty name.
    private final Map<String, List<TcpRule>> byNamespace;

    private OpaqueRoutes(Map<String, List<TcpRule>> byNamespace) {
        this.byNamespace = byNamespace;
    }

    /// What one connection is to do.
    public sealed interface Choice {
        /// Go there.
        ///
        /// @param rule name, for logs
        record Elsewhere(BackendTarget target, String rule) implements Choice {}

        /// There are no rules: go where the client wanted.
        record Addressed() implements Choice {}

        /// There is nowhere to go.
        record Nowhere(String why) implements Choice {}
    }

    static OpaqueRoutes compile(List<RouteSet> sets) {
        Map<String, List<TcpRule>> byNamespace = new HashMap<>();
        for (RouteSet set : sets) {
            if (set.getTcpCount() > 0) {
                byNamespace
                        .computeIfAbsent(set.getClientNamespace(), _ -> new ArrayList<>())
                        .addAll(set.getTcpList());
            }
        }
        return new OpaqueRoutes(Map.copyOf(byNamespace));
    }

    /// Draws a backend for a connection of a client in `clientNamespace`.
    ///
    /// @param serverName that TLS inside asks for; empty when nothing is known of it
    public Choice choose(String clientNamespace, String serverName, RandomGenerator random) {
        List<TcpRule> rules = byNamespace.getOrDefault(clientNamespace, byNamespace.getOrDefault("", List.of()));
        if (rules.isEmpty()) {
            return new Choice.Addressed();
        }
        for (TcpRule rule : rules) {
            if (matches(rule, serverName.toLowerCase(Locale.ROOT))) {
                return draw(rule, random);
            }
        }
        return new Choice.Nowhere("no rule matches the connection");
    }

    private static boolean matches(TcpRule rule, String serverName) {
        return rule.getServerNamesCount() == 0
                || rule.getServerNamesList().stream()
                        .map(each -> each.toLowerCase(Locale.ROOT))
                        .anyMatch(each -> each.startsWith("*.")
                                ? serverName.length() >= each.length() && serverName.endsWith(each.substring(1))
                                : each.equals(serverName));
    }

    private static Choice draw(TcpRule rule, RandomGenerator random) {
        long sum = rule.getBackendsList().stream()
                .mapToLong(each -> Integer.toUnsignedLong(each.getWeight()))
                .sum();
        long drawn = sum == 0 ? 0 : random.nextLong(sum);
        for (Backend backend : rule.getBackendsList()) {
            drawn -= Integer.toUnsignedLong(backend.getWeight());
            if (drawn < 0) {
                return backend.getInvalid().isEmpty()
                        ? new Choice.Elsewhere(
                                new BackendTarget(backend.getCluster(), backend.getPort(), backend.getSubset()),
                                rule.getName())
                        : new Choice.Nowhere(rule.getName() + ": " + backend.getInvalid());
            }
        }
        return new Choice.Nowhere(rule.getName() + " has no backend with a weight");
    }
}

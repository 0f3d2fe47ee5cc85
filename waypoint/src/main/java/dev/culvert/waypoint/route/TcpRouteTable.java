package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.RouteSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The rules for opaque connections to one port of a service. Immutable; any thread may ask.
///
/// Rules for the namespace of the client, where there are any, stand in place of those for
/// everybody.
public final class TcpRouteTable {
    /// No rules at all.
    public static final TcpRouteTable EMPTY = compile(List.of());

    private final Map<String, List<ServerNameIndex>> byNamespace;
    private final List<RouteProblem> problems;

    private TcpRouteTable(Map<String, List<ServerNameIndex>> byNamespace, List<RouteProblem> problems) {
        this.byNamespace = byNamespace;
        this.problems = problems;
    }

    /// Compiles what the control plane sent.
    public static TcpRouteTable compile(List<RouteSet> sets) {
        Map<String, List<ServerNameIndex>> byNamespace = new HashMap<>();
        List<RouteProblem> problems = new ArrayList<>();
        for (RouteSet set : sets) {
            if (set.getTcpCount() > 0) {
                byNamespace
                        .computeIfAbsent(set.getClientNamespace(), _ -> new ArrayList<>())
                        .add(ServerNameIndex.compile(set, problems));
            }
        }
        return new TcpRouteTable(Map.copyOf(byNamespace), List.copyOf(problems));
    }

    /// The rule for a connection of a client in `clientNamespace`.
    ///
    /// @param serverName that the client asked for by TLS (see [ClientHello]); empty for none
    public TcpDecision decide(String serverName, String clientNamespace) {
        List<ServerNameIndex> sets = byNamespace.get(clientNamespace);
        if (sets == null) {
            sets = byNamespace.get("");
        }
        if (sets == null) {
            return TcpDecision.NoRoutes.NO_ROUTES;
        }
        for (ServerNameIndex set : sets) {
            TcpTarget target = set.find(serverName);
            if (target != null) {
                return new TcpDecision.Matched(target);
            }
        }
        return TcpDecision.NoMatch.NO_MATCH;
    }

    /// Whether some rule looks at the server name, so that the beginning of connections must be
    /// read.
    public boolean needsServerName() {
        return byNamespace.values().stream().anyMatch(sets -> sets.stream().anyMatch(ServerNameIndex::named));
    }

    /// What is wrong with the rules, for the operator.
    public List<RouteProblem> problems() {
        return problems;
    }
}

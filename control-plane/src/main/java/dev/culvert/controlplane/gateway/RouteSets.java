package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.RouteSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Puts the sets of the Gateway API and those of VirtualServices into one order. Pure.
///
/// A waypoint takes the sets for the namespace of a client, or else those for everybody, and asks one after the
/// other: routes of the Gateway API come first. The consumer routes of a namespace hold alone.
public final class RouteSets {
    private RouteSets() {}

    /// The sets of one port, those for everybody last.
    ///
    /// @param gateway  of routes of the Gateway API, at most one for each namespace
    /// @param virtuals of VirtualServices, at most one for each namespace
    public static List<RouteSet> join(List<RouteSet> gateway, List<RouteSet> virtuals) {
        Map<String, List<RouteSet>> byClient = new TreeMap<>(Comparator.reverseOrder());
        gateway.forEach(set -> byClient.put(set.getClientNamespace(), new ArrayList<>(List.of(set))));
        List<RouteSet> everybody = List.copyOf(byClient.getOrDefault("", List.of()));
        for (RouteSet set : virtuals) {
            String client = set.getClientNamespace();
            List<RouteSet> own = byClient.get(client);
            if (own == null) {
                own = new ArrayList<>();
                for (RouteSet each : everybody) {
                    own.add(each.toBuilder().setClientNamespace(client).build());
                }
                byClient.put(client, own);
                own.add(set);
            } else if (client.isEmpty()) {
                own.add(set);
            }
        }
        List<RouteSet> joined = new ArrayList<>();
        byClient.values().forEach(joined::addAll);
        return joined;
    }
}

package dev.culvert.waypoint.upstream;

import dev.culvert.waypoint.exchange.AppProtocol;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Everything that a waypoint sends to, by name. Immutable.
public final class ClusterTable {
    private final Site self;
    private final Map<String, Cluster> clusters;

    private ClusterTable(Site self, Map<String, Cluster> clusters) {
        this.self = self;
        this.clusters = clusters;
    }

    /// Without a cluster.
    ///
    /// @param self where this waypoint runs
    public static ClusterTable empty(Site self) {
        return new ClusterTable(self, Map.of());
    }

    /// The cluster of a name, `namespace/hostname`.
    public @Nullable Cluster get(String name) {
        return clusters.get(name);
    }

    /// All of them, by name.
    public Map<String, Cluster> all() {
        return new TreeMap<>(clusters);
    }

    /// This table with changes; clusters that did not change stay the same objects, and endpoints keep their counts.
    ///
    /// @param changed cluster messages, whole
    /// @param removed names
    /// @param now of [System#nanoTime]
    public ClusterTable with(List<dev.culvert.api.waypoint.Cluster> changed, List<String> removed, long now) {
        Map<String, Cluster> next = new HashMap<>(clusters);
        removed.forEach(next::remove);
        for (var message : changed) {
            next.compute(
                    message.getNamespace() + "/" + message.getHostname(),
                    (_, before) -> before != null && before.is(message) ? before : build(message, before, now));
        }
        return new ClusterTable(self, Map.copyOf(next));
    }

    private Cluster build(dev.culvert.api.waypoint.Cluster message, @Nullable Cluster before, long now) {
        Map<String, EndpointState> known = before == null ? Map.of() : before.states();
        List<Endpoint> endpoints = message.getEndpointsList().stream()
                .map(EndpointDecoder::decode)
                .filter(Objects::nonNull)
                .toList();
        Map<String, EndpointState> states = new LinkedHashMap<>();
        for (Endpoint endpoint : endpoints) {
            String key = Cluster.key(endpoint);
            EndpointState state = known.get(key);
            states.put(key, state == null ? new EndpointState(now) : state);
        }
        return new Cluster(message, self, endpoints, states, before == null ? new Budget() : before.budget());
    }

    /// What is spoken on a port of a cluster; looked at when nothing is known.
    public AppProtocol protocol(String cluster, int port) {
        Cluster found = clusters.get(cluster);
        return found == null ? AppProtocol.SNIFF : found.protocol(port);
    }
}

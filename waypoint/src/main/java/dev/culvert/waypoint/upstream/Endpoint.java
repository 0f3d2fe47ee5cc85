package dev.culvert.waypoint.upstream;

import dev.culvert.api.SpiffeId;
import dev.culvert.waypoint.exchange.WorkloadInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A pod or another workload that serves. Immutable.
///
/// @param uid names it in the mesh; with the address it is the key of what is counted
/// @param ports of the service's ports to its own
/// @param healthy whether it may be chosen at all
/// @param hbone whether a node proxy takes tunnels for it
/// @param identity that the node proxy shows; null when none is known
/// @param gateway node proxy of another network to go through; null for none
public record Endpoint(
        String uid,
        InetAddress address,
        Map<Integer, Integer> ports,
        boolean healthy,
        boolean hbone,
        @Nullable SpiffeId identity,
        Site site,
        int weight,
        Map<String, String> labels,
        WorkloadInfo info,
        @Nullable InetSocketAddress gateway) {
    public Endpoint {
        ports = Map.copyOf(ports);
        labels = Map.copyOf(labels);
        if (weight < 1) {
            throw new IllegalArgumentException("weight " + weight + " of endpoint " + uid + "; expected 1 or more");
        }
    }

    /// Its own port for a port of the service; 0 when it has none.
    public int portFor(int servicePort) {
        return ports.getOrDefault(servicePort, 0);
    }
}

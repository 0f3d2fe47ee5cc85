package dev.culvert.bench;

import dev.culvert.testkit.netns.Lab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Measures direct, our node proxy, our waypoint, and a peer of each when its path is given, in the same namespaces,
/// one after another.
///
/// Arguments: the distribution's home; `--peer PATH` for another node proxy's binary; `--waypoint-peer PATH` for
/// Envoy's; `--rounds N` (default 3, the median is printed); `--only NAME` for one measurement.
public final class BenchMain {
    private BenchMain() {}

    /// Runs the measurements and prints a Markdown table.
    public static void main(String[] arguments) {
        Path distribution = Path.of(arguments[0]);
        @Nullable Path peer = null;
        @Nullable Path waypointPeer = null;
        int rounds = 3;
        String only = "";
        for (int i = 1; i + 1 < arguments.length; i += 2) {
            switch (arguments[i]) {
                case "--peer" -> peer = Path.of(arguments[i + 1]);
                case "--waypoint-peer" -> waypointPeer = Path.of(arguments[i + 1]);
                case "--rounds" -> rounds = Integer.parseInt(arguments[i + 1]);
                case "--only" -> only = arguments[i + 1];
                default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
        Lab.cleanAbandoned();
        List<Topology> topologies =
                new ArrayList<>(List.of(new Topology.Direct(), new Topology.Ours(), new Topology.Waypoint()));
        if (waypointPeer != null) {
            topologies.add(new Topology.Envoy(waypointPeer));
        }
        if (peer != null) {
            topologies.add(new Topology.Peer(peer));
        }
        Results results = new Results();
        for (int round = 1; round <= rounds; round++) {
            for (Topology topology : topologies) {
                System.err.println("round " + round + " " + topology.title());
                try (Bench bench = Bench.start(topology, distribution)) {
                    bench.measure(results, only);
                }
            }
        }
        System.out.println(results.table(topologies));
        System.exit(0);
    }
}

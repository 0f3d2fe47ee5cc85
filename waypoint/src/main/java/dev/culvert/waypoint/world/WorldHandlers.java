package dev.culvert.waypoint.world;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.api.discovery.Resource;
import dev.culvert.api.waypoint.AttachedWorkload;
import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.Service;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.mesh.xds.Applied;
import dev.culvert.mesh.xds.ResourceHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// Takes in the four types that a waypoint is told. Used on the state thread.
public final class WorldHandlers {
    private WorldHandlers() {}

    /// One for each type; what is sent to is asked for before what sends there.
    public static List<ResourceHandler> of(WorldState state) {
        return List.of(
                new Handler<>(
                        TypeUrls.WAYPOINT,
                        Waypoint.parser(),
                        (changed, _) -> changed.values().forEach(state::self)),
                new Handler<>(
                        TypeUrls.WAYPOINT_CLUSTER,
                        Cluster.parser(),
                        (changed, removed) -> state.clusters(List.copyOf(changed.values()), removed)),
                new Handler<>(TypeUrls.WAYPOINT_SERVICE, Service.parser(), state::services),
                new Handler<>(TypeUrls.WAYPOINT_WORKLOAD, AttachedWorkload.parser(), state::workloads));
    }

    private record Handler<T extends Message>(
            String typeUrl, Parser<T> parser, BiConsumer<Map<String, T>, List<String>> taker)
            implements ResourceHandler {
        @Override
        public Applied apply(DeltaDiscoveryResponse response) {
            Map<String, T> taken = new TreeMap<>();
            Map<String, String> accepted = new HashMap<>();
            List<String> rejections = new ArrayList<>();
            for (Resource resource : response.getResourcesList()) {
                try {
                    taken.put(
                            resource.getName(),
                            parser.parseFrom(resource.getResource().getValue()));
                    accepted.put(resource.getName(), resource.getVersion());
                } catch (InvalidProtocolBufferException e) {
                    rejections.add(resource.getName() + ": " + e.getMessage());
                }
            }
            taker.accept(taken, response.getRemovedResourcesList());
            return new Applied(accepted, response.getRemovedResourcesList(), List.of(), rejections);
        }
    }
}

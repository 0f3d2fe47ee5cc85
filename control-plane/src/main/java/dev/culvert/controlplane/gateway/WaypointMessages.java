package dev.culvert.controlplane.gateway;

import dev.culvert.api.MeshLabels;
import dev.culvert.api.waypoint.RetryPolicy;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.controlplane.config.MeshConfig;
import dev.culvert.kube.resource.Gateway;
import java.time.Duration;

/// Makes the message by which a waypoint knows itself. Pure.
public final class WaypointMessages {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TUNNEL_IDLE = Duration.ofHours(1);

    private WaypointMessages() {}

    public static Waypoint of(Gateway gateway, MeshConfig mesh, String clusterId) {
        return Waypoint.newBuilder()
                .setNamespace(gateway.metadata().namespace())
                .setName(gateway.metadata().name())
                .setTrustDomain(mesh.trustDomain())
                .setMeshId(mesh.trustDomain())
                .setClusterId(clusterId)
                .setDefaultRetry(RetryPolicy.newBuilder()
                        .setAttempts(RouteMessages.DEFAULT_ATTEMPTS)
                        .addAllOn(RouteMessages.RETRIED))
                .setConnectTimeout(Durations.of(CONNECT_TIMEOUT))
                .setHboneIdleTimeout(Durations.of(TUNNEL_IDLE))
                .setForwardClientIdentity("true".equals(gateway.metadata().annotation(MeshLabels.FORWARD_CLIENT)))
                .build();
    }
}

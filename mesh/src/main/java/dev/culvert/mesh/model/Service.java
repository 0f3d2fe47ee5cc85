package dev.culvert.mesh.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A named destination with virtual addresses; its endpoints are kept beside it, in the snapshot.
///
/// Immutable.
///
/// @param vips exact virtual addresses
/// @param subjectAltNames identities that an endpoint may present besides its own
/// @param waypoint the one waypoint, when [#weightedWaypoints] names none with a weight
/// @param canonical whether it wins over others of the same name: services of Kubernetes do
public record Service(
        NamespacedHostname key,
        String name,
        List<NetworkAddress> vips,
        List<CidrVip> cidrVips,
        PortMap ports,
        List<String> subjectAltNames,
        @Nullable GatewayReference waypoint,
        List<WeightedWaypoint> weightedWaypoints,
        LoadBalancing loadBalancing,
        IpFamilies ipFamilies,
        boolean canonical,
        Visibility visibility) {
    public Service {
        vips = List.copyOf(vips);
        cidrVips = List.copyOf(cidrVips);
        subjectAltNames = List.copyOf(subjectAltNames);
        weightedWaypoints = List.copyOf(weightedWaypoints);
    }

    /// A service with nothing but its key, to be filled in.
    public static ServiceBuilder named(String namespace, String hostname) {
        return new ServiceBuilder(new NamespacedHostname(namespace, hostname));
    }

    public String namespace() {
        return key.namespace();
    }

    public String hostname() {
        return key.hostname();
    }

    /// Whether traffic goes to the original destination instead of a chosen endpoint.
    public boolean isPassthrough() {
        return loadBalancing.mode() == LoadBalancing.Mode.PASSTHROUGH;
    }

    /// Whether a client of `clientNamespace` may find this; a client without one may find everything.
    public boolean visibleFrom(@Nullable String clientNamespace) {
        return visibility == Visibility.PUBLIC || clientNamespace == null || clientNamespace.equals(namespace());
    }

    /// Whether an endpoint in this state is kept.
    public boolean keeps(Health health) {
        return health == Health.HEALTHY || loadBalancing.healthPolicy() == LoadBalancing.HealthPolicy.ALLOW_ALL;
    }
}

package dev.culvert.mesh.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Gathers the parts of a [Service]; what is not said has the wire format's default.
///
/// Confined to the thread that fills it.
public final class ServiceBuilder {
    private final NamespacedHostname key;
    private final List<NetworkAddress> vips = new ArrayList<>();
    private final List<CidrVip> cidrVips = new ArrayList<>();
    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final List<String> subjectAltNames = new ArrayList<>();
    private final List<WeightedWaypoint> weightedWaypoints = new ArrayList<>();
    private String name;
    private @Nullable GatewayReference waypoint;
    private LoadBalancing loadBalancing = LoadBalancing.STANDARD;
    private IpFamilies ipFamilies = IpFamilies.AUTOMATIC;
    private boolean canonical;
    private Visibility visibility = Visibility.PUBLIC;

    ServiceBuilder(NamespacedHostname key) {
        this.key = key;
        this.name = key.hostname();
    }

    @CanIgnoreReturnValue
    public ServiceBuilder name(String value) {
        name = value;
        return this;
    }

    @CanIgnoreReturnValue
    public ServiceBuilder vip(NetworkAddress value) {
        vips.add(value);
        return this;
    }

    @CanIgnoreReturnValue
    public ServiceBuilder cidrVip(CidrVip value) {
        cidrVips.add(value);
        return this;
    }

    /// Adds a port; target 0 is a named port.
    @CanIgnoreReturnValue
    public ServiceBuilder port(int servicePort, int targetPort) {
        ports.put(servicePort, targetPort);
        return this;
    }

    @CanIgnoreReturnValue
    public ServiceBuilder subjectAltName(String value) {
        subjectAltNames.add(value);
        return this;
    }

    @CanIgnoreReturnValue
    public ServiceBuilder waypoint(@Nullable GatewayReference value) {
        waypoint = value;
        return this;
    }

    @CanIgnoreReturnValue
    public ServiceBuilder weightedWaypoint(GatewayReference destination, long weight) {
        weightedWaypoints.add(new WeightedWaypoint(destination, weight));
        return this;
    }

    @CanIgnoreReturnValue
    public ServiceBuilder loadBalancing(LoadBalancing value) {
        loadBalancing = value;
        return this;
    }

    @CanIgnoreReturnValue
    public ServiceBuilder ipFamilies(IpFamilies value) {
        ipFamilies = value;
        return this;
    }

    @CanIgnoreReturnValue
    public ServiceBuilder canonical(boolean value) {
        canonical = value;
        return this;
    }

    @CanIgnoreReturnValue
    public ServiceBuilder visibility(Visibility value) {
        visibility = value;
        return this;
    }

    public Service build() {
        return new Service(
                key,
                name,
                vips,
                cidrVips,
                PortMap.of(ports),
                subjectAltNames,
                waypoint,
                weightedWaypoints,
                loadBalancing,
                ipFamilies,
                canonical,
                visibility);
    }
}

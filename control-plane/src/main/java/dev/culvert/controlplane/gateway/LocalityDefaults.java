package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.LoadBalancer;
import dev.culvert.api.waypoint.LocalityRules;
import dev.culvert.api.waypoint.TrafficPolicy;
import dev.culvert.kube.resource.TrafficPolicy.Locality;

/// Fills in what the mesh says of places where a cluster's own policy does not. Pure.
///
/// As in Istio, an order of places counts only where outlier detection can tell that a place has failed, and
/// shares for places count always.
final class LocalityDefaults {
    private final LocalityRules mesh;

    LocalityDefaults(Locality mesh) {
        this.mesh = TrafficMessages.locality(mesh);
    }

    /// The cluster with its locality rules in place, everywhere that it has a policy.
    Cluster apply(Cluster cluster) {
        TrafficPolicy whole = apply(cluster.getPolicy(), TrafficPolicy.getDefaultInstance());
        Cluster.Builder built = cluster.toBuilder();
        if (!whole.equals(TrafficPolicy.getDefaultInstance())) {
            built.setPolicy(whole);
        }
        built.getPortsBuilderList().stream()
                .filter(port -> port.hasPolicy())
                .forEach(port -> port.setPolicy(apply(port.getPolicy(), cluster.getPolicy())));
        built.getSubsetsBuilderList().stream()
                .filter(subset -> subset.hasPolicy())
                .forEach(subset -> subset.setPolicy(apply(subset.getPolicy(), cluster.getPolicy())));
        return built.build();
    }

    /// @param wider whose parts hold where `policy` has none
    private TrafficPolicy apply(TrafficPolicy policy, TrafficPolicy wider) {
        boolean own = policy.hasLoadBalancer() || policy.hasOutlierDetection();
        LoadBalancer balancer = policy.hasLoadBalancer() ? policy.getLoadBalancer() : wider.getLoadBalancer();
        LocalityRules rules = balancer.hasLocality() ? balancer.getLocality() : mesh;
        boolean detects = (policy.hasOutlierDetection() ? policy : wider).hasOutlierDetection();
        boolean counts = rules.getEnabled() && (detects || rules.getDistributeCount() > 0);
        LoadBalancer.Builder built = balancer.toBuilder().clearLocality();
        if (counts) {
            built.setLocality(rules);
        }
        boolean changes = !built.build().equals(balancer);
        boolean outermost = wider.equals(TrafficPolicy.getDefaultInstance());
        return changes && (own || outermost)
                ? policy.toBuilder().setLoadBalancer(built).build()
                : policy;
    }
}

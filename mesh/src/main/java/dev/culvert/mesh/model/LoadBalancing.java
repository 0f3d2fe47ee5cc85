package dev.culvert.mesh.model;

import java.util.List;

/// How a service's traffic is spread over its endpoints.
///
/// Immutable.
///
/// @param routingPreference scopes by which endpoints are compared with the client, most important first
public record LoadBalancing(List<Scope> routingPreference, Mode mode, HealthPolicy healthPolicy) {
    /// Every healthy endpoint alike: what a service without a word on the matter gets.
    public static final LoadBalancing STANDARD = new LoadBalancing(List.of(), Mode.STANDARD, HealthPolicy.ONLY_HEALTHY);

    public LoadBalancing {
        routingPreference = List.copyOf(routingPreference);
    }

    /// In what a client and an endpoint may agree.
    public enum Scope {
        REGION,
        ZONE,
        SUBZONE,
        NODE,
        CLUSTER,
        NETWORK
    }

    /// What the preference does.
    public enum Mode {
        /// Nothing: all endpoints are alike.
        STANDARD,
        /// Only endpoints that agree in every scope.
        STRICT,
        /// The endpoints that agree in most scopes, in order.
        FAILOVER,
        /// No balancing: the original destination is dialled.
        PASSTHROUGH
    }

    /// Which endpoints a service keeps.
    public enum HealthPolicy {
        ONLY_HEALTHY,
        ALLOW_ALL
    }
}

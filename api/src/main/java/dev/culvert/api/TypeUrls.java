package dev.culvert.api;

/// The xDS resource types that the mesh speaks.
public final class TypeUrls {
    /// Workloads and services, as [dev.culvert.api.workload.Address].
    public static final String ADDRESS = "type.googleapis.com/istio.workload.Address";
    /// Workloads alone.
    public static final String WORKLOAD = "type.googleapis.com/istio.workload.Workload";
    /// Policies, as [dev.culvert.api.authorization.Authorization].
    public static final String AUTHORIZATION = "type.googleapis.com/istio.security.Authorization";
    /// What a waypoint is told of itself, as [dev.culvert.api.waypoint.Waypoint].
    public static final String WAYPOINT = "type.googleapis.com/culvert.waypoint.v1.Waypoint";
    /// The services that a waypoint serves, as [dev.culvert.api.waypoint.Service].
    public static final String WAYPOINT_SERVICE = "type.googleapis.com/culvert.waypoint.v1.Service";
    /// The workloads that use a waypoint by their own address, as [dev.culvert.api.waypoint.AttachedWorkload].
    public static final String WAYPOINT_WORKLOAD = "type.googleapis.com/culvert.waypoint.v1.AttachedWorkload";
    /// Where a waypoint sends, as [dev.culvert.api.waypoint.Cluster].
    public static final String WAYPOINT_CLUSTER = "type.googleapis.com/culvert.waypoint.v1.Cluster";

    private TypeUrls() {}
}

package dev.culvert.api;

/// The xDS resource types that the mesh speaks.
public final class TypeUrls {
    /// Workloads and services, as [dev.culvert.api.workload.Address].
    public static final String ADDRESS = "type.googleapis.com/istio.workload.Address";
    /// Workloads alone.
    public static final String WORKLOAD = "type.googleapis.com/istio.workload.Workload";
    /// Policies, as [dev.culvert.api.authorization.Authorization].
    public static final String AUTHORIZATION = "type.googleapis.com/istio.security.Authorization";

    private TypeUrls() {}
}

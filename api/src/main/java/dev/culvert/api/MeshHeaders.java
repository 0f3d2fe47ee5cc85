package dev.culvert.api;

/// Names of the headers and gRPC metadata that the mesh sends, in lower case as HTTP/2 requires.
public final class MeshHeaders {
    /// Telemetry attributes of the workload that sent it. Never trusted for policy.
    public static final String BAGGAGE = "baggage";
    /// Client address and addressed service (RFC 7239). Never trusted for policy.
    public static final String FORWARDED = "forwarded";
    /// W3C trace context.
    public static final String TRACEPARENT = "traceparent";
    /// Network that a request crossed a gateway from.
    public static final String FORWARDED_NETWORK = "x-forwarded-network";
    /// Kind of proxy that has already applied L7 policy.
    public static final String ISTIO_SOURCE = "x-istio-source";
    /// Why a CONNECT was refused, for the client's log; a header of ours, sent where it says what to do.
    public static final String REFUSAL = "x-culvert-refusal";
    /// Bearer token of calls to the control plane.
    public static final String AUTHORIZATION = "authorization";
    /// Cluster of the caller, in calls to the control plane.
    public static final String CLUSTER_ID = "clusterid";

    private MeshHeaders() {}
}

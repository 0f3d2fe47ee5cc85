package dev.culvert.api;

/// Names of policies by which the parts of the mesh understand each other.
public final class MeshPolicies {
    /// How the name begins of a DENY policy that admits a waypoint's identities alone. The control plane attaches such
    /// a policy to the workloads behind a waypoint whose rules the node proxy cannot judge.
    public static final String WAYPOINT_ONLY_PREFIX = "culvert_waypoint_only";

    private MeshPolicies() {}
}

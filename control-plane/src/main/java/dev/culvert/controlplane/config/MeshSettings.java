package dev.culvert.controlplane.config;

import dev.culvert.process.Settings;

/// What the environment says about the mesh. Immutable.
///
/// @param clusterId     `CLUSTER_ID`: the first part of every workload's uid; default `Kubernetes`
/// @param rootNamespace `POD_NAMESPACE`: where mesh-wide configuration lives; default `istio-system`
/// @param domain        `DOMAIN_SUFFIX`: the end of service names; default `cluster.local`
/// @param configMap     `SHARED_MESH_CONFIG`: the ConfigMap with the key `mesh`; default `istio`
/// @param dryRun        `AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY`: send policies that only log; default
///     false
/// @param allowWaypointBypass `CULVERT_ALLOW_WAYPOINT_BYPASS`: as Istio does, leave pods open to who goes around
///     a waypoint whose policies are in force for them; default false
public record MeshSettings(
        String clusterId,
        String rootNamespace,
        String domain,
        String configMap,
        boolean dryRun,
        boolean allowWaypointBypass) {
    public static final MeshSettings DEFAULT =
            new MeshSettings("Kubernetes", "istio-system", "cluster.local", "istio", false, false);

    /// Reads the settings; mistakes gather in `settings`.
    public static MeshSettings from(Settings settings) {
        return new MeshSettings(
                settings.string("CLUSTER_ID", DEFAULT.clusterId),
                settings.string("POD_NAMESPACE", DEFAULT.rootNamespace),
                settings.string("DOMAIN_SUFFIX", DEFAULT.domain),
                settings.string("SHARED_MESH_CONFIG", DEFAULT.configMap),
                settings.bool("AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY", DEFAULT.dryRun),
                settings.bool("CULVERT_ALLOW_WAYPOINT_BYPASS", DEFAULT.allowWaypointBypass));
    }
}

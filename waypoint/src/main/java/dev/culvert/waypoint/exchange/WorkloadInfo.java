package dev.culvert.waypoint.exchange;

/// Who a workload is, for metrics, logs and spans; an empty text where it is not known. Immutable.
///
/// @param name of the workload, such as its Deployment
/// @param type such as `deployment`
/// @param instance the pod's name
public record WorkloadInfo(
        String name,
        String namespace,
        String app,
        String version,
        String canonicalService,
        String canonicalRevision,
        String cluster,
        String type,
        String instance) {

    /// Nothing is known.
    public static final WorkloadInfo UNKNOWN = new WorkloadInfo("", "", "", "", "", "", "", "", "");
}

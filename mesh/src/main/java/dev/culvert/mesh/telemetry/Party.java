package dev.culvert.mesh.telemetry;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.mesh.model.Workload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One end of a connection as metrics name it. Immutable; what is not known is the empty text.
///
/// @param workload name of the controller, not of the pod
/// @param principal SPIFFE id, only when TLS or the mesh's record vouches for it
/// @param claimed whether all but the principal is what the peer says of itself
public record Party(
        String workload,
        String canonicalService,
        String canonicalRevision,
        String namespace,
        String principal,
        String app,
        String version,
        String cluster,
        String region,
        String zone,
        boolean claimed) {
    public static final Party UNKNOWN = new Party("", "", "", "", "", "", "", "", "", "", false);

    /// As the mesh's record tells, under a principal that the caller has the right to claim.
    public static Party of(Workload workload, @Nullable SpiffeId principal) {
        String canonical = workload.origin().canonicalName();
        String revision = workload.origin().canonicalRevision();
        return new Party(
                workload.origin().workloadName(),
                canonical,
                revision,
                workload.namespace(),
                text(principal),
                canonical,
                revision,
                workload.clusterId(),
                workload.locality().region(),
                workload.locality().zone(),
                false);
    }

    /// As the peer says of itself.
    public static Party of(Baggage baggage, @Nullable SpiffeId principal) {
        return new Party(
                text(baggage.workloadName()),
                text(baggage.serviceName()),
                text(baggage.serviceVersion()),
                text(baggage.namespace()),
                text(principal),
                text(baggage.workloadName()),
                text(baggage.serviceVersion()),
                text(baggage.clusterId()),
                text(baggage.region()),
                text(baggage.zone()),
                !baggage.isEmpty());
    }

    /// As the mesh's record tells; what a peer says of itself counts only where there is no record.
    public static Party of(@Nullable Workload workload, Baggage baggage, @Nullable SpiffeId principal) {
        return workload == null ? of(baggage, principal) : of(workload, principal);
    }

    /// The same without what it merely says of itself.
    Party proven() {
        return claimed ? new Party("", "", "", "", principal, "", "", "", "", "", false) : this;
    }

    List<String> labels() {
        return List.of(workload, canonicalService, canonicalRevision, namespace, principal, app, version, cluster);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}

package dev.culvert.waypoint.observe;

import dev.culvert.mesh.telemetry.AddressedService;
import dev.culvert.mesh.telemetry.Party;
import java.util.ArrayList;
import java.util.List;

/// The labels of the metrics of requests. Immutable.
///
/// @param protocol `http` or `grpc`
/// @param grpcStatus empty when it was no call of gRPC
/// @param overrides label values that the Telemetry API puts in place of ours, by the label's place; empty for none
record RequestLabels(
        Party source,
        Party destination,
        AddressedService service,
        String protocol,
        String code,
        String flags,
        String grpcStatus,
        boolean mutualTls,
        List<String> overrides) {
    /// In Istio's order.
    static final List<String> NAMES = List.of(
            "reporter",
            "source_workload",
            "source_canonical_service",
            "source_canonical_revision",
            "source_workload_namespace",
            "source_principal",
            "source_app",
            "source_version",
            "source_cluster",
            "destination_workload",
            "destination_workload_namespace",
            "destination_principal",
            "destination_app",
            "destination_version",
            "destination_cluster",
            "destination_service",
            "destination_service_name",
            "destination_service_namespace",
            "destination_canonical_service",
            "destination_canonical_revision",
            "request_protocol",
            "response_code",
            "response_flags",
            "grpc_response_status",
            "connection_security_policy");

    private static final String UNKNOWN = "unknown";

    /// The same without what the client merely says of itself.
    RequestLabels proven() {
        Party known = new Party("", "", "", source.namespace(), source.principal(), "", "", "", "", "", false);
        return new RequestLabels(known, destination, service, protocol, code, flags, grpcStatus, mutualTls, overrides);
    }

    List<String> values() {
        List<String> values = new ArrayList<>(NAMES.size());
        values.add("waypoint");
        add(
                values,
                source.workload(),
                source.canonicalService(),
                source.canonicalRevision(),
                source.namespace(),
                source.principal(),
                source.app(),
                source.version(),
                source.cluster());
        add(
                values,
                destination.workload(),
                destination.namespace(),
                destination.principal(),
                destination.app(),
                destination.version(),
                destination.cluster(),
                service.hostname(),
                service.name(),
                service.namespace(),
                destination.canonicalService(),
                destination.canonicalRevision());
        values.add(protocol);
        values.add(code);
        values.add(flags);
        values.add(grpcStatus);
        values.add(mutualTls ? "mutual_tls" : "none");
        for (int i = 0; i < overrides.size(); i += 2) {
            values.set(NAMES.indexOf(overrides.get(i)), overrides.get(i + 1));
        }
        return List.copyOf(values);
    }

    private static void add(List<String> values, String... more) {
        for (String value : more) {
            values.add(value.isEmpty() ? UNKNOWN : value);
        }
    }
}

package dev.culvert.mesh.telemetry;

import java.util.ArrayList;
import java.util.List;

/// The labels of the `istio_tcp_*` metrics of one connection. Immutable.
///
/// @param responseFlags how it ended, `-` while nothing went wrong
public record TrafficLabels(
        Reporter reporter,
        Party source,
        Party destination,
        AddressedService service,
        boolean mutualTls,
        String responseFlags) {
    /// The value of `response_flags` when nothing went wrong.
    public static final String NO_FLAGS = "-";

    /// In Istio's order. The last four are there only when one of them is known.
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
            "destination_service",
            "destination_service_namespace",
            "destination_service_name",
            "destination_workload",
            "destination_canonical_service",
            "destination_canonical_revision",
            "destination_workload_namespace",
            "destination_principal",
            "destination_app",
            "destination_version",
            "destination_cluster",
            "request_protocol",
            "response_flags",
            "connection_security_policy",
            "source_region",
            "source_zone",
            "destination_region",
            "destination_zone");

    private static final String UNKNOWN = "unknown";

    /// Whether the client's part is only what it says of itself.
    boolean claimed() {
        return source.claimed();
    }

    /// The same without what the client says of itself.
    TrafficLabels proven() {
        return new TrafficLabels(reporter, source.proven(), destination, service, mutualTls, responseFlags);
    }

    /// Immutable, so that the families share one list.
    List<String> values() {
        List<String> values = new ArrayList<>(NAMES.size());
        values.add(reporter.label());
        source.labels().forEach(value -> values.add(orUnknown(value)));
        values.add(orUnknown(service.hostname()));
        values.add(orUnknown(service.namespace()));
        values.add(orUnknown(service.name()));
        destination.labels().forEach(value -> values.add(orUnknown(value)));
        values.add("tcp");
        values.add(responseFlags);
        values.add(mutualTls ? "mutual_tls" : UNKNOWN);
        List<String> places = List.of(source.region(), source.zone(), destination.region(), destination.zone());
        if (places.stream().anyMatch(place -> !place.isEmpty())) {
            places.forEach(place -> values.add(orUnknown(place)));
        }
        return List.copyOf(values);
    }

    private static String orUnknown(String value) {
        return value.isEmpty() ? UNKNOWN : value;
    }
}

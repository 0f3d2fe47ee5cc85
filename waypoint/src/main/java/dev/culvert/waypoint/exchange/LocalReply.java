package dev.culvert.waypoint.exchange;

import java.util.List;
import java.util.Map;

/// An answer that the waypoint gives by itself instead of a backend's. Immutable.
///
/// @param status of HTTP; a call of gRPC is told the status that corresponds to it
/// @param fields to add to the response; `grpc-status` among them is for calls of gRPC alone, which
///     are told it in place of the status that corresponds
/// @param body plain text for the client unless a field says another type; empty for none
/// @param flag short code for metrics and logs, Envoy's where it has one (`NR`, `UH`, `UF`, `UT`, `DI`, `FI`, `RL`,
/// `UAEX`,
///     `-`)
/// @param details for the log, one word or several joined by underscores: what happened and who decided
public record LocalReply(int status, List<Map.Entry<String, String>> fields, Bytes body, String flag, String details) {
    public LocalReply {
        fields = List.copyOf(fields);
    }

    /// A plain text without further fields.
    public static LocalReply text(int status, String body, String flag, String details) {
        return new LocalReply(status, List.of(), Bytes.of(body), flag, details);
    }
}

package dev.culvert.process;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One HTTP request to a route of ours. Immutable.
///
/// @param path without the query, not decoded
/// @param query each parameter's values in order, decoded
/// @param headers by lower-case name; several lines of one name are joined by commas
/// @param body the whole body as UTF-8
public record Request(
        String method, String path, Map<String, List<String>> query, Map<String, String> headers, String body) {
    public Request {
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    /// The first value of a query parameter, or null when it is absent.
    public @Nullable String parameter(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? null : values.getFirst();
    }

    public String header(String name) {
        return headers.getOrDefault(name, "");
    }
}

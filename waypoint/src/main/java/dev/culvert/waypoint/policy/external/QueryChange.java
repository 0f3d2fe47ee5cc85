package dev.culvert.waypoint.policy.external;

import dev.culvert.api.envoy.OkHttpResponse;
import dev.culvert.api.envoy.QueryParameter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Parameters of a query to set and to take away.
///
/// Immutable. Names are compared as they stand in the target, written as we would write them.
///
/// @param set to their values, in place of those that are there, or at the end
public record QueryChange(Map<String, String> set, Set<String> removed) {
    /// Nothing.
    public static final QueryChange NONE = new QueryChange(Map.of(), Set.of());

    public QueryChange {
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
        removed = Set.copyOf(removed);
    }

    static QueryChange of(OkHttpResponse ok) {
        Map<String, String> set = new LinkedHashMap<>();
        for (QueryParameter parameter : ok.getQueryParametersToSetList()) {
            set.put(encode(parameter.getKey()), encode(parameter.getValue()));
        }
        Set<String> removed = new HashSet<>();
        ok.getQueryParametersToRemoveList().forEach(name -> removed.add(encode(name)));
        return set.isEmpty() && removed.isEmpty() ? NONE : new QueryChange(set, removed);
    }

    boolean isEmpty() {
        return set.isEmpty() && removed.isEmpty();
    }

    /// The target with the changes made.
    public String applyTo(String target) {
        if (isEmpty()) {
            return target;
        }
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        List<String> parts = new ArrayList<>();
        for (String part : mark < 0 ? new String[0] : target.substring(mark + 1).split("&", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (!set.containsKey(name) && !removed.contains(name) && !part.isEmpty()) {
                parts.add(part);
            }
        }
        set.forEach((name, value) -> parts.add(name + "=" + value));
        return parts.isEmpty() ? path : path + "?" + String.join("&", parts);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}

package dev.culvert.waypoint.policy.jwt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a verified token says.
///
/// Immutable. Values are texts, numbers, booleans, maps and lists of them; JSON's null is left
/// out.
public final class Claims {
    /// Of no token.
    public static final Claims NONE = new Claims(Map.of());

    private final Map<String, Object> members;

    private Claims(Map<String, Object> members) {
        this.members = members;
    }

    /// The claims that `members` are.
    public static Claims of(Map<String, Object> members) {
        return members.isEmpty() ? NONE : new Claims(Collections.unmodifiableMap(new LinkedHashMap<>(members)));
    }

    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Nullable
    Object get(String name) {
        return members.get(name);
    }

    /// The claim as a text; empty when it is missing or something else.
    public String text(String name) {
        return members.get(name) instanceof String text ? text : "";
    }

    /// All values of a claim: the one that it is, or those of the list that it is. None when it
    /// is missing or has
    /// members of its own.
    ///
    /// @param path names, from the outermost to the innermost
    public List<String> values(List<String> path) {
        Object at = members;
        for (String name : path) {
            Object next = at instanceof Map<?, ?> map ? map.get(name) : null;
            if (next == null) {
                return List.of();
            }
            at = next;
        }
        if (!(at instanceof List<?> list)) {
            return isScalar(at) ? List.of(at.toString()) : List.of();
        }
        List<String> values = new ArrayList<>(list.size());
        for (Object element : list) {
            if (isScalar(element)) {
                values.add(element.toString());
            }
        }
        return values;
    }

    /// The claims with `changed` in place of those of the same names.
    Claims with(Map<String, Object> changed) {
        Map<String, Object> all = new LinkedHashMap<>(members);
        all.putAll(changed);
        return of(all);
    }

    private static boolean isScalar(Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean;
    }

    @Override
    public String toString() {
        return "claims " + members.keySet();
    }
}

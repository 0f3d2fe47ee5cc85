package dev.culvert.process;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which lines are logged: a level for all, and levels of their own for targets, spelled `info,access=debug`.
///
/// Immutable. A target names a part of ours (`mesh.xds`, also `mesh::xds`), `access` for the access log,
/// or a library's package.
public record LogFilter(LogLevel root, SortedMap<String, LogLevel> targets) {
    /// Lifecycle and configuration only.
    public static final LogFilter DEFAULT = new LogFilter(LogLevel.INFO, Collections.emptySortedMap());

    public LogFilter {
        targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
    }

    /// The filter that the clauses of `text` make of the default, or null when one of them is no clause.
    public static @Nullable LogFilter tryParse(String text) {
        return DEFAULT.tryWith(text);
    }

    /// This filter with the clauses of `text` (`level` or `target=level`, between commas) laid over it;
    /// null when one of them is no clause.
    public @Nullable LogFilter tryWith(String text) {
        LogLevel level = root;
        SortedMap<String, LogLevel> merged = new TreeMap<>(targets);
        for (String clause : text.split(",", -1)) {
            String[] sides = clause.strip().split("=", 2);
            LogLevel value = LogLevel.tryParse(sides[sides.length - 1].strip());
            if (value == null) {
                return null;
            }
            if (sides.length == 1) {
                level = value;
            } else if (!putTarget(merged, sides[0], value)) {
                return null;
            }
        }
        return new LogFilter(level, merged);
    }

    private static boolean putTarget(Map<String, LogLevel> into, String name, LogLevel level) {
        String target = name.strip().replace("::", ".");
        boolean legal = !target.isEmpty()
                && target.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '-');
        if (legal) {
            into.put(target, level);
        }
        return legal;
    }

    /// The form that [#tryParse] reads.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(root.text());
        targets.forEach(
                (target, level) -> text.append(',').append(target).append('=').append(level.text()));
        return text.toString();
    }
}

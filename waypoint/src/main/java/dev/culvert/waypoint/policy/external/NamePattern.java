package dev.culvert.waypoint.policy.external;

import dev.culvert.mesh.authz.StringMatch;
import java.util.List;
import java.util.Locale;

/// Names of fields that a provider lists: exact, `prefix*` or `*suffix`, without regard to case.
///
/// Immutable.
record NamePattern(List<StringMatch> names) {
    NamePattern {
        names = List.copyOf(names);
    }

    static NamePattern of(List<String> texts) {
        return new NamePattern(texts.stream()
                .map(text -> text.toLowerCase(Locale.ROOT))
                .map(NamePattern::parse)
                .toList());
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /// @param name in lower case
    boolean matches(String name) {
        return names.stream().anyMatch(match -> match.matches(name));
    }

    private static StringMatch parse(String text) {
        if (text.startsWith("*")) {
            return new StringMatch.Suffix(text.substring(1));
        }
        return text.endsWith("*")
                ? new StringMatch.Prefix(text.substring(0, text.length() - 1))
                : new StringMatch.Exact(text);
    }
}

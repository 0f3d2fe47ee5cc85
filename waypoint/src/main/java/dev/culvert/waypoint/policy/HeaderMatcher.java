package dev.culvert.waypoint.policy;

import dev.culvert.mesh.authz.StringMatch;
import dev.culvert.waypoint.exchange.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One value of `request.headers[name]`.
///
/// Immutable. A field may come in several lines, and one line may list several values; servers
/// take the first, the
/// last, or all of it joined. So where a hit refuses, each line, each listed value and all lines
/// joined are looked
/// at and one hit is enough; where a hit admits, every line has to be a hit.
record HeaderMatcher(String name, StringMatch value, Doubt doubt) implements ValueMatcher {
    HeaderMatcher {
        name = name.toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean hits(Facts facts) {
        List<String> lines = lines(facts.head(), name);
        if (value instanceof StringMatch.Presence || lines.isEmpty()) {
            return !lines.isEmpty();
        }
        return switch (doubt) {
            case HITS -> readings(lines).stream().anyMatch(value::matches);
            case MISSES -> lines.stream().allMatch(value::matches);
        };
    }

    private static List<String> lines(RequestHead head, String name) {
        return switch (name) {
            case ":authority", "host" -> head.authority().isEmpty() ? List.of() : List.of(head.authority());
            case ":method" -> List.of(head.method());
            case ":path" -> List.of(head.target());
            case ":scheme" -> List.of(head.scheme());
            default -> head.headers().getAll(name);
        };
    }

    private static List<String> readings(List<String> lines) {
        List<String> readings = new ArrayList<>(lines);
        if (lines.size() > 1) {
            readings.add(String.join(",", lines));
            readings.add(String.join(", ", lines));
        }
        for (String line : lines) {
            if (line.indexOf(',') >= 0) {
                for (String element : line.split(",", -1)) {
                    readings.add(element.strip());
                }
            }
        }
        return readings;
    }
}

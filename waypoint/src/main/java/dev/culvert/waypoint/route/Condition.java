package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.NamedMatch;
import dev.culvert.api.waypoint.TextMatch;
import dev.culvert.waypoint.match.InvalidPattern;
import dev.culvert.waypoint.match.TextPattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One match of a rule: it holds when each of its parts does. Immutable.
///
/// @param problems what of it could not be compiled and is left out; such a match must not send a
///     request anywhere
record Condition(
        String name,
        PathCondition path,
        @Nullable GrpcCondition grpc,
        TextPattern method,
        List<Named> headers,
        List<Named> queries,
        List<Named> others,
        List<String> problems) {

    /// A condition on a named text.
    ///
    /// @param invert whether it holds when the text does not match or is not there
    record Named(String name, TextPattern pattern, boolean invert) {
        boolean holds(@Nullable String value) {
            return (value != null && pattern.matches(value)) != invert;
        }
    }

    static Condition compile(HttpMatch match) {
        return new Compiler().compile(match);
    }

    boolean holds(RequestView request) {
        return path.holds(request)
                && (grpc == null || grpc.holds(request))
                && method.matches(request.method())
                && headersHold(headers, request)
                && headersHold(others, request)
                && queriesHold(request);
    }

    PathCondition.IndexKey indexKey() {
        return grpc == null ? path.indexKey() : grpc.indexKey();
    }

    private static boolean headersHold(List<Named> conditions, RequestView request) {
        for (Named condition : conditions) {
            if (!condition.holds(request.header(condition.name()))) {
                return false;
            }
        }
        return true;
    }

    private boolean queriesHold(RequestView request) {
        for (Named condition : queries) {
            if (!condition.holds(request.queryParameter(condition.name()))) {
                return false;
            }
        }
        return true;
    }

    /// Gathers what does not compile.
    private static final class Compiler {
        private final List<String> problems = new ArrayList<>(0);

        Condition compile(HttpMatch match) {
            PathCondition path = path(match);
            GrpcCondition grpc = match.hasGrpc() ? grpc(match) : null;
            TextPattern method = match.hasMethod() ? text("method", match.getMethod()) : TextPattern.Any.ANY;
            List<Named> others = new ArrayList<>(0);
            if (match.hasScheme()) {
                others.add(new Named(":scheme", text("scheme", match.getScheme()), false));
            }
            if (match.hasAuthority()) {
                others.add(new Named(":authority", text("authority", match.getAuthority()), false));
            }
            return new Condition(
                    match.getName(),
                    path,
                    grpc,
                    method,
                    named("header", match.getHeadersList(), true),
                    named("query parameter", match.getQueryParametersList(), false),
                    List.copyOf(others),
                    List.copyOf(problems));
        }

        private PathCondition path(HttpMatch match) {
            try {
                return PathCondition.compile(match.getPath());
            } catch (InvalidPattern e) {
                problems.add("path: " + e.why());
                return PathCondition.Any.ANY;
            }
        }

        private @Nullable GrpcCondition grpc(HttpMatch match) {
            try {
                return GrpcCondition.compile(match.getGrpc());
            } catch (InvalidPattern e) {
                problems.add("gRPC method: " + e.why());
                return null;
            }
        }

        private TextPattern text(String what, TextMatch match) {
            try {
                return TextPattern.compile(match);
            } catch (InvalidPattern e) {
                problems.add(what + ": " + e.why());
                return TextPattern.Any.ANY;
            }
        }

        /// Of several entries for one name the first counts; an inverted one is another thing.
        private List<Named> named(String what, List<NamedMatch> matches, boolean foldNames) {
            List<Named> conditions = new ArrayList<>(matches.size());
            Set<String> seen = new HashSet<>();
            for (NamedMatch match : matches) {
                String name = foldNames ? TextPattern.fold(match.getName()) : match.getName();
                int before = problems.size();
                TextPattern pattern = text(what + " " + name, match.getValue());
                if (seen.add((match.getInvert() ? "!" : "=") + name) && problems.size() == before) {
                    conditions.add(new Named(name, pattern, match.getInvert()));
                }
            }
            return List.copyOf(conditions);
        }
    }
}

package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.RouteSet.Order;
import dev.culvert.waypoint.match.TextPattern;
import java.util.List;

/// How specific a match is. Immutable.
///
/// By Gateway API: a match of GRPCRoute before one of HTTPRoute; of HTTPRoute an exact path, then
/// the prefix with most characters, then a method, then the number of headers, then the number of
/// query parameters; of GRPCRoute the characters of the service, then those of the method, then
/// the number of headers. Gateway API leaves the place of regular expressions open: they come
/// after prefixes here, the longest first, because Istio orders them so and the same routes
/// should choose the same backends. Matches that could not be compiled come last of all.
final class Precedence {
    private static final int EXACT = 3;
    private static final int PREFIX = 2;
    private static final int REGEX = 1;

    private Precedence() {}

    /// Numbers to compare from the first to the last; the larger one comes first. Equal ones keep
    /// their listing order.
    static List<Integer> of(Condition condition, Order order) {
        int whole = condition.problems().isEmpty() ? 1 : 0;
        if (order == Order.AS_LISTED) {
            return List.of(whole);
        }
        GrpcCondition grpc = condition.grpc();
        if (grpc != null) {
            return List.of(
                    whole,
                    1,
                    GrpcCondition.kind(grpc.service()),
                    grpc.service().characters(),
                    GrpcCondition.kind(grpc.method()),
                    grpc.method().characters(),
                    condition.headers().size());
        }
        return List.of(
                whole,
                0,
                kind(condition.path()),
                length(condition.path()),
                condition.method() == TextPattern.Any.ANY ? 0 : 1,
                condition.headers().size(),
                condition.queries().size());
    }

    /// Negative when `a` comes before `b`. Both are of one order and, where it matters, of one
    /// kind of route.
    static int compare(List<Integer> a, List<Integer> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int difference = Integer.compare(b.get(i), a.get(i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int kind(PathCondition path) {
        return switch (path) {
            case PathCondition.Exact _ -> EXACT;
            case PathCondition.Segments _, PathCondition.Text _, PathCondition.Any _ -> PREFIX;
            case PathCondition.Regex _ -> REGEX;
        };
    }

    private static int length(PathCondition path) {
        return switch (path) {
            case PathCondition.Exact exact -> exact.path().length();
            case PathCondition.Segments segments ->
                Math.max(1, segments.prefix().length());
            case PathCondition.Text text -> text.prefix().length();
            case PathCondition.Regex regex -> regex.pattern().pattern().length();
            case PathCondition.Any _ -> 1;
        };
    }
}

package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.GrpcMatch;
import dev.culvert.waypoint.match.InvalidPattern;
import dev.culvert.waypoint.match.TextPattern;
import dev.culvert.waypoint.route.PathCondition.IndexKey;

/// A condition on a call of gRPC: the two parts of its path, `/service/method`. Immutable.
record GrpcCondition(TextPattern service, TextPattern method) {

    static GrpcCondition compile(GrpcMatch match) throws InvalidPattern {
        return new GrpcCondition(
                match.hasService() ? TextPattern.compile(match.getService()) : TextPattern.Any.ANY,
                match.hasMethod() ? TextPattern.compile(match.getMethod()) : TextPattern.Any.ANY);
    }

    boolean holds(RequestView request) {
        String path = request.path();
        int slash = path.indexOf('/', 1);
        return request.isGrpc()
                && path.startsWith("/")
                && slash > 0
                && service.matches(path.substring(1, slash))
                && method.matches(path.substring(slash + 1));
    }

    IndexKey indexKey() {
        if (!(service instanceof TextPattern.Exact(String name, boolean ignoreService)) || ignoreService) {
            return IndexKey.ANYWHERE;
        }
        return method instanceof TextPattern.Exact(String call, boolean ignoreMethod) && !ignoreMethod
                ? IndexKey.of("/" + name + "/" + call, true, false)
                : IndexKey.of("/" + name + "/", false, false);
    }

    /// Exact before regular expressions before none.
    static int kind(TextPattern pattern) {
        return switch (pattern) {
            case TextPattern.Exact _ -> 3;
            case TextPattern.Prefix _, TextPattern.Suffix _ -> 2;
            case TextPattern.Regex _ -> 1;
            case TextPattern.Any _, TextPattern.None _ -> 0;
        };
    }
}

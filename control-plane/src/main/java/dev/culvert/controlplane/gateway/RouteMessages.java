package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Backend;
import dev.culvert.api.waypoint.GrpcMatch;
import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.NamedMatch;
import dev.culvert.api.waypoint.PathMatch;
import dev.culvert.api.waypoint.RetryPolicy;
import dev.culvert.api.waypoint.SessionPersistence;
import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.api.waypoint.TextMatch;
import dev.culvert.controlplane.config.WaypointDefaults;
import dev.culvert.kube.resource.BackendRef;
import dev.culvert.kube.resource.GrpcRoute;
import dev.culvert.kube.resource.HttpRoute;
import dev.culvert.kube.resource.HttpRoute.MatchType;
import dev.culvert.kube.resource.HttpRoute.PathType;
import dev.culvert.kube.resource.HttpRoute.SessionType;
import dev.culvert.kube.resource.TcpRoute;
import java.util.ArrayList;
import java.util.List;

/// Makes the rules of the routes of the Gateway API. Pure but for the backends it asks for.
final class RouteMessages {
    private final BackendResolver backends;

    RouteMessages(BackendResolver backends) {
        this.backends = backends;
    }

    List<HttpRule> http(HttpRoute route) {
        List<HttpRule> rules = new ArrayList<>();
        for (HttpRoute.Rule rule : route.rules()) {
            HttpRule.Builder built = HttpRule.newBuilder()
                    .setName(name(rule.name(), rules.size()))
                    .addAllFilters(FilterMessages.of(rule.filters(), backends))
                    .addAllBackends(backends(rule.backends()));
            rule.matches().forEach(match -> built.addMatches(match(match)));
            if (rule.timeouts().request() != null) {
                built.setRequestTimeout(Durations.of(rule.timeouts().request()));
            }
            if (rule.timeouts().backendRequest() != null) {
                built.setBackendTimeout(Durations.of(rule.timeouts().backendRequest()));
            }
            if (rule.retry() != null) {
                built.setRetry(retry(rule.retry()));
            }
            if (rule.sessionPersistence() != null) {
                built.setSession(session(rule.sessionPersistence()));
            }
            rules.add(built.build());
        }
        return rules;
    }

    List<HttpRule> grpc(GrpcRoute route) {
        List<HttpRule> rules = new ArrayList<>();
        for (GrpcRoute.Rule rule : route.rules()) {
            HttpRule.Builder built = HttpRule.newBuilder()
                    .setName(name(rule.name(), rules.size()))
                    .addAllFilters(FilterMessages.of(rule.filters(), backends))
                    .addAllBackends(backends(rule.backends()));
            rule.matches().forEach(match -> built.addMatches(match(match)));
            if (rule.sessionPersistence() != null) {
                built.setSession(session(rule.sessionPersistence()));
            }
            rules.add(built.build());
        }
        return rules;
    }

    List<TcpRule> stream(List<TcpRoute.Rule> of, List<String> serverNames) {
        List<TcpRule> rules = new ArrayList<>();
        for (TcpRoute.Rule rule : of) {
            TcpRule.Builder built = TcpRule.newBuilder()
                    .setName(name(rule.name(), rules.size()))
                    .addAllServerNames(serverNames);
            rule.backends().forEach(ref -> add(built, ref));
            rules.add(built.build());
        }
        return rules;
    }

    private void add(TcpRule.Builder rule, BackendRef ref) {
        Backend backend = backends.resolve(ref).backend();
        if (counts(backend)) {
            rule.addBackends(backend);
        }
    }

    private List<Backend> backends(List<HttpRoute.Backend> refs) {
        return refs.stream()
                .map(ref -> backends.resolve(ref.ref()).backend().toBuilder()
                        .addAllFilters(FilterMessages.of(ref.filters(), backends))
                        .build())
                .filter(RouteMessages::counts)
                .toList();
    }

    /// A bad backend that gets no traffic does no harm.
    private static boolean counts(Backend backend) {
        return backend.getWeight() > 0 || backend.getInvalid().isEmpty();
    }

    private String name(String rule, int index) {
        return backends.routeName() + ServicePlan.RULE + (rule.isEmpty() ? String.valueOf(index) : rule);
    }

    private static HttpMatch match(HttpRoute.Match match) {
        HttpMatch.Builder built = HttpMatch.newBuilder().setPath(path(match.path()));
        match.headers().forEach(header -> built.addHeaders(named(header)));
        match.queryParams().forEach(param -> built.addQueryParameters(named(param)));
        if (!match.method().isEmpty()) {
            built.setMethod(TextMatch.newBuilder().setExact(match.method()));
        }
        return built.build();
    }

    private static HttpMatch match(GrpcRoute.Match match) {
        GrpcRoute.MethodMatch method = match.method();
        GrpcMatch.Builder grpc = GrpcMatch.newBuilder();
        if (!method.service().isEmpty()) {
            grpc.setService(text(method.type(), method.service()));
        }
        if (!method.method().isEmpty()) {
            grpc.setMethod(text(method.type(), method.method()));
        }
        HttpMatch.Builder built = HttpMatch.newBuilder().setGrpc(grpc);
        match.headers().forEach(header -> built.addHeaders(named(header)));
        return built.build();
    }

    private static PathMatch path(HttpRoute.PathMatch path) {
        PathMatch.Builder built = PathMatch.newBuilder();
        return switch (path.type()) {
            case PathType.EXACT -> built.setExact(path.value()).build();
            case PathType.PATH_PREFIX -> built.setSegmentPrefix(path.value()).build();
            case PathType.REGULAR_EXPRESSION -> built.setRegex(path.value()).build();
        };
    }

    private static NamedMatch named(HttpRoute.NamedMatch match) {
        return NamedMatch.newBuilder()
                .setName(match.name())
                .setValue(text(match.type(), match.value()))
                .build();
    }

    private static TextMatch text(MatchType type, String value) {
        TextMatch.Builder built = TextMatch.newBuilder();
        return switch (type) {
            case MatchType.EXACT -> built.setExact(value).build();
            case MatchType.REGULAR_EXPRESSION -> built.setRegex(value).build();
        };
    }

    private static RetryPolicy retry(HttpRoute.Retry retry) {
        RetryPolicy.Builder built = RetryPolicy.newBuilder()
                .setAttempts(retry.attempts() < 0 ? WaypointDefaults.ATTEMPTS : retry.attempts())
                .addAllOn(WaypointDefaults.RETRIED)
                .addAllStatuses(retry.codes());
        return retry.backoff() == null
                ? built.build()
                : built.setBackoff(Durations.of(retry.backoff())).build();
    }

    private static SessionPersistence session(HttpRoute.SessionPersistence session) {
        SessionPersistence.Builder built = SessionPersistence.newBuilder()
                .setName(session.name())
                .setType(
                        session.type() == SessionType.HEADER
                                ? SessionPersistence.Type.HEADER
                                : SessionPersistence.Type.COOKIE)
                .setPermanent(session.permanent());
        if (session.absoluteTimeout() != null) {
            built.setAbsoluteTimeout(Durations.of(session.absoluteTimeout()));
        }
        if (session.idleTimeout() != null) {
            built.setIdleTimeout(Durations.of(session.idleTimeout()));
        }
        return built.build();
    }
}

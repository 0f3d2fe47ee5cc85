package dev.culvert.kube.resource;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the HTTP requests to a service or a Gateway are routed (gateway.networking.k8s.io). Immutable.
///
/// @param hostnames meant for Gateways; of no effect when the parent is a service
/// @param rules     never empty: a route without rules has one that matches everything and has no backend
public record HttpRoute(
        ObjectMeta metadata,
        List<ParentRef> parentRefs,
        List<String> hostnames,
        List<Rule> rules,
        List<ParentStatus> parents)
        implements Route {
    public HttpRoute {
        parentRefs = List.copyOf(parentRefs);
        hostnames = List.copyOf(hostnames);
        rules = List.copyOf(rules);
        parents = List.copyOf(parents);
    }

    /// What happens to the requests of any of the `matches`.
    ///
    /// @param name               empty when it has none
    /// @param matches            never empty
    /// @param retry              null when the manifest has none
    /// @param sessionPersistence null when the manifest has none
    public record Rule(
            String name,
            List<Match> matches,
            List<RouteFilter> filters,
            List<Backend> backends,
            Timeouts timeouts,
            @Nullable Retry retry,
            @Nullable SessionPersistence sessionPersistence) {
        public Rule {
            matches = List.copyOf(matches);
            filters = List.copyOf(filters);
            backends = List.copyOf(backends);
        }
    }

    /// What a request must be; all parts must hold.
    ///
    /// @param method empty for any
    public record Match(PathMatch path, List<NamedMatch> headers, List<NamedMatch> queryParams, String method) {
        static final Match ANY = new Match(PathMatch.ANY, List.of(), List.of(), "");

        public Match {
            headers = List.copyOf(headers);
            queryParams = List.copyOf(queryParams);
        }
    }

    /// What the path must be. A prefix is one of whole segments: `/a` is one of `/a/b` and not of `/ab`.
    public record PathMatch(PathType type, String value) {
        public static final PathMatch ANY = new PathMatch(PathType.PATH_PREFIX, "/");
    }

    /// What a header or a query parameter must be.
    ///
    /// @param name as written; that of a header means any case
    public record NamedMatch(String name, MatchType type, String value) {}

    /// A backend, and what is done only to the requests that go to it.
    public record Backend(BackendRef ref, List<RouteFilter> filters) {
        public Backend {
            filters = List.copyOf(filters);
        }
    }

    /// How long things may take; zero is no limit, null is what the mesh does by default.
    ///
    /// @param request        from the first byte of the request to the end of the response, all tries together
    /// @param backendRequest one try
    public record Timeouts(
            @Nullable Duration request, @Nullable Duration backendRequest) {}

    /// When a request is tried again.
    ///
    /// @param codes    status codes that are tried again
    /// @param attempts how often at most; -1 when the manifest has none
    /// @param backoff  null when the manifest has none
    public record Retry(
            List<Integer> codes, int attempts, @Nullable Duration backoff) {
        public Retry {
            codes = List.copyOf(codes);
        }
    }

    /// How the requests of one session are kept at one endpoint.
    ///
    /// @param name            of the cookie or header; empty when the mesh chooses one
    /// @param absoluteTimeout null for none
    /// @param idleTimeout     null for none
    /// @param permanent       whether the cookie outlives the browser's session
    public record SessionPersistence(
            SessionType type,
            String name,
            @Nullable Duration absoluteTimeout,
            @Nullable Duration idleTimeout,
            boolean permanent) {}

    /// How the value is compared.
    public enum PathType {
        EXACT,
        PATH_PREFIX,
        REGULAR_EXPRESSION
    }

    /// How the value is compared.
    public enum MatchType {
        EXACT,
        REGULAR_EXPRESSION
    }

    /// What carries the session.
    public enum SessionType {
        COOKIE,
        HEADER
    }
}

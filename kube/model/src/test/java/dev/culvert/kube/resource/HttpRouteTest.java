package dev.culvert.kube.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.kube.resource.HttpRoute.MatchType;
import dev.culvert.kube.resource.HttpRoute.NamedMatch;
import dev.culvert.kube.resource.HttpRoute.PathMatch;
import dev.culvert.kube.resource.HttpRoute.PathType;
import dev.culvert.kube.resource.HttpRoute.Retry;
import dev.culvert.kube.resource.HttpRoute.Rule;
import dev.culvert.kube.resource.HttpRoute.SessionPersistence;
import dev.culvert.kube.resource.HttpRoute.SessionType;
import dev.culvert.kube.resource.HttpRoute.Timeouts;
import dev.culvert.kube.resource.RouteFilter.Cors;
import dev.culvert.kube.resource.RouteFilter.ExternalAuth;
import dev.culvert.kube.resource.RouteFilter.Header;
import dev.culvert.kube.resource.RouteFilter.HeaderChanges;
import dev.culvert.kube.resource.RouteFilter.PathChange;
import dev.culvert.kube.resource.RouteFilter.Share;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class HttpRouteTest {
    private static final BackendRef COPY = new BackendRef("", "Service", "shop", "copy", 80, 1);

    @Test
    void readsParentsMatchesAndBackends() {
        HttpRoute route = route("""
                  parentRefs:
                  - {group: "", kind: Service, name: echo, port: 80}
                  - {group: "", kind: Service, name: echo, namespace: other, sectionName: http}
                  - {name: edge}
                  hostnames: ["*.example.com"]
                  rules:
                  - name: first
                    matches:
                    - path: {type: Exact, value: /a}
                      headers: [{name: Version, value: two}, {name: x, type: RegularExpression, value: "a.*"}]
                      queryParams: [{name: q, value: "1"}]
                      method: POST
                    - path: {type: RegularExpression, value: "/b[0-9]+"}
                    backendRefs:
                    - {name: v1, port: 8080, weight: 0}
                    - {name: v2, namespace: other, port: 8080, filters: [
                        {type: RequestHeaderModifier, requestHeaderModifier: {remove: [x]}}]}
                    - {group: example.com, kind: Bucket, name: store}
                  - {}
                """);
        assertThat(route.parentRefs())
                .containsExactly(
                        new ParentRef("", "Service", "shop", "echo", "", 80),
                        new ParentRef("", "Service", "other", "echo", "http", 0),
                        new ParentRef("gateway.networking.k8s.io", "Gateway", "shop", "edge", "", 0));
        assertThat(route.parentRefs()).extracting(ParentRef::isService).containsExactly(true, true, false);
        assertThat(route.hostnames()).containsExactly("*.example.com");
        Rule first = route.rules().getFirst();
        assertThat(first.name()).isEqualTo("first");
        assertThat(first.matches().getFirst())
                .isEqualTo(new HttpRoute.Match(
                        new PathMatch(PathType.EXACT, "/a"),
                        List.of(
                                new NamedMatch("Version", MatchType.EXACT, "two"),
                                new NamedMatch("x", MatchType.REGULAR_EXPRESSION, "a.*")),
                        List.of(new NamedMatch("q", MatchType.EXACT, "1")),
                        "POST"));
        assertThat(first.matches().get(1).path()).isEqualTo(new PathMatch(PathType.REGULAR_EXPRESSION, "/b[0-9]+"));
        assertThat(first.backends())
                .extracting(HttpRoute.Backend::ref)
                .containsExactly(
                        new BackendRef("", "Service", "shop", "v1", 8080, 0),
                        new BackendRef("", "Service", "other", "v2", 8080, 1),
                        new BackendRef("example.com", "Bucket", "shop", "store", 0, 1));
        assertThat(first.backends().get(1).filters()).hasSize(1);
        assertThat(route.rules().get(1).matches())
                .extracting(HttpRoute.Match::path)
                .containsExactly(PathMatch.ANY);
    }

    @Test
    void aRouteWithoutRulesMatchesEverythingAndHasNoBackend() {
        HttpRoute route = route("  parentRefs: [{name: edge}]\n");
        assertThat(route.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.matches()).extracting(HttpRoute.Match::path).containsExactly(PathMatch.ANY);
            assertThat(rule.backends()).isEmpty();
        });
    }

    @Test
    void readsTimeoutsRetryAndSession() {
        Rule rule = route("""
                  rules:
                  - timeouts: {request: 1h30m, backendRequest: 500ms}
                    retry: {codes: [500, 503], attempts: 3, backoff: 100ms}
                    sessionPersistence:
                      sessionName: s
                      type: Cookie
                      absoluteTimeout: 24h
                      idleTimeout: 1h
                      cookieConfig: {lifetimeType: Permanent}
                  - timeouts: {request: 0s, backendRequest: 5s}
                    retry: {}
                """).rules().getFirst();
        assertThat(rule.timeouts()).isEqualTo(new Timeouts(Duration.ofMinutes(90), Duration.ofMillis(500)));
        assertThat(rule.retry()).isEqualTo(new Retry(List.of(500, 503), 3, Duration.ofMillis(100)));
        assertThat(rule.sessionPersistence())
                .isEqualTo(new SessionPersistence(
                        SessionType.COOKIE, "s", Duration.ofHours(24), Duration.ofHours(1), true));
    }

    @Test
    void keepsAZeroTimeoutApartFromNone() {
        List<Rule> rules = route("""
                  rules:
                  - timeouts: {request: 0s, backendRequest: 5s}
                    retry: {}
                  - {}
                """).rules();
        assertThat(rules.getFirst().timeouts()).isEqualTo(new Timeouts(Duration.ZERO, Duration.ofSeconds(5)));
        assertThat(rules.getFirst().retry()).isEqualTo(new Retry(List.of(), -1, null));
        assertThat(rules.get(1).timeouts()).isEqualTo(new Timeouts(null, null));
        assertThat(rules.get(1).retry()).isNull();
    }

    static List<Object[]> filters() {
        var changes = new HeaderChanges(List.of(new Header("a", "1")), List.of(new Header("b", "x, y")), List.of("c"));
        String headers = "{set: [{name: a, value: \"1\"}], add: [{name: b, value: \"x, y\"}], remove: [c]}";
        return List.of(
                row(
                        "RequestHeaderModifier, requestHeaderModifier: " + headers,
                        new RouteFilter.RequestHeaders(changes)),
                row(
                        "ResponseHeaderModifier, responseHeaderModifier: " + headers,
                        new RouteFilter.ResponseHeaders(changes)),
                row(
                        "RequestMirror, requestMirror: {backendRef: {name: copy, port: 80}}",
                        new RouteFilter.Mirror(COPY, Share.ALL)),
                row(
                        "RequestMirror, requestMirror: {backendRef: {name: copy, port: 80}, percent: 0}",
                        new RouteFilter.Mirror(COPY, new Share(0, 100))),
                row(
                        "RequestMirror, requestMirror: {backendRef: {name: copy, port: 80}, fraction:"
                                + " {numerator: 1, denominator: 1000}}",
                        new RouteFilter.Mirror(COPY, new Share(1, 1000))),
                row(
                        "RequestRedirect, requestRedirect: {}",
                        new RouteFilter.Redirect("", "", new PathChange.Keep(), 0, 302)),
                row(
                        "RequestRedirect, requestRedirect: {scheme: https, hostname: example.org, port: 8443, path:"
                                + " {type: ReplaceFullPath, replaceFullPath: \"\"}, statusCode: 308}",
                        new RouteFilter.Redirect("https", "example.org", new PathChange.ReplaceFull(""), 8443, 308)),
                row(
                        "URLRewrite, urlRewrite: {hostname: one.example, path:"
                                + " {type: ReplacePrefixMatch, replacePrefixMatch: /}}",
                        new RouteFilter.UrlRewrite("one.example", new PathChange.ReplacePrefix("/"))),
                row(
                        "CORS, cors: {allowOrigins: [\"https://*.example.com\"], allowCredentials: true,"
                                + " allowMethods: [GET, PUT], allowHeaders: [x-a], exposeHeaders: [\"*\"], maxAge: 60}",
                        new Cors(
                                List.of("https://*.example.com"),
                                true,
                                List.of("GET", "PUT"),
                                List.of("x-a"),
                                List.of("*"),
                                Duration.ofMinutes(1))),
                row(
                        "ExternalAuth, externalAuth: {protocol: HTTP, backendRef: {name: copy, port: 80},"
                                + " http: {path: /check, allowedHeaders: [a], allowedResponseHeaders: [b]},"
                                + " forwardBody: {maxSize: 64}}",
                        new ExternalAuth(ExternalAuth.Protocol.HTTP, COPY, "/check", List.of("a"), List.of("b"), 64)),
                row(
                        "ExtensionRef, extensionRef: {group: example.com, kind: Filter, name: f}",
                        new RouteFilter.Extension("example.com", "Filter", "f")),
                row("Teleport, teleport: {to: mars}", new RouteFilter.Unsupported("Teleport")));
    }

    private static Object[] row(String yaml, RouteFilter filter) {
        return new Object[] {yaml, filter};
    }

    @ParameterizedTest
    @MethodSource("filters")
    void readsEachFilter(String yaml, RouteFilter expected) {
        Rule rule =
                route("  rules: [{filters: [{type: " + yaml + "}]}]\n").rules().getFirst();
        assertThat(rule.filters()).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"1h, 3600000", "1m30s, 90000", "10s500ms, 10500", "0s, 0", "99999h, 359996400000"})
    void readsGatewayDurations(String text, long millis) {
        Rule rule = route("  rules: [{timeouts: {request: %s}}]\n".formatted(text))
                .rules()
                .getFirst();
        assertThat(Objects.requireNonNull(rule.timeouts().request()).toMillis()).isEqualTo(millis);
    }

    @Test
    void readsWhatControllersSaid() {
        HttpRoute route = Manifest.read(HttpRoute.class, """
                apiVersion: gateway.networking.k8s.io/v1beta1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                status:
                  parents:
                  - parentRef: {group: "", kind: Service, name: echo}
                    controllerName: istio.io/mesh-controller
                    conditions: [{type: Accepted, status: "True", reason: Accepted}]
                """);
        assertThat(route.parents()).singleElement().satisfies(parent -> {
            assertThat(parent.parentRef()).isEqualTo(new ParentRef("", "Service", "shop", "echo", "", 0));
            assertThat(parent.controllerName()).isEqualTo("istio.io/mesh-controller");
            assertThat(parent.conditions().getFirst().reason()).isEqualTo("Accepted");
        });
    }

    private static HttpRoute route(String spec) {
        return Manifest.read(HttpRoute.class, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec:
                """ + spec);
    }
}

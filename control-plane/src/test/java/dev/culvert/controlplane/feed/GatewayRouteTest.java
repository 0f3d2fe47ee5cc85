package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.culvert.api.waypoint.Backend;
import dev.culvert.api.waypoint.Filter;
import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.controlplane.status.ObjectStatus.Section;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From routes of the Gateway API to the rules of a waypoint.
@Timeout(30)
final class GatewayRouteTest {
    private static WaypointFixture mesh(String... routes) {
        return new WaypointFixture(WaypointFixture.GATEWAY + WaypointFixture.SERVICES + String.join("", routes));
    }

    private static String route(String kind, String name, String parent, String spec) {
        return route(kind, name, "shop", parent, spec);
    }

    private static String route(String kind, String name, String namespace, String parent, String spec) {
        String version = kind.equals("TCPRoute") || kind.equals("TLSRoute") ? "v1alpha2" : "v1";
        return """
                ---
                apiVersion: gateway.networking.k8s.io/%s
                kind: %s
                metadata: {name: %s, namespace: %s}
                spec:
                  parentRefs: [{group: "", kind: Service, name: web, namespace: shop%s}]
                """.formatted(version, kind, name, namespace, parent) + spec.indent(2);
    }

    private static List<String> names(List<HttpRule> rules) {
        return rules.stream().map(HttpRule::getName).toList();
    }

    @Test
    void everyMatchOfAnHttpRouteIsTold() {
        try (var mesh = mesh(route("HTTPRoute", "r", ", port: 80", """
                hostnames: [ignored.example]
                rules:
                - name: all
                  matches:
                  - path: {type: Exact, value: /a}
                    method: POST
                    headers: [{name: x, value: "1"}, {name: y, type: RegularExpression, value: "a.*"}]
                    queryParams: [{name: q, value: z}]
                  - path: {type: RegularExpression, value: "/b[0-9]+"}
                  backendRefs: [{name: web, port: 80}]
                - backendRefs: [{name: web, port: 80}]
                """))) {
            HttpRule rule = mesh.rules(80).getFirst();
            assertThat(rule.getName()).isEqualTo("HTTPRoute shop/r rule all");
            HttpMatch match = rule.getMatches(0);
            assertThat(match.getPath().getExact()).isEqualTo("/a");
            assertThat(match.getMethod().getExact()).isEqualTo("POST");
            assertThat(match.getHeaders(0).getValue().getExact()).isEqualTo("1");
            assertThat(match.getHeaders(1).getValue().getRegex()).isEqualTo("a.*");
            assertThat(match.getQueryParameters(0).getName()).isEqualTo("q");
            assertThat(match.hasAuthority())
                    .as("hostnames do not count for services")
                    .isFalse();
            assertThat(rule.getMatches(1).getPath().getRegex()).isEqualTo("/b[0-9]+");
            assertThat(mesh.rules(80).get(1).getName()).isEqualTo("HTTPRoute shop/r rule 1");
            assertThat(mesh.rules(80).get(1).getMatches(0).getPath().getSegmentPrefix())
                    .isEqualTo("/");
            assertThat(mesh.routes(7070)).as("the parent is one port").isEmpty();
        }
    }

    @Test
    void everyFilterTimeoutAndRetryOfAnHttpRouteIsTold() {
        try (var mesh = mesh(route("HTTPRoute", "r", ", sectionName: http", """
                rules:
                - matches: [{path: {value: /old}}]
                  filters:
                  - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}], remove: [c]}}
                  - {type: ResponseHeaderModifier, responseHeaderModifier: {add: [{name: d, value: e}]}}
                  - type: RequestMirror
                    requestMirror: {backendRef: {name: api, port: 8000}, fraction: {numerator: 1, denominator: 8}}
                  - type: URLRewrite
                    urlRewrite: {hostname: inner.example, path: {type: ReplacePrefixMatch, replacePrefixMatch: /new}}
                  - {type: CORS, cors: {allowOrigins: ["https://*.example"], allowMethods: [GET], maxAge: 9}}
                  timeouts: {request: 3s, backendRequest: 1s}
                  retry: {attempts: 5, codes: [500, 503], backoff: 20ms}
                  sessionPersistence: {sessionName: s, type: Header}
                  backendRefs:
                  - name: web
                    port: 80
                    weight: 4
                    filters: [{type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: f, value: g}]}}]
                - filters:
                  - type: RequestRedirect
                    requestRedirect: {scheme: https, hostname: h.example, port: 8443, statusCode: 307}
                - filters: [{type: ExtensionRef, extensionRef: {group: x.example, kind: Odd, name: o}}]
                """))) {
            HttpRule rule = mesh.rules(80).getFirst();
            assertThat(rule.getFiltersList())
                    .extracting(Filter::getActionCase)
                    .containsExactly(
                            Filter.ActionCase.REQUEST_HEADERS,
                            Filter.ActionCase.RESPONSE_HEADERS,
                            Filter.ActionCase.MIRROR,
                            Filter.ActionCase.REWRITE,
                            Filter.ActionCase.CORS);
            assertThat(rule.getFilters(2).getMirror().getPerMillion()).isEqualTo(125_000);
            assertThat(rule.getFilters(2).getMirror().getBackend().getCluster())
                    .isEqualTo("shop/api.shop.svc.cluster.local");
            assertThat(mesh.cluster("api").getPorts(0).getPort())
                    .as("where copies go is known too")
                    .isEqualTo(8000);
            assertThat(rule.getFilters(3).getRewrite().getPath().getPrefix()).isEqualTo("/new");
            assertThat(rule.getRequestTimeout().getSeconds()).isEqualTo(3);
            assertThat(rule.getBackendTimeout().getSeconds()).isEqualTo(1);
            assertThat(rule.getRetry().getAttempts()).isEqualTo(5);
            assertThat(rule.getRetry().getStatusesList()).containsExactly(500, 503);
            assertThat(rule.getRetry().hasBackoff()).isTrue();
            assertThat(rule.getSession().getName()).isEqualTo("s");
            assertThat(rule.getBackends(0)
                            .getFilters(0)
                            .getRequestHeaders()
                            .getAdd(0)
                            .getName())
                    .isEqualTo("f");
            var redirect = mesh.rules(80).get(1).getFilters(0).getRedirect();
            assertThat(redirect.getPort()).isEqualTo(8443);
            assertThat(redirect.getStatus()).isEqualTo(307);
            assertThat(mesh.rules(80).get(2).getFilters(0).getUnsupported()).contains("Odd.x.example");
        }
    }

    @Test
    void aBadBackendKeepsItsShareUnlessItHasNone() {
        try (var mesh = mesh(route("HTTPRoute", "r", ", port: 80", """
                rules:
                - backendRefs:
                  - {name: web, port: 80, weight: 7}
                  - {name: gone, port: 80, weight: 1}
                  - {name: gone, port: 80, weight: 0}
                  - {name: web, port: 81, weight: 1}
                  - {name: db, namespace: store, port: 80, weight: 1}
                  - {group: storage.example, kind: Bucket, name: b, weight: 1}
                """))) {
            assertThat(mesh.rules(80).getFirst().getBackendsList())
                    .extracting(Backend::getWeight, Backend::getInvalid)
                    .containsExactly(
                            tuple(7, ""),
                            tuple(1, "there is no Service shop/gone"),
                            tuple(1, "Service shop/web has no port 81"),
                            tuple(1, "no ReferenceGrant of store allows Service store/db"),
                            tuple(1, "backends of kind Bucket are not supported"));
        }
    }

    @Test
    void aGrpcRouteIsForGrpcAloneEvenWithoutConditions() {
        try (var mesh = mesh(route("GRPCRoute", "g", ", port: 7070", """
                rules:
                - matches:
                  - {method: {service: pkg.Echo, method: Say}, headers: [{name: v, value: two}]}
                  - {method: {type: RegularExpression, service: "pkg\\\\..*"}}
                  backendRefs: [{name: web, port: 7070, weight: 70}, {name: gone, port: 7070, weight: 0}]
                - backendRefs: [{name: web, port: 7070}]
                """))) {
            List<HttpRule> rules = mesh.rules(7070);
            assertThat(rules.getFirst().getName()).isEqualTo("GRPCRoute shop/g rule 0");
            assertThat(rules.getFirst().getMatches(0).getGrpc().getService().getExact())
                    .isEqualTo("pkg.Echo");
            assertThat(rules.getFirst().getMatches(0).getGrpc().getMethod().getExact())
                    .isEqualTo("Say");
            assertThat(rules.getFirst().getMatches(1).getGrpc().getService().getRegex())
                    .isEqualTo("pkg\\..*");
            assertThat(rules.getFirst().getBackendsList())
                    .extracting(Backend::getWeight)
                    .containsExactly(70);
            assertThat(rules.get(1).getMatchesList()).singleElement().satisfies(match -> {
                assertThat(match.hasGrpc()).isTrue();
                assertThat(match.hasPath()).isFalse();
            });
        }
    }

    @Test
    void opaqueConnectionsGoByPortOrServerName() {
        try (var mesh = mesh(route("TCPRoute", "t", ", port: 9090", """
                        rules:
                        - backendRefs:
                          - {name: web, port: 9090, weight: 3}
                          - {name: gone, port: 1, weight: 1}
                        """), route("TLSRoute", "s", ", port: 443", """
                        hostnames: [a.example, "*.b.example"]
                        rules: [{backendRefs: [{name: api, port: 8000}]}]
                        """))) {
            TcpRule tcp = mesh.routes(9090).getFirst().getTcp(0);
            assertThat(tcp.getName()).isEqualTo("TCPRoute shop/t rule 0");
            assertThat(tcp.getBackendsList())
                    .extracting(
                            Backend::getWeight, backend -> backend.getInvalid().isEmpty())
                    .containsExactly(tuple(3, true), tuple(1, false));
            TcpRule tls = mesh.routes(443).getFirst().getTcp(0);
            assertThat(tls.getServerNamesList()).containsExactly("a.example", "*.b.example");
            assertThat(tls.getBackends(0).getCluster()).isEqualTo("shop/api.shop.svc.cluster.local");
        }
    }

    @Test
    void ofSeveralTypesAtOnePortTheMostSpecificHolds() {
        String http = "rules: [{backendRefs: [{name: web, port: 80}]}]\n";
        try (var mesh = mesh(
                route("TCPRoute", "t", "", http),
                route("TLSRoute", "s", "", "hostnames: [a.example]\n" + http),
                route("HTTPRoute", "h", "", http),
                route("GRPCRoute", "g", ", port: 7070", http))) {
            assertThat(names(mesh.rules(80))).containsExactly("HTTPRoute shop/h rule 0");
            assertThat(names(mesh.rules(7070))).containsExactly("GRPCRoute shop/g rule 0");
            assertThat(mesh.routes(80).getFirst().getTcpList()).isEmpty();
        }
    }

    @Test
    void routesAreListedOldestFirstThenByName() {
        String spec = "rules: [{backendRefs: [{name: web, port: 80}]}]\n";
        try (var mesh = mesh(
                aged(route("HTTPRoute", "b", "", spec), "2026-01-02T00:00:00Z"),
                aged(route("HTTPRoute", "c", "", spec), "2026-01-01T00:00:00Z"),
                aged(route("HTTPRoute", "a", "", spec), "2026-01-02T00:00:00Z"))) {
            assertThat(names(mesh.rules(80)))
                    .containsExactly("HTTPRoute shop/c rule 0", "HTTPRoute shop/a rule 0", "HTTPRoute shop/b rule 0");
            assertThat(mesh.routes(80).getFirst().getOrder()).isEqualTo(RouteSet.Order.MOST_SPECIFIC);
        }
    }

    private static String aged(String manifest, String created) {
        return manifest.replace(
                "namespace: shop}\nspec", "namespace: shop, creationTimestamp: '" + created + "'}\nspec");
    }

    @Test
    void theStatusOfARouteNamesEachParentAndItsController() {
        try (var mesh = mesh(route("HTTPRoute", "r", ", port: 80", "rules: [{backendRefs: [{name: web, port: 80}]}]\n")
                + route(
                        "HTTPRoute",
                        "lost",
                        ", port: 81",
                        "rules: [{backendRefs: [{name: db, namespace: x, port: 1}]}]\n"))) {
            Section.Entry good = parent(mesh, "r");
            assertThat(good.fields()).containsEntry("controllerName", "istio.io/mesh-controller");
            assertThat(String.valueOf(good.fields().get("parentRef"))).contains("kind=Service", "name=web", "port=80");
            assertThat(verdicts(good)).containsExactly("Accepted true", "ResolvedRefs true", "ResolvedWaypoints true");
            assertThat(verdicts(parent(mesh, "lost")))
                    .containsExactly("NoMatchingParent false", "RefNotPermitted false", "ResolvedWaypoints true");
        }
    }

    @Test
    void whatCannotBeFollowedIsInTheStatusAndOnTheListOfProblems() {
        try (var mesh = mesh(route("HTTPRoute", "r", ", port: 80", """
                rules:
                - matches: [{path: {type: RegularExpression, value: "/a("}}]
                  filters: [{type: RequestMirror, requestMirror: {backendRef: {name: gone, port: 1}}}]
                  backendRefs: [{name: web, port: 80}]
                - filters: [{type: ExtensionRef, extensionRef: {group: x.example, kind: Odd, name: o}}]
                """))) {
            assertThat(verdicts(parent(mesh, "r")))
                    .containsExactly(
                            "Accepted true",
                            "BackendNotFound false",
                            "UnsupportedValue true",
                            "ResolvedWaypoints true");
            assertThat(mesh.feed.problems())
                    .extracting(Object::toString)
                    .anyMatch(line -> line.startsWith("HTTPRoute shop/r rule 0: the regular expression /a("))
                    .anyMatch(line -> line.startsWith("HTTPRoute shop/r rule 1: the filter Odd.x.example"));
        }
    }

    private static Section.Entry parent(WaypointFixture mesh, String route) {
        return mesh.status(route).sections().stream()
                .map(Section.Entries.class::cast)
                .findFirst()
                .orElseThrow()
                .entries()
                .getFirst();
    }

    private static List<String> verdicts(Section.Entry entry) {
        return entry.verdicts().stream()
                .map(ObjectStatus.Verdict::acceptance)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .map(acceptance -> acceptance.reason() + " " + acceptance.accepted())
                .toList();
    }
}

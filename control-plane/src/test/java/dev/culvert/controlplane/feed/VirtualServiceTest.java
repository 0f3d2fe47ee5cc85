package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.waypoint.Filter;
import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.kube.resource.Kinds;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From VirtualServices to the rules of a waypoint.
@Timeout(30)
final class VirtualServiceTest {
    private static WaypointFixture mesh(String yaml) {
        return new WaypointFixture(WaypointFixture.GATEWAY + WaypointFixture.SERVICES + yaml);
    }

    private static String virtual(String name, String namespace, String spec) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s, namespace: %s}
                spec:
                """.formatted(name, namespace) + spec.indent(2);
    }

    @Test
    void rulesKeepTheirOrderAndEveryCondition() {
        try (var mesh = mesh(virtual("v", "shop", """
                hosts: [web]
                http:
                - name: first
                  match:
                  - uri: {prefix: /a}
                    ignoreUriCase: true
                    method: {exact: GET}
                    scheme: {exact: http}
                    authority: {prefix: web}
                    headers: {x: {regex: "a+"}, y: {}}
                    withoutHeaders: {z: {exact: no}}
                    queryParams: {q: {exact: "1"}}
                  - uri: {exact: /b}
                  route:
                  - {destination: {host: api, subset: v1}, weight: 3}
                  - {destination: {host: web.shop.svc.cluster.local, port: {number: 80}}, weight: 1}
                - route: [{destination: {host: gone}}]
                """))) {
            RouteSet set = mesh.routes(80).getFirst();
            assertThat(set.getOrder()).isEqualTo(RouteSet.Order.AS_LISTED);
            HttpRule first = set.getHttp(0);
            assertThat(first.getName()).isEqualTo("VirtualService shop/v rule first");
            HttpMatch match = first.getMatches(0);
            assertThat(match.getPath().getTextPrefix()).isEqualTo("/a");
            assertThat(match.getPath().getIgnoreCase()).isTrue();
            assertThat(match.getMethod().getExact()).isEqualTo("GET");
            assertThat(match.getScheme().getExact()).isEqualTo("http");
            assertThat(match.getAuthority().getPrefix()).isEqualTo("web");
            assertThat(match.getHeadersList())
                    .extracting(header -> header.getName() + " " + header.getInvert())
                    .containsExactly("x false", "y false", "z true");
            assertThat(match.getHeaders(1).getValue().getPresent()).isTrue();
            assertThat(match.getQueryParameters(0).getValue().getExact()).isEqualTo("1");
            assertThat(first.getMatches(1).getPath().getExact()).isEqualTo("/b");
            assertThat(first.getBackendsList())
                    .extracting(each ->
                            each.getCluster() + " " + each.getPort() + " " + each.getSubset() + " " + each.getWeight())
                    .containsExactly(
                            "shop/api.shop.svc.cluster.local 8000 v1 3", "shop/web.shop.svc.cluster.local 80  1");
            HttpRule second = set.getHttp(1);
            assertThat(second.getName()).isEqualTo("VirtualService shop/v rule 1");
            assertThat(second.getMatchesList()).isEmpty();
            assertThat(second.getBackends(0).getInvalid()).contains("gone");
            mesh.source.delete(Kinds.VIRTUAL_SERVICE, "shop", "v");
            await().until(() -> mesh.routes(80).isEmpty());
        }
    }

    @Test
    void actionsOfARuleBecomeFilters() {
        try (var mesh = mesh(virtual("v", "shop", """
                hosts: [web]
                http:
                - match: [{uri: {prefix: /go}}]
                  redirect: {scheme: https, authority: "new.example:8443", uri: /there, redirectCode: 308}
                - match: [{uri: {prefix: /say}}]
                  directResponse: {status: 418, body: {string: short}}
                - match: [{uri: {prefix: /old}}]
                  rewrite: {uri: /new, authority: inner}
                  timeout: 3s
                  retries: {attempts: 4, perTryTimeout: 1s, retryOn: "5xx,503", backoff: 50ms}
                  fault:
                    delay: {fixedDelay: 2s, percentage: {value: 50}}
                    abort: {grpcStatus: UNAVAILABLE, percentage: {value: 0.5}}
                  mirrors: [{destination: {host: api}, percentage: {value: 10}}]
                  corsPolicy: {allowOrigins: [{exact: "https://a.example"}], maxAge: 60s}
                  headers: {request: {set: {a: b}}, response: {remove: [c]}}
                  route: [{destination: {host: api}, headers: {request: {add: {d: e}}}}]
                """))) {
            List<HttpRule> rules = mesh.rules(80);
            var redirect = rules.get(0).getFilters(0).getRedirect();
            assertThat(redirect.getScheme()).isEqualTo("https");
            assertThat(redirect.getHostname()).isEqualTo("new.example");
            assertThat(redirect.getPort()).isEqualTo(8443);
            assertThat(redirect.getPath().getFull()).isEqualTo("/there");
            assertThat(redirect.getStatus()).isEqualTo(308);
            var respond = rules.get(1).getFilters(0).getRespond();
            assertThat(respond.getStatus()).isEqualTo(418);
            assertThat(respond.getBody().toStringUtf8()).isEqualTo("short");
            HttpRule third = rules.get(2);
            assertThat(third.getFiltersList())
                    .extracting(Filter::getActionCase)
                    .containsExactly(
                            Filter.ActionCase.CORS,
                            Filter.ActionCase.REQUEST_HEADERS,
                            Filter.ActionCase.RESPONSE_HEADERS,
                            Filter.ActionCase.REWRITE,
                            Filter.ActionCase.MIRROR);
            assertThat(third.getFilters(3).getRewrite().getPath().getPrefix()).isEqualTo("/new");
            assertThat(third.getFilters(4).getMirror().getPerMillion()).isEqualTo(100_000);
            assertThat(third.getRequestTimeout().getSeconds()).isEqualTo(3);
            assertThat(third.getRetry().getAttempts()).isEqualTo(4);
            assertThat(third.getRetry().getOnList()).containsExactly("5xx");
            assertThat(third.getRetry().getStatusesList()).containsExactly(503);
            assertThat(third.getRetry().getPerTryTimeout().getSeconds()).isEqualTo(1);
            assertThat(third.getFault().getDelay().getPerMillion()).isEqualTo(500_000);
            assertThat(third.getFault().getAbort().getGrpcStatus()).isEqualTo(14);
            assertThat(third.getFault().getAbort().getPerMillion()).isEqualTo(5_000);
            assertThat(third.getBackends(0)
                            .getFilters(0)
                            .getRequestHeaders()
                            .getAdd(0)
                            .getName())
                    .isEqualTo("d");
        }
    }

    @Test
    void aRuleThatNamesTheNamespaceOfItsClientsHoldsForThoseAlone() {
        try (var mesh = mesh(virtual("v", "shop", """
                hosts: [web]
                http:
                - match: [{sourceNamespace: lab}]
                  route: [{destination: {host: api}}]
                - match: [{sourceLabels: {app: x}}]
                  route: [{destination: {host: gone}}]
                - match: [{port: 7070}]
                  route: [{destination: {host: gone}}]
                - route: [{destination: {host: web}}]
                """))) {
            assertThat(mesh.routes(80))
                    .extracting(RouteSet::getClientNamespace, set -> names(set.getHttpList()))
                    .containsExactly(
                            tuple("lab", List.of("VirtualService shop/v rule 0", "VirtualService shop/v rule 3")),
                            tuple("", List.of("VirtualService shop/v rule 3")));
        }
    }

    @Test
    void routesOfTheGatewayApiComeFirstAndConsumersRoutesHoldAlone() {
        try (var mesh = mesh(virtual("v", "shop", "hosts: [web]\nhttp: [{route: [{destination: {host: web}}]}]\n")
                + route("own", "shop")
                + route("theirs", "client"))) {
            assertThat(mesh.routes(80))
                    .extracting(set -> set.getClientNamespace() + ": " + names(set.getHttpList()))
                    .containsExactly(
                            "client: [HTTPRoute client/theirs rule 0]",
                            ": [HTTPRoute shop/own rule 0]",
                            ": [VirtualService shop/v rule 0]");
        }
    }

    @Test
    void onesOfOtherNamespacesForGatewaysOrNotVisibleDoNotCount() {
        String rule = "http: [{route: [{destination: {host: web}}]}]\n";
        String host = "hosts: [web.shop.svc.cluster.local]\n";
        try (var mesh = mesh(virtual("stranger", "other", host + rule)
                + virtual("edge", "shop", host + "gateways: [shop/ingress]\n" + rule)
                + virtual("hidden", "shop", host + "exportTo: [other]\n" + rule))) {
            assertThat(mesh.routes(80)).isEmpty();
        }
    }

    @Test
    void aWildcardCountsWhereNothingNamesTheHost() {
        String wide = "hosts: ['*.shop.svc.cluster.local']\nhttp: [{route: [{destination: {host: web}}]}]\n";
        try (var mesh = mesh(virtual("wide", "shop", wide))) {
            assertThat(names(mesh.rules(80))).containsExactly("VirtualService shop/wide rule 0");
            mesh.source.apply(virtual("own", "shop", "hosts: [web]\nhttp: [{route: [{destination: {host: web}}]}]\n"));
            await().until(() -> names(mesh.rules(80)).equals(List.of("VirtualService shop/own rule 0")));
        }
    }

    @Test
    void delegatesStandInPlaceOfTheRuleThatDelegates() {
        try (var mesh = mesh(virtual("root", "shop", """
                hosts: [web]
                http:
                - match: [{uri: {prefix: /api}}]
                  timeout: 5s
                  delegate: {name: part}
                - match: [{uri: {prefix: /lost}}]
                  delegate: {name: nobody}
                """) + virtual("part", "shop", """
                http:
                - match: [{uri: {prefix: /api/v1}}]
                  route: [{destination: {host: api}}]
                - match: [{uri: {prefix: /elsewhere}}]
                  route: [{destination: {host: api}}]
                - route: [{destination: {host: web}}]
                """))) {
            List<HttpRule> rules = mesh.rules(80);
            assertThat(names(rules))
                    .containsExactly(
                            "VirtualService shop/part rule 0",
                            "VirtualService shop/part rule 2",
                            "VirtualService shop/root rule 1");
            assertThat(rules.get(0).getMatches(0).getPath().getTextPrefix()).isEqualTo("/api/v1");
            assertThat(rules.get(0).getRequestTimeout().getSeconds()).isEqualTo(5);
            assertThat(rules.get(1).getMatches(0).getPath().getTextPrefix()).isEqualTo("/api");
            assertThat(rules.get(2).getFilters(0).getUnsupported()).contains("shop/nobody");
        }
    }

    @Test
    void connectionsGoByPortAndServerName() {
        try (var mesh = mesh(virtual("v", "shop", """
                hosts: [web]
                tls:
                - match: [{port: 443, sniHosts: [a.example, "*.b.example"]}]
                  route: [{destination: {host: api, port: {number: 8000}}}]
                tcp:
                - match: [{port: 9090}]
                  route:
                  - {destination: {host: web, port: {number: 9090}}, weight: 1}
                  - {destination: {host: api, port: {number: 8000}}, weight: 2}
                """))) {
            TcpRule tls = mesh.routes(443).getFirst().getTcp(0);
            assertThat(tls.getServerNamesList()).containsExactly("a.example", "*.b.example");
            assertThat(tls.getBackends(0).getCluster()).isEqualTo("shop/api.shop.svc.cluster.local");
            TcpRule tcp = mesh.routes(9090).getFirst().getTcp(0);
            assertThat(tcp.getServerNamesList()).isEmpty();
            assertThat(tcp.getBackendsList())
                    .extracting(backend -> backend.getWeight())
                    .containsExactly(1, 2);
            assertThat(mesh.routes(80)).isEmpty();
        }
    }

    private static List<String> names(List<HttpRule> rules) {
        return rules.stream().map(HttpRule::getName).toList();
    }

    private static String route(String name, String namespace) {
        return """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: %s, namespace: %s}
                spec:
                  parentRefs: [{group: "", kind: Service, name: web, namespace: shop, port: 80}]
                  rules: [{backendRefs: [{name: web, namespace: shop, port: 80}]}]
                """.formatted(name, namespace);
    }
}

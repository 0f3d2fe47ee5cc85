package dev.culvert.kube.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.kube.resource.RouteFilter.Header;
import dev.culvert.kube.resource.RouteFilter.HeaderChanges;
import dev.culvert.kube.resource.RouteFilter.PathChange;
import dev.culvert.kube.resource.VirtualService.Abort;
import dev.culvert.kube.resource.VirtualService.Action;
import dev.culvert.kube.resource.VirtualService.Body;
import dev.culvert.kube.resource.VirtualService.Cors;
import dev.culvert.kube.resource.VirtualService.Delay;
import dev.culvert.kube.resource.VirtualService.Destination;
import dev.culvert.kube.resource.VirtualService.HeaderRules;
import dev.culvert.kube.resource.VirtualService.HttpMatch;
import dev.culvert.kube.resource.VirtualService.HttpRule;
import dev.culvert.kube.resource.VirtualService.Mirror;
import dev.culvert.kube.resource.VirtualService.RedirectPort;
import dev.culvert.kube.resource.VirtualService.Retries;
import dev.culvert.kube.resource.VirtualService.Target;
import dev.culvert.kube.resource.VirtualService.TcpMatch;
import dev.culvert.kube.resource.VirtualService.TlsMatch;
import dev.culvert.kube.resource.VirtualService.UriRewrite;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class VirtualServiceTest {
    private static final HeaderChanges UNCHANGED = new HeaderChanges(List.of(), List.of(), List.of());
    private static final Destination ECHO = new Destination("echo", "", 0);

    @Test
    void readsEveryMatch() {
        HttpRule rule = http("""
                  - name: first
                    match:
                    - name: m
                      uri: {prefix: /a}
                      ignoreUriCase: true
                      scheme: {exact: http}
                      method: {regex: "GET|PUT"}
                      authority: {exact: echo}
                      headers: {x: {exact: "1"}, y: {}}
                      withoutHeaders: {z: {prefix: q}}
                      queryParams: {p: {regex: "[0-9]+"}}
                      port: 8080
                      sourceLabels: {app: web}
                      sourceNamespace: front
                      gateways: [mesh]
                    route: [{destination: {host: echo}}]
                """);
        assertThat(rule.matches())
                .containsExactly(new HttpMatch(
                        "m",
                        new TextMatch.Prefix("/a"),
                        true,
                        new TextMatch.Exact("http"),
                        new TextMatch.Regex("GET|PUT"),
                        new TextMatch.Exact("echo"),
                        Map.of("x", new TextMatch.Exact("1"), "y", new TextMatch.Present()),
                        Map.of("z", new TextMatch.Prefix("q")),
                        Map.of("p", new TextMatch.Regex("[0-9]+")),
                        8080,
                        Map.of("app", "web"),
                        "front",
                        List.of("mesh")));
        assertThat(rule.name()).isEqualTo("first");
        assertThat(rule.action())
                .isEqualTo(new Action.Forward(List.of(new Target(ECHO, 1, new HeaderRules(UNCHANGED, UNCHANGED)))));
    }

    static List<Object[]> actions() {
        return List.of(
                row(
                        "redirect: {}",
                        new Action.Redirect("", "", new RedirectPort.OfScheme(), new PathChange.Keep(), 301)),
                row(
                        "redirect: {uri: /new, authority: a.example, scheme: https, port: 8443, redirectCode: 308}",
                        new Action.Redirect(
                                "https",
                                "a.example",
                                new RedirectPort.Fixed(8443),
                                new PathChange.ReplaceFull("/new"),
                                308)),
                row(
                        "redirect: {prefixRewrite: /b, derivePort: FROM_REQUEST_PORT}",
                        new Action.Redirect(
                                "", "", new RedirectPort.OfRequest(), new PathChange.ReplacePrefix("/b"), 301)),
                row("directResponse: {status: 503}", new Action.Respond(503, new Body.Text(""))),
                row("directResponse: {status: 200, body: {string: hi}}", new Action.Respond(200, new Body.Text("hi"))),
                row(
                        "directResponse: {status: 200, body: {bytes: aGk=}}",
                        new Action.Respond(200, new Body.Base64("aGk="))),
                row("delegate: {name: other}", new Action.Delegate("shop", "other")),
                row("delegate: {name: other, namespace: team}", new Action.Delegate("team", "other")));
    }

    private static Object[] row(String yaml, Action action) {
        return new Object[] {yaml, action};
    }

    @ParameterizedTest
    @MethodSource("actions")
    void readsEachAction(String yaml, Action expected) {
        assertThat(http("  - " + yaml + "\n").action()).isEqualTo(expected);
    }

    @Test
    void readsWeightsAndHeaders() {
        HttpRule rule = http("""
                  - headers: {request: {set: {a: "1"}, add: {b: "2"}, remove: [c]}}
                    route:
                    - destination: {host: echo, subset: v1, port: {number: 8080}}
                      weight: 90
                      headers: {response: {set: {d: "4"}}}
                    - {destination: {host: echo}, weight: 10}
                    - {destination: {host: gone}}
                """);
        assertThat(rule.headers().request())
                .isEqualTo(
                        new HeaderChanges(List.of(new Header("a", "1")), List.of(new Header("b", "2")), List.of("c")));
        var targets = ((Action.Forward) rule.action()).targets();
        assertThat(targets).extracting(Target::weight).containsExactly(90, 10, 0);
        assertThat(targets.getFirst().destination()).isEqualTo(new Destination("echo", "v1", 8080));
        assertThat(targets.getFirst().headers().response().set()).containsExactly(new Header("d", "4"));
    }

    @Test
    void readsTimeoutRetriesFaultsMirrorsAndCors() {
        HttpRule rule = http("""
                  - route: [{destination: {host: echo}}]
                    timeout: 1.5s
                    retries:
                      attempts: 3
                      perTryTimeout: 2s
                      retryOn: "5xx, reset,503"
                      backoff: 10ms
                      retryRemoteLocalities: true
                    fault:
                      delay: {fixedDelay: 5s, percentage: {value: 0.1}}
                      abort: {httpStatus: 400, percentage: {value: 100}}
                    mirror: {host: a}
                    mirrorPercentage: {value: 12.5}
                    mirrors: [{destination: {host: b, subset: v2}}]
                    corsPolicy:
                      allowOrigins: [{exact: https://a.example}, {regex: ".*"}]
                      allowOrigin: [https://b.example]
                      allowMethods: [GET]
                      allowHeaders: [x]
                      exposeHeaders: [y]
                      maxAge: 24h
                      allowCredentials: true
                      unmatchedPreflights: IGNORE
                """);
        assertThat(rule.timeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(rule.retries())
                .isEqualTo(new Retries(
                        3, Duration.ofSeconds(2), List.of("5xx", "reset", "503"), Duration.ofMillis(10), true, null));
        assertThat(rule.fault())
                .isEqualTo(new VirtualService.Fault(new Delay(Duration.ofSeconds(5), 0.1), new Abort(400, "", 100)));
        assertThat(rule.mirrors())
                .containsExactly(
                        new Mirror(new Destination("a", "", 0), 12.5), new Mirror(new Destination("b", "v2", 0), 100));
        assertThat(rule.cors())
                .isEqualTo(new Cors(
                        List.of(
                                new TextMatch.Exact("https://a.example"),
                                new TextMatch.Regex(".*"),
                                new TextMatch.Exact("https://b.example")),
                        List.of("GET"),
                        List.of("x"),
                        List.of("y"),
                        Duration.ofHours(24),
                        true,
                        false));
    }

    @Test
    void whatIsNotWrittenIsNothing() {
        HttpRule rule = http("""
                  - route: [{destination: {host: echo}}]
                    fault: {abort: {grpcStatus: UNAVAILABLE}}
                    mirror: {host: a}
                """);
        assertThat(rule.matches()).isEmpty();
        assertThat(rule.timeout()).isNull();
        assertThat(rule.retries()).isNull();
        assertThat(rule.cors()).isNull();
        assertThat(rule.rewrite().uri()).isEqualTo(new UriRewrite.Keep());
        assertThat(rule.fault()).isEqualTo(new VirtualService.Fault(null, new Abort(0, "UNAVAILABLE", 0)));
        assertThat(rule.mirrors()).extracting(Mirror::percent).containsExactly(100.0);
    }

    @Test
    void readsRewrites() {
        String route = "  - route: [{destination: {host: echo}}]\n    rewrite: ";
        assertThat(http(route + "{uri: /, authority: a}\n").rewrite())
                .isEqualTo(new VirtualService.Rewrite("a", new UriRewrite.Matched("/")));
        assertThat(http(route + "{uriRegexRewrite: {match: \"^/a/(.*)\", rewrite: '/\\1'}}\n")
                        .rewrite()
                        .uri())
                .isEqualTo(new UriRewrite.Regex("^/a/(.*)", "/\\1"));
    }

    @Test
    void readsTlsAndTcpRules() {
        VirtualService service = service("""
                  hosts: [echo, "*.example.com"]
                  gateways: [istio-system/edge, mesh]
                  exportTo: ["*"]
                  tls:
                  - match: [{sniHosts: [echo], port: 443, destinationSubnets: [10.0.0.0/8]}]
                    route: [{destination: {host: echo}}]
                  tcp:
                  - match: [{port: 9090, sourceLabels: {app: web}, sourceNamespace: front, gateways: [mesh]}]
                    route: [{destination: {host: echo}, weight: 1}, {destination: {host: other}, weight: 3}]
                """);
        assertThat(service.hosts()).containsExactly("echo", "*.example.com");
        assertThat(service.gateways()).containsExactly("istio-system/edge", "mesh");
        assertThat(service.exportTo()).containsExactly("*");
        assertThat(service.tls().getFirst().matches())
                .containsExactly(new TlsMatch(
                        List.of("echo"), new TcpMatch(List.of("10.0.0.0/8"), 443, Map.of(), "", List.of())));
        assertThat(service.tcp().getFirst().matches())
                .containsExactly(new TcpMatch(List.of(), 9090, Map.of("app", "web"), "front", List.of("mesh")));
        assertThat(service.tcp().getFirst().targets())
                .extracting(Target::weight)
                .containsExactly(1, 3);
    }

    @Test
    void isForTheMeshWhenItNamesNoGateway() {
        assertThat(service("  hosts: [echo]\n").gateways()).containsExactly("mesh");
    }

    private static HttpRule http(String rule) {
        return service("  http:\n" + rule).http().getFirst();
    }

    private static VirtualService service(String spec) {
        return Manifest.read(VirtualService.class, """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: shop}
                spec:
                """ + spec);
    }
}

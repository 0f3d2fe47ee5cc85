package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.waypoint.AuthorizationPolicy;
import dev.culvert.api.waypoint.ExtAuthz;
import dev.culvert.api.waypoint.RateLimit;
import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.kube.SourceProblem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From policies to what a waypoint judges, limits and tells.
@Timeout(30)
final class PolicyMessageTest {
    private static final String EVERYTHING = """
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop, annotations: {istio.io/dry-run: "true"}}
                spec:
                  targetRefs: [{kind: Service, group: "", name: web}]
                  action: ALLOW
                  rules:
                  - from:
                    - source:
                        principals: [cluster.local/ns/a/sa/b]
                        notPrincipals: ["*/sa/c"]
                        requestPrincipals: ["iss/*"]
                        notRequestPrincipals: [iss/x]
                        namespaces: [a]
                        notNamespaces: [b]
                        ipBlocks: [10.0.0.0/8]
                        notIpBlocks: [10.1.0.0/16]
                        remoteIpBlocks: [192.0.2.0/24]
                        notRemoteIpBlocks: [192.0.2.1]
                    - source: {serviceAccounts: [d, e/f]}
                    to:
                    - operation:
                        hosts: ["*.example"]
                        notHosts: [x.example]
                        ports: ["80"]
                        notPorts: ["81"]
                        methods: [GET]
                        notMethods: [PUT]
                        paths: ["/a/{*}/b/{**}"]
                        notPaths: [/a/c]
                    when:
                    - {key: "request.headers[x-y]", values: ["1*"], notValues: ["12"]}
                    - {key: "request.auth.claims[a][b]", values: [c]}
                """;

    private static final String PROVIDERS = """
                extensionProviders:
                - name: grpc
                  envoyExtAuthzGrpc:
                    service: shop/api.shop.svc.cluster.local
                    port: 8000
                    timeout: 2s
                    failOpen: true
                    includeRequestBodyInCheck: {maxRequestBytes: 10, allowPartialMessage: true}
                - name: http
                  envoyExtAuthzHttp:
                    service: api.shop.svc.cluster.local
                    port: 8000
                    pathPrefix: /check
                    statusOnError: "503"
                    includeRequestHeadersInCheck: [x-*]
                    includeAdditionalHeadersInCheck: {a: b}
                    headersToUpstreamOnAllow: [u]
                    headersToDownstreamOnAllow: [d]
                    headersToDownstreamOnDeny: [n]
                - name: lost
                  envoyExtAuthzGrpc: {service: gone.shop.svc.cluster.local, port: 1}
                - name: spans
                  opentelemetry: {service: api.shop.svc.cluster.local, port: 8000}
                - name: strange
                  datadog: {service: api.shop.svc.cluster.local, port: 8000}
                """;

    private static WaypointFixture mesh(String yaml) {
        return new WaypointFixture(WaypointFixture.GATEWAY + WaypointFixture.SERVICES + yaml);
    }

    private static String config(String mesh) {
        return """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                """ + mesh.indent(4);
    }

    private static Waypoint waypoint(WaypointFixture mesh) {
        return mesh.parsed(TypeUrls.WAYPOINT, "shop/gate|shop/gate", Waypoint.parser());
    }

    @Test
    void everyFieldOfAnAuthorizationPolicyIsTold() {
        try (var mesh = mesh(EVERYTHING)) {
            AuthorizationPolicy policy = mesh.served("web").getPolicies().getAuthorization(0);
            assertThat(policy.getInvalid()).isEmpty();
            assertThat(policy.getDryRun()).isTrue();
            assertThat(policy.getAction()).isEqualTo(AuthorizationPolicy.Action.ALLOW);
            var source = policy.getRules(0).getFrom(0);
            assertThat(source.getPrincipalsList()).containsExactly("cluster.local/ns/a/sa/b");
            assertThat(source.getNotPrincipalsList()).containsExactly("*/sa/c");
            assertThat(source.getRequestPrincipalsList()).containsExactly("iss/*");
            assertThat(source.getNotRequestPrincipalsList()).containsExactly("iss/x");
            assertThat(source.getNamespacesList()).containsExactly("a");
            assertThat(source.getNotNamespacesList()).containsExactly("b");
            assertThat(source.getIpBlocksList()).containsExactly("10.0.0.0/8");
            assertThat(source.getNotIpBlocksList()).containsExactly("10.1.0.0/16");
            assertThat(source.getRemoteIpBlocksList()).containsExactly("192.0.2.0/24");
            assertThat(source.getNotRemoteIpBlocksList()).containsExactly("192.0.2.1");
            assertThat(policy.getRules(0).getFrom(1).getServiceAccountsList()).containsExactly("shop/d", "e/f");
            var operation = policy.getRules(0).getTo(0);
            assertThat(operation.getHostsList()).containsExactly("*.example");
            assertThat(operation.getNotHostsList()).containsExactly("x.example");
            assertThat(operation.getPortsList()).containsExactly("80");
            assertThat(operation.getNotPortsList()).containsExactly("81");
            assertThat(operation.getMethodsList()).containsExactly("GET");
            assertThat(operation.getNotMethodsList()).containsExactly("PUT");
            assertThat(operation.getPathsList()).containsExactly("/a/{*}/b/{**}");
            assertThat(operation.getNotPathsList()).containsExactly("/a/c");
            assertThat(policy.getRules(0).getWhenList())
                    .extracting(when -> when.getKey() + " " + when.getValuesList() + " " + when.getNotValuesList())
                    .containsExactly("request.headers[x-y] [1*] [12]", "request.auth.claims[a][b] [c] []");
        }
    }

    @Test
    void selectorsAreForNodeProxiesAlone() {
        try (var mesh = mesh("""
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec: {selector: {matchLabels: {app: web}}, rules: [{to: [{operation: {ports: ["80"]}}]}]}
                ---
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: j, namespace: shop}
                spec: {selector: {matchLabels: {app: web}}, jwtRules: [{issuer: a, jwks: "{}"}]}
                """)) {
            assertThat(mesh.served("web").getPolicies().getAuthorizationList()).isEmpty();
            assertThat(mesh.served("web").getPolicies().getAuthenticationList()).isEmpty();
            assertThat(mesh.feed.snapshot(TypeUrls.AUTHORIZATION).find("shop/p"))
                    .isNotNull();
        }
    }

    @Test
    void providersOfTheMeshAreFoundInTheMeshAndBadOnesSayWhy() {
        try (var mesh = mesh(config(PROVIDERS))) {
            List<ExtAuthz> found = waypoint(mesh).getAuthorizersList();
            assertThat(found).extracting(ExtAuthz::getName).containsExactly("grpc", "http", "lost");
            assertThat(found.get(0).getCluster()).isEqualTo("shop/api.shop.svc.cluster.local");
            assertThat(found.get(0).getGrpc()).isTrue();
            assertThat(found.get(0).getTimeout().getSeconds()).isEqualTo(2);
            assertThat(found.get(0).getFailOpen()).isTrue();
            assertThat(found.get(0).getMaxRequestBytes()).isEqualTo(10);
            assertThat(found.get(1).getPathPrefix()).isEqualTo("/check");
            assertThat(found.get(1).getStatusOnError()).isEqualTo(503);
            assertThat(found.get(1).getIncludeRequestHeadersList()).containsExactly("x-*");
            assertThat(found.get(1).getIncludeAdditionalHeadersMap()).containsEntry("a", "b");
            assertThat(found.get(1).getHeadersToUpstreamOnAllowList()).containsExactly("u");
            assertThat(found.get(1).getHeadersToDownstreamOnAllowList()).containsExactly("d");
            assertThat(found.get(1).getHeadersToDownstreamOnDenyList()).containsExactly("n");
            assertThat(found.get(2).getInvalid()).contains("gone.shop");
            assertThat(mesh.cluster("api").getEndpointsList()).isEmpty();
            assertThat(mesh.feed.problems())
                    .extracting(SourceProblem::origin)
                    .contains("extension provider lost", "extension provider strange");
        }
    }

    @Test
    void limitsAreOfServicesGatewaysAndRoutes() {
        String limit = """
                ---
                apiVersion: culvert.dev/v1alpha1
                kind: RateLimitPolicy
                metadata: {name: %s, namespace: shop}
                spec:
                  targetRefs: [{%s}]
                  local: [{name: l, requests: 10, per: 1s, burst: 20, key: {type: ClientIdentity}}]
                """;
        try (var mesh = mesh(limit.formatted("service", "kind: Service, group: '', name: web")
                + limit.formatted("gateway", "kind: Gateway, group: gateway.networking.k8s.io, name: gate")
                + limit.formatted("route", "kind: HTTPRoute, group: gateway.networking.k8s.io, name: r")
                + """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs: [{group: "", kind: Service, name: web}]
                  rules: [{backendRefs: [{name: web, port: 80}]}]
                """)) {
            assertThat(mesh.served("web").getPolicies().getRateLimitsList())
                    .extracting(RateLimit::getName, RateLimit::getRoute)
                    .containsExactly(tuple("gateway", ""), tuple("service", ""), tuple("route", "HTTPRoute shop/r"));
            RateLimit.LocalLimit local =
                    mesh.served("web").getPolicies().getRateLimits(0).getLocal(0);
            assertThat(local.getRequests()).isEqualTo(10);
            assertThat(local.getBurst()).isEqualTo(20);
            assertThat(local.getKey()).isEqualTo(RateLimit.LocalLimit.Key.CLIENT_IDENTITY);
        }
    }

    @Test
    void telemetryGoesFromTheMeshToTheService() {
        String telemetry = """
                ---
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: %s, namespace: %s}
                spec: {%s}
                """;
        try (var mesh = mesh(config("""
                extensionProviders:
                - name: spans
                  opentelemetry: {service: api.shop.svc.cluster.local, port: 8000}
                """)
                + telemetry.formatted(
                        "mesh",
                        "istio-system",
                        "tracing: [{providers: [{name: spans}], randomSamplingPercentage: 5}],"
                                + " accessLogging: [{providers: [{name: envoy}]}]")
                + telemetry.formatted(
                        "web",
                        "shop",
                        "targetRefs: [{kind: Service, group: '', name: web}],"
                                + " tracing: [{randomSamplingPercentage: 100}],"
                                + " accessLogging: [{filter: {expression: 'response.code >= 400'}}]"))) {
            Telemetry own = mesh.served("web").getTelemetry();
            assertThat(own.getTracing().getProvider()).isEqualTo("spans");
            assertThat(own.getTracing().getSampledPerMillion()).isEqualTo(1_000_000);
            assertThat(own.getAccessLogsList())
                    .extracting(log -> log.getProvider() + " " + log.getFilter())
                    .containsExactly("envoy response.code >= 400");
            await().until(() -> waypoint(mesh).getTelemetry().getTracing().getSampledPerMillion() == 50_000);
            assertThat(mesh.cluster("api").getPortsCount())
                    .as("where spans go is known")
                    .isEqualTo(1);
        }
    }
}

package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.authorization.Action;
import dev.culvert.api.authorization.Authorization;
import dev.culvert.api.authorization.Scope;
import dev.culvert.api.authorization.StringMatch;
import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.LoadBalancer;
import dev.culvert.api.waypoint.Policies;
import dev.culvert.api.waypoint.Service;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.api.workload.Address;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.kube.resource.Kinds;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What policies of waypoints become: there, and at the node proxies behind them.
@Timeout(30)
final class WaypointPolicyTest {
    private static final String GATEWAY = """
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: gate, namespace: shop}
            spec:
              gatewayClassName: istio-waypoint
              addresses: [{type: IPAddress, value: 10.96.0.100}]
              listeners: [{name: mesh, port: 15008, protocol: HBONE}]
            """;
    private static final String MESH = """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop, labels: {istio.io/use-waypoint: gate}}
            spec: {selector: {app: web}, clusterIP: 10.96.0.1, ports: [{name: http, port: 80, targetPort: 8080}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1, namespace: shop, labels: {app: web}}
            spec: {nodeName: n1, containers: [{name: c}]}
            status: {phase: Running, podIPs: [{ip: 10.0.0.1}], conditions: [{type: Ready, status: 'True'}]}
            """;
    private static final String DENY_DELETE = """
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: no-delete, namespace: shop}
            spec:
              targetRefs: [{kind: Service, group: "", name: web}]
              action: DENY
              rules: [{to: [{operation: {methods: [DELETE], paths: ["/admin/{*}"]}}]}]
            """;
    private static final String GUARD = "istio-system/culvert_waypoint_only_shop_gate";
    private static final String NOBODY = "istio-system/culvert_waypoint_only_nobody";

    private final ManifestFixture source = new ManifestFixture();
    private final List<ObjectStatus> statuses = new CopyOnWriteArrayList<>();
    private @Nullable MeshFeed feed;

    @AfterEach
    void close() {
        feed().close();
    }

    private MeshFeed feed() {
        return Objects.requireNonNull(feed);
    }

    private void start(String yaml) {
        start(yaml, MeshSettings.DEFAULT);
    }

    private void start(String yaml, MeshSettings settings) {
        feed = new MeshFeed(source, settings, new FakeKeys(), statuses::add);
        source.apply(yaml);
        feed().start();
        feed().synced().orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void aPolicyOfAServiceIsToldToItsWaypointInFullAndClosesTheWayAround() {
        start(GATEWAY + MESH + DENY_DELETE);
        assertThat(policies().getAuthorizationList()).singleElement().satisfies(policy -> {
            assertThat(policy.getName()).isEqualTo("no-delete");
            assertThat(policy.getInvalid()).isEmpty();
            assertThat(policy.getRules(0).getTo(0).getMethodsList()).containsExactly("DELETE");
            assertThat(policy.getRules(0).getTo(0).getPathsList()).containsExactly("/admin/{*}");
        });
        assertThat(referencesOfPod()).containsExactly(GUARD);
        Authorization guard = authorization(GUARD);
        assertThat(guard.getAction()).isEqualTo(Action.DENY);
        assertThat(guard.getScope()).isEqualTo(Scope.WORKLOAD_SELECTOR);
        assertThat(guard.getRules(0).getClauses(0).getMatches(0).getNotPrincipalsList())
                .extracting(StringMatch::getExact)
                .containsExactly("cluster.local/ns/shop/sa/gate");
        source.delete(Kinds.AUTHORIZATION_POLICY, "shop", "no-delete");
        await().until(() -> referencesOfPod().isEmpty());
        assertThat(feed().snapshot(TypeUrls.AUTHORIZATION).find(GUARD)).isNull();
        assertThat(policies().getAuthorizationList()).isEmpty();
    }

    @Test
    void aMissingWaypointClosesWhatItsPoliciesAreFor() {
        start(MESH + DENY_DELETE);
        assertThat(referencesOfPod()).containsExactly(NOBODY);
        assertThat(authorization(NOBODY).getRulesList())
                .singleElement()
                .satisfies(rule -> assertThat(rule.getClausesList()).isEmpty());
        source.apply(GATEWAY);
        await().until(() -> referencesOfPod().equals(List.of(GUARD)));
    }

    @Test
    void whereOnlyRoutesApplyThePodStaysOpen() {
        start(GATEWAY + MESH + """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs: [{group: "", kind: Service, name: web}]
                  rules: [{backendRefs: [{name: web, port: 80}]}]
                """);
        assertThat(referencesOfPod()).isEmpty();
    }

    @Test
    void policiesOfTheGatewayAndOfItsClassHoldTooButThoseOfAClassOnlyFromTheRoot() {
        start(GATEWAY
                + MESH
                + policy("of-gateway", "shop", "{kind: Gateway, group: gateway.networking.k8s.io, name: gate}")
                + policy(
                        "of-class",
                        "istio-system",
                        "{kind: GatewayClass, group: gateway.networking.k8s.io, name: istio-waypoint}")
                + policy(
                        "elsewhere",
                        "other",
                        "{kind: GatewayClass, group: gateway.networking.k8s.io, name: istio-waypoint}"));
        assertThat(policies().getAuthorizationList())
                .extracting(policy -> policy.getName())
                .containsExactly("of-class", "of-gateway");
        assertThat(referencesOfPod()).containsExactly(GUARD);
    }

    @Test
    void auditAndDryRunPoliciesCloseNothing() {
        start(GATEWAY + MESH + DENY_DELETE.replace("action: DENY", "action: AUDIT"));
        assertThat(policies().getAuthorizationList()).hasSize(1);
        assertThat(referencesOfPod()).isEmpty();
    }

    @Test
    void aPolicyThatNobodyCouldJudgeSaysWhy() {
        start(GATEWAY + MESH + """
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: odd, namespace: shop}
                spec:
                  targetRefs: [{kind: Service, group: "", name: web}]
                  action: DENY
                  rules: [{when: [{key: request.weather, values: [rain]}]}]
                """);
        assertThat(policies().getAuthorization(0).getInvalid()).contains("request.weather");
    }

    @Test
    void theWayAroundStaysOpenWhenTheOperatorSaysSo() {
        MeshSettings usual = MeshSettings.DEFAULT;
        start(
                GATEWAY + MESH + DENY_DELETE,
                new MeshSettings(
                        usual.clusterId(),
                        usual.rootNamespace(),
                        usual.domain(),
                        usual.configMap(),
                        usual.dryRun(),
                        true));
        assertThat(policies().getAuthorizationList()).hasSize(1);
        assertThat(referencesOfPod()).isEmpty();
    }

    @Test
    void theWaypointsAliasesAndTheAccountsOfItsPodsAreAdmitted() {
        start(GATEWAY + MESH + DENY_DELETE + """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data: {mesh: "trustDomainAliases: [old.example]"}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: gate-1, namespace: shop, labels: {gateway.networking.k8s.io/gateway-name: gate}}
                spec: {nodeName: n1, serviceAccountName: runner, containers: [{name: c}]}
                status: {phase: Running, podIPs: [{ip: 10.0.0.50}]}
                """);
        assertThat(authorization(GUARD).getRules(0).getClauses(0).getMatches(0).getNotPrincipalsList())
                .extracting(StringMatch::getExact)
                .containsExactly(
                        "cluster.local/ns/shop/sa/gate",
                        "cluster.local/ns/shop/sa/runner",
                        "old.example/ns/shop/sa/gate",
                        "old.example/ns/shop/sa/runner");
    }

    @Test
    void aDestinationRuleShapesItsCluster() throws Exception {
        start(GATEWAY + MESH + """
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: d, namespace: shop}
                spec:
                  host: web
                  trafficPolicy: {loadBalancer: {simple: RANDOM}, outlierDetection: {consecutive5xxErrors: 3}}
                  subsets: [{name: v1, labels: {version: v1}}]
                """);
        Cluster cluster =
                Cluster.parseFrom(resource(TypeUrls.WAYPOINT_CLUSTER, "shop/gate|shop/web.shop.svc.cluster.local")
                        .body()
                        .getValue());
        assertThat(cluster.getPolicy().getLoadBalancer().getAlgorithm()).isEqualTo(LoadBalancer.Algorithm.RANDOM);
        assertThat(cluster.getPolicy().getOutlierDetection().getConsecutive5Xx())
                .isEqualTo(3);
        assertThat(cluster.getSubsets(0).getLabelsMap()).containsEntry("version", "v1");
    }

    @Test
    void theMeshConfigurationAndTelemetryReachTheWaypoint() throws Exception {
        start(GATEWAY + MESH + """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    accessLogFile: /dev/stdout
                    accessLogEncoding: JSON
                    pathNormalization: {normalization: MERGE_SLASHES}
                    extensionProviders:
                    - name: judge
                      envoyExtAuthzGrpc: {service: web.shop.svc.cluster.local, port: 80}
                    - name: lost
                      envoyExtAuthzHttp: {service: gone.shop.svc.cluster.local, port: 80}
                ---
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: all, namespace: istio-system}
                spec:
                  metrics: [{overrides: [{match: {metric: REQUEST_COUNT}, tagOverrides: {host: {value: request.host}}}]}]
                """);
        Waypoint waypoint = Waypoint.parseFrom(
                resource(TypeUrls.WAYPOINT, "shop/gate|shop/gate").body().getValue());
        assertThat(waypoint.getPathNormalization()).isEqualTo(Waypoint.PathNormalization.MERGE_SLASHES);
        assertThat(waypoint.getAuthorizers(0).getCluster()).isEqualTo("shop/web.shop.svc.cluster.local");
        assertThat(waypoint.getAuthorizers(1).getInvalid()).contains("gone.shop");
        assertThat(waypoint.getTelemetry().getAccessLogs(0).getProvider()).isEqualTo("mesh-access-log");
        assertThat(waypoint.getTelemetry().getMetrics().getOverrides(0).getMetric())
                .isEqualTo("istio_requests_total");
    }

    @Test
    void whatBecameOfEachObjectIsInItsStatus() {
        start(GATEWAY + MESH + DENY_DELETE + policy("lost", "shop", "{kind: Service, group: '', name: gone}") + """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: alone, namespace: shop, labels: {istio.io/use-waypoint: nowhere}}
                spec: {clusterIP: 10.96.0.7, ports: [{port: 80}]}
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs: [{group: "", kind: Service, name: web}]
                  rules: [{backendRefs: [{name: gone, port: 80}]}]
                """);
        assertThat(reason("web", ObjectStatus.WAYPOINT_BOUND)).isEqualTo("WaypointAccepted");
        assertThat(reason("alone", ObjectStatus.WAYPOINT_BOUND)).isEqualTo("WaypointIsNotReady");
        assertThat(reason("no-delete", ObjectStatus.WAYPOINT_ACCEPTED)).isEqualTo("Accepted");
        assertThat(reason("lost", ObjectStatus.WAYPOINT_ACCEPTED)).isEqualTo("TargetNotFound");
        assertThat(reason("gate", "Programmed")).isEqualTo("Programmed");
        ObjectStatus route = status("r");
        assertThat(route.sections()).singleElement().satisfies(section -> {
            var entries = (ObjectStatus.Section.Entries) section;
            assertThat(entries.field()).isEqualTo("parents");
            assertThat(entries.entries().getFirst().verdicts().stream()
                            .map(ObjectStatus.Verdict::acceptance)
                            .filter(Objects::nonNull)
                            .map(acceptance ->
                                    Objects.requireNonNull(acceptance).reason()))
                    .containsExactly("Accepted", "BackendNotFound", "ResolvedWaypoints");
        });
    }

    private ObjectStatus status(String name) {
        return statuses.stream()
                .filter(status -> status.metadata().name().equals(name))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private String reason(String name, String type) {
        return status(name).verdicts().stream()
                .filter(verdict -> verdict.type().equals(type))
                .map(verdict -> Objects.requireNonNull(verdict.acceptance()).reason())
                .findFirst()
                .orElseThrow();
    }

    private static String policy(String name, String namespace, String target) {
        return """
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: %s, namespace: %s}
                spec: {targetRefs: [%s], rules: [{to: [{operation: {methods: [GET]}}]}]}
                """.formatted(name, namespace, target);
    }

    private Policies policies() {
        try {
            return Service.parseFrom(resource(TypeUrls.WAYPOINT_SERVICE, "shop/gate|shop/web.shop.svc.cluster.local")
                            .body()
                            .getValue())
                    .getPolicies();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> referencesOfPod() {
        try {
            return List.copyOf(Address.parseFrom(resource(TypeUrls.ADDRESS, "Kubernetes//Pod/shop/web-1")
                            .body()
                            .getValue())
                    .getWorkload()
                    .getAuthorizationPoliciesList());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private Authorization authorization(String name) {
        try {
            return Authorization.parseFrom(
                    resource(TypeUrls.AUTHORIZATION, name).body().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private XdsResource resource(String typeUrl, String name) {
        return Objects.requireNonNull(feed().snapshot(typeUrl).find(name), name);
    }
}

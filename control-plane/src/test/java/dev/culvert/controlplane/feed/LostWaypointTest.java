package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.workload.Address;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.kube.resource.Kinds;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What node proxies are told of a service whose waypoint cannot be had.
@Timeout(30)
final class LostWaypointTest {
    private static final String NOWHERE = "gate.shop.waypoint.invalid";

    private static String route(String namespace) {
        return """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: %s}
                spec:
                  parentRefs: [{group: "", kind: Service, name: web, namespace: shop}]
                  rules: [{backendRefs: [{name: web, namespace: shop, port: 80}]}]
                """.formatted(namespace);
    }

    private static String waypoint(WaypointFixture mesh, String service) {
        return mesh.address(service).getWaypoint().getHostname().getHostname();
    }

    @Test
    void aServiceWithRoutesIsNotReachedAroundThem() {
        try (var mesh = new WaypointFixture(WaypointFixture.SERVICES + route("shop"))) {
            assertThat(waypoint(mesh, "web")).isEqualTo(NOWHERE);
            assertThat(mesh.address("api").hasWaypoint())
                    .as("nothing is in force for it")
                    .isFalse();
            mesh.source.apply(WaypointFixture.GATEWAY);
            await().until(() -> mesh.address("web").getWaypoint().hasAddress());
            mesh.source.delete(Kinds.GATEWAY, "shop", "gate");
            await().until(() -> waypoint(mesh, "web").equals(NOWHERE));
        }
    }

    @Test
    void aVirtualServiceCountsToo() {
        try (var mesh = new WaypointFixture(WaypointFixture.SERVICES + """
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: shop}
                spec: {hosts: [web], http: [{route: [{destination: {host: web}}]}]}
                """)) {
            assertThat(waypoint(mesh, "web")).isEqualTo(NOWHERE);
        }
    }

    @Test
    void aServiceWithPoliciesIsNotReachedAroundThem() {
        try (var mesh = new WaypointFixture(WaypointFixture.SERVICES + """
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec: {targetRefs: [{kind: Service, group: "", name: api}], action: DENY, rules: [{}]}
                """)) {
            assertThat(waypoint(mesh, "api")).isEqualTo(NOWHERE);
            assertThat(mesh.address("web").hasWaypoint()).isFalse();
        }
    }

    @Test
    void aServiceWithAPolicyThatAsksForNoWaypointAdmitsNobody() {
        String services = WaypointFixture.SERVICES.replace("use-waypoint: gate", "use-waypoint: none");
        try (var mesh = new WaypointFixture(WaypointFixture.GATEWAY + services)) {
            assertThat(policies(mesh)).isEmpty();
            mesh.source.apply("""
                    ---
                    apiVersion: security.istio.io/v1
                    kind: AuthorizationPolicy
                    metadata: {name: p, namespace: shop}
                    spec: {targetRefs: [{kind: Service, group: "", name: web}], action: DENY, rules: [{}]}
                    """);
            await().until(() -> policies(mesh).equals(List.of("istio-system/culvert_waypoint_only_nobody")));
            mesh.source.delete(Kinds.AUTHORIZATION_POLICY, "shop", "p");
            await().until(() -> policies(mesh).isEmpty());
        }
    }

    private static List<String> policies(WaypointFixture mesh) {
        return mesh.parsed(TypeUrls.ADDRESS, "Kubernetes//Pod/shop/web-1", Address.parser())
                .getWorkload()
                .getAuthorizationPoliciesList();
    }

    @Test
    void routesOfOtherNamespacesCannotTakeAServiceOut() {
        try (var mesh = new WaypointFixture(WaypointFixture.SERVICES + route("client"))) {
            assertThat(mesh.address("web").hasWaypoint()).isFalse();
        }
    }

    @Test
    void theOperatorMayLeaveTheWayOpen() {
        MeshSettings usual = MeshSettings.DEFAULT;
        MeshSettings open = new MeshSettings(
                usual.clusterId(), usual.rootNamespace(), usual.domain(), usual.configMap(), usual.dryRun(), true);
        try (var mesh = new WaypointFixture(WaypointFixture.SERVICES + route("shop"), open)) {
            assertThat(mesh.address("web").hasWaypoint()).isFalse();
        }
    }
}

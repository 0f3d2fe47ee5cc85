package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.workload.Address;
import dev.culvert.api.workload.GatewayAddress;
import dev.culvert.controlplane.status.ObjectStatus;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Which waypoint an object gets, by its labels and those of its namespace.
@Timeout(30)
final class WaypointBindingTest {
    private static String gateway(String name, String namespace, String labels, String from, int last) {
        return """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: %s, namespace: %s, labels: {%s}}
                spec:
                  gatewayClassName: istio-waypoint
                  addresses: [{type: IPAddress, value: 10.96.1.%d}]
                  listeners:
                  - {name: mesh, port: 15008, protocol: HBONE, allowedRoutes: {namespaces: %s}}
                """.formatted(name, namespace, labels, last, from);
    }

    private static String namespace(String labels) {
        return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {" + labels + "}}\n";
    }

    private static String service(String labels) {
        return """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop, labels: {%s}}
                spec: {selector: {app: web}, clusterIP: 10.96.0.1, ports: [{name: http, port: 80}]}
                """.formatted(labels);
    }

    private static String pod(String labels) {
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: web-1, namespace: shop, labels: {%s}}
                spec: {nodeName: n1, containers: [{name: c}]}
                status: {phase: Running, podIPs: [{ip: 10.0.0.1}], conditions: [{type: Ready, status: 'True'}]}
                """.formatted(labels);
    }

    private static final String SAME = "{from: Same}";
    private static final String WANTED = "istio.io/use-waypoint: a";

    /// The last number of the waypoint's address; 0 for none.
    private static int last(GatewayAddress waypoint) {
        return waypoint.hasAddress() ? waypoint.getAddress().getAddress().byteAt(3) : 0;
    }

    private static int ofService(WaypointFixture mesh) {
        return last(mesh.address("web").getWaypoint());
    }

    private static int ofPod(WaypointFixture mesh) {
        return last(mesh.parsed(TypeUrls.ADDRESS, "Kubernetes//Pod/shop/web-1", Address.parser())
                .getWorkload()
                .getWaypoint());
    }

    private static String reason(WaypointFixture mesh) {
        return mesh.status("web").verdicts().stream()
                .filter(verdict -> verdict.type().equals(ObjectStatus.WAYPOINT_BOUND))
                .map(verdict -> Objects.requireNonNull(verdict.acceptance()).reason())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theObjectsLabelCountsBeforeTheNamespacesAndNoneMeansNone() {
        try (var mesh = new WaypointFixture(namespace(WANTED)
                + gateway("a", "shop", "istio.io/waypoint-for: all", SAME, 1)
                + gateway("b", "shop", "istio.io/waypoint-for: all", SAME, 2)
                + service("")
                + pod("app: web"))) {
            assertThat(ofService(mesh)).isEqualTo(1);
            assertThat(ofPod(mesh)).isEqualTo(1);
            mesh.source.apply(service("istio.io/use-waypoint: b") + pod("istio.io/use-waypoint: none"));
            await().until(() -> ofService(mesh) == 2 && ofPod(mesh) == 0);
            mesh.source.apply(service("istio.io/use-waypoint: none") + pod("istio.io/use-waypoint: b"));
            await().until(() -> ofService(mesh) == 0 && ofPod(mesh) == 2);
        }
    }

    @Test
    void aWaypointThatIsNotThereIsNotReplacedByTheNamespaces() {
        try (var mesh = new WaypointFixture(
                namespace(WANTED) + gateway("a", "shop", "", SAME, 1) + service("istio.io/use-waypoint: gone"))) {
            assertThat(ofService(mesh)).isZero();
            assertThat(reason(mesh)).isEqualTo("WaypointIsNotReady");
        }
    }

    @Test
    void aWaypointTakesTheKindsOfTrafficThatItIsFor() {
        try (var mesh = new WaypointFixture(namespace(WANTED)
                + gateway("a", "shop", "istio.io/waypoint-for: workload", SAME, 1)
                + service("")
                + pod("app: web"))) {
            assertThat(ofService(mesh)).isZero();
            assertThat(reason(mesh)).isEqualTo("UnsupportedTrafficType");
            assertThat(ofPod(mesh)).isEqualTo(1);
            mesh.source.apply(gateway("a", "shop", "istio.io/waypoint-for: none", SAME, 1));
            await().until(() -> ofPod(mesh) == 0);
            mesh.source.apply(gateway("a", "shop", "istio.io/waypoint-for: service", SAME, 1));
            await().until(() -> ofService(mesh) == 1);
            assertThat(ofPod(mesh)).isZero();
        }
    }

    @Test
    void aWaypointOfAnotherNamespaceSaysWhomItAdmits() {
        String other = "istio.io/use-waypoint: a, istio.io/use-waypoint-namespace: edge";
        try (var mesh =
                new WaypointFixture(namespace("tier: front") + gateway("a", "edge", "", SAME, 1) + service(other))) {
            assertThat(ofService(mesh)).isZero();
            assertThat(reason(mesh)).isEqualTo("AttachmentDenied");
            mesh.source.apply(gateway("a", "edge", "", "{from: All}", 1));
            await().until(() -> ofService(mesh) == 1);
            mesh.source.apply(gateway("a", "edge", "", "{from: Selector, selector: {matchLabels: {tier: back}}}", 1));
            await().until(() -> ofService(mesh) == 0);
            mesh.source.apply(namespace("tier: back"));
            await().until(() -> ofService(mesh) == 1);
            assertThat(mesh.feed.snapshot(TypeUrls.WAYPOINT_SERVICE).find("edge/a|shop/web.shop.svc.cluster.local"))
                    .as("the other namespace's waypoint serves it")
                    .isNotNull();
        }
    }

    @Test
    void gatewaysAtTheEdgeAreToldWhenTheyAreToUseTheWaypointToo() {
        String asks = "istio.io/ingress-use-waypoint: 'true'";
        try (var mesh = new WaypointFixture(namespace(WANTED) + gateway("a", "shop", "", SAME, 1) + service(""))) {
            assertThat(mesh.address("web").getIngressUseWaypoint()).isFalse();
            mesh.source.apply(service(asks));
            await().until(() -> mesh.address("web").getIngressUseWaypoint());
            mesh.source.apply(service("") + namespace(WANTED + ", " + asks));
            await().until(() -> mesh.address("web").getIngressUseWaypoint());
            mesh.source.apply(service("istio.io/use-waypoint: none"));
            await().until(() -> !mesh.address("web").getIngressUseWaypoint());
        }
    }

    @Test
    void aCanaryGetsItsShare() {
        String labels = WANTED + ", istio.io/use-waypoint-canary: b";
        String weight = "annotations: {istio.io/use-waypoint-canary-weight: '%s'}, labels: {";
        try (var mesh = new WaypointFixture(namespace("")
                + gateway("a", "shop", "", SAME, 1)
                + gateway("b", "shop", "", SAME, 2)
                + service(labels).replace("labels: {", weight.formatted("10")))) {
            assertThat(mesh.address("web").getWeightedWaypointsList())
                    .extracting(each -> last(each.getDestination()) + " " + each.getWeight())
                    .containsExactly("1 90", "2 10");
            mesh.source.apply(service(labels).replace("labels: {", weight.formatted("many")));
            await().until(() -> mesh.address("web").getWeightedWaypointsCount() == 0);
            assertThat(ofService(mesh)).isEqualTo(1);
            assertThat(reason(mesh)).isEqualTo("CanaryInvalidWeight");
        }
    }

    @Test
    void aWaypointsOwnServiceHasNoneHoweverTheGatewayNamesIt() {
        String own = """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: a, namespace: shop}
                spec: {selector: {app: proxy}, clusterIP: 10.96.1.9, ports: [{name: mesh, port: 15008}]}
                """;
        String named = gateway("a", "shop", "", SAME, 1)
                .replace("{type: IPAddress, value: 10.96.1.1}", "{type: Hostname, value: a.shop.svc.cluster.local}");
        try (var mesh = new WaypointFixture(namespace(WANTED) + named + own + service(""))) {
            assertThat(mesh.address("web").getWaypoint().getHostname().getHostname())
                    .isEqualTo("a.shop.svc.cluster.local");
            assertThat(mesh.address("a").hasWaypoint()).isFalse();
        }
    }

    @Test
    void aWildcardWithoutAWaypointSaysSo() {
        try (var mesh = new WaypointFixture(namespace("") + """
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: wild, namespace: shop}
                spec: {hosts: ["*.example"], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DYNAMIC_DNS}
                """)) {
            assertThat(mesh.status("wild").verdicts())
                    .filteredOn(verdict -> verdict.type().equals(ObjectStatus.WAYPOINT_MISSING))
                    .extracting(verdict ->
                            Objects.requireNonNull(verdict.acceptance()).reason())
                    .containsExactly("NoWaypointForWildcardService");
        }
    }
}

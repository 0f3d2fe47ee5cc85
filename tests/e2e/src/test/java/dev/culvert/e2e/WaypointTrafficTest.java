package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabWaypoint;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.TcpProbe;
import dev.culvert.testkit.netns.TcpServer;
import dev.culvert.testkit.netns.WaypointSpec;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What waypoints do with traffic beside routes and policy: pods' own addresses, opaque bytes, subsets, faults, limits
/// and metrics.
class WaypointTrafficTest {
    private static final String CART = "10.96.5.1";
    private static final String BYTES = "10.96.5.2";
    private static HttpCase mesh;
    private static LabWaypoint waypoint;
    private static LabPod client;
    private static LabPod barn;
    private static TcpServer bytes;
    private static TcpProbe probe;

    @BeforeAll
    static void start() {
        mesh = new HttpCase(MeshLab.start(Labs.twoNodes("l7traffic")));
        mesh.lab.manifests().namespace("shop", HttpCase.withWaypoint());
        mesh.lab.manifests().namespace("farm", HttpCase.withWaypoint());
        mesh.service("shop", "cart", CART, 80, 8080);
        mesh.service("shop", "bytes", BYTES, 9000, 9000, "tcp");
        waypoint =
                mesh.lab.gateway(WaypointSpec.of("shop", HttpCase.WAYPOINT), 2).replica(1);
        mesh.lab.gateway(WaypointSpec.of("farm", HttpCase.WAYPOINT).takes("all"), 1);
        client = mesh.pod("shop", "client", 1);
        for (String version : List.of("v1", "v2")) {
            PodSpec spec = PodSpec.of("shop", "cart-" + version, "cart").withLabel("version", version);
            mesh.echo(mesh.lab.run(spec, 2), 8080);
        }
        barn = mesh.pod("farm", "barn", 2);
        mesh.echo(barn, 8080);
        bytes = TcpServer.echo(mesh.lab.sockets(), mesh.pod("shop", "bytes", 2).netns(), 9000);
        probe = new TcpProbe(mesh.lab.sockets(), Duration.ofSeconds(5));
        cart("/").succeeds();
    }

    private static Expectation cart(String path) {
        return mesh.get(client, CART, 80, "cart", path);
    }

    @AfterAll
    static void stop() {
        bytes.close();
        mesh.close();
    }

    @AfterEach
    void withoutRules() {
        mesh.lab.manifests().remove("rules");
    }

    @Test
    void aPodsOwnAddressLeadsThroughAWaypointForAll() {
        Expectation direct = mesh.get(client, barn.ipv4(), 8080, "barn", "/");
        direct.has("server", "istio-envoy");
        mesh.lab.manifests().put("rules", """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: barn, namespace: farm}
                spec:
                  targetRefs:
                  - {group: gateway.networking.k8s.io, kind: Gateway, name: waypoint}
                  action: DENY
                  rules: [{to: [{operation: {methods: [POST]}}]}]
                """);
        direct.method("POST").fails(403, "RBAC: access denied");
        direct.succeeds();
    }

    @Test
    void opaqueBytesPass() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(probe.echo(client, BYTES, 9000, "hello"))
                        .isEqualTo(new TcpProbe.Outcome.Answered("hello")));
        assertMetric(
                "istio_tcp_connections_opened_total",
                "reporter=\"waypoint\"",
                "destination_service=\"bytes.shop.svc.cluster.local\"",
                "source_principal=\"spiffe://cluster.local/ns/shop/sa/client\"");
    }

    @Test
    void metricsNameBothEndsOfARequest() {
        cart("/").succeeds();
        assertMetric(
                "istio_requests_total",
                "reporter=\"waypoint\"",
                "source_workload=\"client\"",
                "source_principal=\"spiffe://cluster.local/ns/shop/sa/client\"",
                "destination_principal=\"spiffe://cluster.local/ns/shop/sa/cart\"",
                "destination_service=\"cart.shop.svc.cluster.local\"",
                "destination_service_name=\"cart\"",
                "destination_version=\"v1\"",
                "request_protocol=\"http\"",
                "response_code=\"200\"",
                "response_flags=\"-\"",
                "connection_security_policy=\"mutual_tls\"");
    }

    private static void assertMetric(String name, String... labels) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(waypoint.metrics()
                                .lines()
                                .filter(line -> line.startsWith(name + "{"))
                                .toList())
                        .anySatisfy(line -> assertThat(line).contains(labels)));
    }

    @Test
    void subsetsAreChosenByHeader() {
        mesh.lab.manifests().put("rules", """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: cart, namespace: shop}
                spec:
                  host: cart
                  subsets:
                  - {name: one, labels: {version: v1}}
                  - {name: two, labels: {version: v2}}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: cart, namespace: shop}
                spec:
                  hosts: [cart]
                  http:
                  - match: [{headers: {x-version: {exact: two}}}]
                    route: [{destination: {host: cart, subset: two}}]
                  - match: [{uri: {prefix: /broken}}]
                    fault: {abort: {percentage: {value: 100}, httpStatus: 418}}
                    route: [{destination: {host: cart}}]
                  - route: [{destination: {host: cart, subset: one}}]
                """);
        cart("/").with("x-version", "two").reaches("cart-v2");
        cart("/").reaches("cart-v1");
        cart("/broken").fails(418, "fault filter abort");
    }

    @Test
    void moreRequestsThanALimitAllowsAreRefused() {
        mesh.lab.manifests().put("rules", """
                apiVersion: culvert.dev/v1alpha1
                kind: RateLimitPolicy
                metadata: {name: cart, namespace: shop}
                spec:
                  targetRefs:
                  - {group: "", kind: Service, name: cart}
                  local:
                  - {name: few, match: {pathPrefix: /few}, requests: 5, per: 1h}
                """);
        cart("/few").fails(429);
        cart("/many").succeeds();
    }
}

package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.waypoint.AttachedWorkload;
import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.Endpoint;
import dev.culvert.api.waypoint.Protocol;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.Service;
import dev.culvert.api.waypoint.ServicePort;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.api.workload.Address;
import dev.culvert.api.workload.GatewayAddress;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.kube.resource.Kinds;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From manifests to what a waypoint is told.
@Timeout(30)
final class WaypointFeedTest {
    private static final String MESH = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {istio.io/use-waypoint: gate}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: gate, namespace: shop}
            spec:
              gatewayClassName: istio-waypoint
              addresses: [{type: IPAddress, value: 10.96.0.100}]
              listeners: [{name: mesh, port: 15008, protocol: HBONE}]
            ---
            """
            + service("shop", "web", "10.96.0.1")
            + service("shop", "web-v2", "10.96.0.2")
            + pod("shop", "web-1", "10.0.0.1", "app: web")
            + pod("shop", "web-2", "10.0.0.2", "app: web-v2");

    private final ManifestFixture source = new ManifestFixture();
    private final List<ObjectStatus> statuses = new CopyOnWriteArrayList<>();
    private final MeshFeed feed = new MeshFeed(source, MeshSettings.DEFAULT, new FakeKeys(), statuses::add);

    @AfterEach
    void close() {
        feed.close();
    }

    private void start(String yaml) {
        source.apply(yaml);
        feed.start();
        feed.synced().orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void aServiceOfALabelledNamespaceIsServedWithItsEndpoints() {
        start(MESH);
        Waypoint waypoint = waypoint("shop/gate|shop/gate");
        assertThat(waypoint.getName()).isEqualTo("gate");
        assertThat(waypoint.getTrustDomain()).isEqualTo("cluster.local");
        Service service = served("web");
        assertThat(service.getAddressesList()).hasSize(1);
        assertThat(service.getPortsList()).singleElement().satisfies(port -> {
            assertThat(port.getPort()).isEqualTo(80);
            assertThat(port.getName()).isEqualTo("http");
            assertThat(port.getProtocol()).isEqualTo(Protocol.HTTP1);
            assertThat(port.getRoutesList()).isEmpty();
        });
        assertThat(cluster("web").getEndpointsList()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.getUid()).isEqualTo("Kubernetes//Pod/shop/web-1");
            assertThat(endpoint.getPortsMap()).containsEntry(80, 8080);
            assertThat(endpoint.getHealthy()).isTrue();
            assertThat(endpoint.getHbone()).isTrue();
            assertThat(endpoint.getIdentity()).isEqualTo("spiffe://cluster.local/ns/shop/sa/web-1");
            assertThat(endpoint.getLabelsMap()).containsEntry("app", "web");
        });
        GatewayAddress address =
                address("shop/web.shop.svc.cluster.local").getService().getWaypoint();
        assertThat(address.getHboneMtlsPort()).isEqualTo(15008);
        assertThat(address.getAddress().getAddress().toByteArray()).containsExactly(10, 96, 0, 100);
        assertThat(address("Kubernetes//Pod/shop/web-1").getWorkload().hasWaypoint())
                .as("a waypoint for services leaves workloads alone")
                .isFalse();
    }

    @Test
    void aWaypointForWorkloadsGetsThemByTheirAddress() {
        start(MESH.replace("name: gate, namespace", "name: gate, labels: {istio.io/waypoint-for: all}, namespace"));
        assertThat(address("Kubernetes//Pod/shop/web-1").getWorkload().hasWaypoint())
                .isTrue();
        AttachedWorkload attached =
                parsed(TypeUrls.WAYPOINT_WORKLOAD, "shop/gate|Kubernetes//Pod/shop/web-1", AttachedWorkload.parser());
        assertThat(attached.getEndpoint().getAddressesList()).hasSize(1);
    }

    @Test
    void aRouteSplitsItsServiceAndBringsTheClustersItNeeds() {
        start(MESH + httpRoute("split", "shop", "shop", "web", """
                rules:
                - matches: [{path: {type: PathPrefix, value: /v2}}]
                  backendRefs:
                  - {name: web, port: 80, weight: 7}
                  - {name: web-v2, port: 80, weight: 3}
                """));
        RouteSet set = onlyRouteSet("web");
        assertThat(set.getClientNamespace()).isEmpty();
        assertThat(set.getHttpList()).singleElement().satisfies(rule -> {
            assertThat(rule.getName()).isEqualTo("HTTPRoute shop/split rule 0");
            assertThat(rule.getMatches(0).getPath().getSegmentPrefix()).isEqualTo("/v2");
            assertThat(rule.getBackendsList())
                    .extracting(backend -> backend.getCluster() + " " + backend.getPort() + " " + backend.getWeight())
                    .containsExactly("shop/web.shop.svc.cluster.local 80 7", "shop/web-v2.shop.svc.cluster.local 80 3");
        });
        source.delete(Kinds.HTTP_ROUTE, "shop", "split");
        await().until(() -> served("web").getPorts(0).getRoutesCount() == 0);
    }

    @Test
    void aBackendOfAnotherServiceThatIsNotServedHereIsKnownAllTheSame() {
        start(MESH
                + service("store", "db", "10.96.1.1")
                + pod("store", "db-1", "10.0.1.1", "app: db")
                + httpRoute("out", "shop", "shop", "web", """
                rules: [{backendRefs: [{name: db, namespace: store, port: 80}]}]
                """)
                + """
                ---
                apiVersion: gateway.networking.k8s.io/v1beta1
                kind: ReferenceGrant
                metadata: {name: grant, namespace: store}
                spec:
                  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}]
                  to: [{group: "", kind: Service}]
                """);
        Cluster cluster =
                parsed(TypeUrls.WAYPOINT_CLUSTER, "shop/gate|store/db.store.svc.cluster.local", Cluster.parser());
        assertThat(cluster.getEndpointsList())
                .extracting(Endpoint::getUid)
                .containsExactly("Kubernetes//Pod/store/db-1");
        source.delete(Kinds.REFERENCE_GRANT, "store", "grant");
        await().until(() ->
                !onlyRouteSet("web").getHttp(0).getBackends(0).getInvalid().isEmpty());
        assertThat(onlyRouteSet("web").getHttp(0).getBackends(0).getInvalid()).contains("ReferenceGrant");
        assertThat(feed.snapshot(TypeUrls.WAYPOINT_CLUSTER).find("shop/gate|store/db.store.svc.cluster.local"))
                .isNull();
    }

    @Test
    void aRouteOfAnotherNamespaceHoldsForItsClientsAlone() {
        start(MESH
                + httpRoute("own", "shop", "shop", "web", "rules: [{backendRefs: [{name: web, port: 80}]}]")
                + httpRoute(
                        "theirs",
                        "client",
                        "shop",
                        "web",
                        "rules: [{backendRefs: [{name: web, namespace: shop, port: 80}]}]"));
        List<RouteSet> sets = served("web").getPorts(0).getRoutesList();
        assertThat(sets).extracting(RouteSet::getClientNamespace).containsExactly("client", "");
        assertThat(sets.getFirst().getHttp(0).getBackends(0).getInvalid())
                .as("back to the service that was called, without a grant")
                .isEmpty();
    }

    @Test
    void theWaypointsOfOthersAreNotTold() {
        start(MESH + """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: other, namespace: shop}
                spec: {gatewayClassName: istio-waypoint, addresses: [{value: 10.96.0.101}]}
                """);
        assertThat(feed.snapshot(TypeUrls.WAYPOINT_SERVICE).all())
                .extracting(XdsResource::name)
                .containsExactlyInAnyOrder(
                        "shop/gate|shop/web.shop.svc.cluster.local", "shop/gate|shop/web-v2.shop.svc.cluster.local");
        source.apply(service("shop", "web", "10.96.0.1")
                .replace("namespace: shop", "namespace: shop, labels: {istio.io/use-waypoint: other}"));
        await().until(() ->
                feed.snapshot(TypeUrls.WAYPOINT_SERVICE).find("shop/other|shop/web.shop.svc.cluster.local") != null);
        assertThat(feed.snapshot(TypeUrls.WAYPOINT_SERVICE).find("shop/gate|shop/web.shop.svc.cluster.local"))
                .isNull();
        source.delete(Kinds.GATEWAY, "shop", "other");
        await().until(() -> feed.snapshot(TypeUrls.WAYPOINT_SERVICE).all().size() == 1);
        assertThat(feed.snapshot(TypeUrls.WAYPOINT).all())
                .extracting(XdsResource::name)
                .containsExactly("shop/gate|shop/gate");
    }

    @Test
    void aChangedPodChangesItsClusterAndNothingElseOfTheWaypoint() {
        start(MESH);
        List<String> changed = new CopyOnWriteArrayList<>();
        feed.subscribe(change -> change.upserts().forEach(resource -> changed.add(resource.name())));
        source.apply(pod("shop", "web-1", "10.0.0.9", "app: web"));
        await().until(() -> cluster("web").getEndpoints(0).getAddresses(0).byteAt(3) == 9);
        await().until(() -> changed.size() == 2);
        assertThat(changed)
                .containsExactlyInAnyOrder("Kubernetes//Pod/shop/web-1", "shop/gate|shop/web.shop.svc.cluster.local");
    }

    private Waypoint waypoint(String key) {
        return parsed(TypeUrls.WAYPOINT, key, Waypoint.parser());
    }

    private Service served(String name) {
        return parsed(
                TypeUrls.WAYPOINT_SERVICE, "shop/gate|shop/" + name + ".shop.svc.cluster.local", Service.parser());
    }

    private RouteSet onlyRouteSet(String name) {
        List<ServicePort> ports = served(name).getPortsList();
        assertThat(ports).hasSize(1);
        assertThat(ports.getFirst().getRoutesList()).hasSize(1);
        return ports.getFirst().getRoutes(0);
    }

    private Cluster cluster(String name) {
        return parsed(
                TypeUrls.WAYPOINT_CLUSTER, "shop/gate|shop/" + name + ".shop.svc.cluster.local", Cluster.parser());
    }

    private Address address(String name) {
        return parsed(TypeUrls.ADDRESS, name, Address.parser());
    }

    private <T extends Message> T parsed(String typeUrl, String key, Parser<T> parser) {
        XdsResource resource = Objects.requireNonNull(feed.snapshot(typeUrl).find(key), key);
        try {
            return parser.parseFrom(resource.body().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static String service(String namespace, String name, String ip) {
        return """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: %2$s, namespace: %1$s}
                spec: {selector: {app: %2$s}, clusterIP: %3$s, ports: [{name: http, port: 80, targetPort: 8080}]}
                """.formatted(namespace, name, ip);
    }

    private static String pod(String namespace, String name, String ip, String label) {
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %2$s
                  namespace: %1$s
                  labels: {%4$s}
                  annotations: {ambient.istio.io/redirection: enabled}
                spec: {nodeName: n1, serviceAccountName: %2$s, containers: [{name: c}]}
                status: {phase: Running, podIPs: [{ip: %3$s}], conditions: [{type: Ready, status: 'True'}]}
                """.formatted(namespace, name, ip, label);
    }

    private static String httpRoute(
            String name, String namespace, String parentNamespace, String parent, String rules) {
        return """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: %s, namespace: %s}
                spec:
                  parentRefs: [{group: "", kind: Service, name: %s, namespace: %s, port: 80}]
                """.formatted(name, namespace, parent, parentNamespace) + rules.indent(2);
    }
}

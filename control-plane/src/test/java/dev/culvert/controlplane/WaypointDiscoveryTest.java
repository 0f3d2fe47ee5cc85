package dev.culvert.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Value;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.discovery.AggregatedDiscoveryServiceGrpc;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.api.discovery.Node;
import dev.culvert.api.discovery.Resource;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.Metrics;
import dev.culvert.process.Settings;
import dev.culvert.process.state.StateDirectory;
import dev.culvert.process.state.TokenRecord;
import dev.culvert.process.state.TokenStore;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What waypoints get from a control plane without Kubernetes: by a token for their service account, what is
/// theirs and nothing else, and then what changes.
@Timeout(60)
final class WaypointDiscoveryTest {
    private static final String WEB = "shop/web.shop.svc.cluster.local";

    @TempDir
    private Path temp;

    private Path manifests;
    private ControlPlaneApp app;
    private HttpEndpoint http;
    private final List<AutoCloseable> opened = new ArrayList<>();

    private static String gateway(String name, String namespace, int last) {
        return """
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: %s, namespace: %s}
                spec:
                  gatewayClassName: istio-waypoint
                  addresses: [{type: IPAddress, value: 10.96.0.%d}]
                  listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                """.formatted(name, namespace, last);
    }

    private static String service(String name, String namespace, String waypoint, int last) {
        return """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s, labels: {istio.io/use-waypoint: %s}}
                spec: {selector: {app: %1$s}, clusterIP: 10.96.1.%d, ports: [{name: http, port: 80}]}
                """.formatted(name, namespace, waypoint, last);
    }

    private static String pod(String name, int last) {
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop, labels: {app: web}}
                spec: {nodeName: n1, containers: [{name: c}]}
                status: {phase: Running, podIPs: [{ip: 10.0.0.%d}], conditions: [{type: Ready, status: 'True'}]}
                """.formatted(name, last);
    }

    @BeforeEach
    void start() throws Exception {
        manifests = Files.createDirectories(temp.resolve("manifests"));
        Files.writeString(
                manifests.resolve("mesh.yaml"),
                gateway("gate", "shop", 1)
                        + gateway("other", "shop", 2)
                        + gateway("gate", "store", 3)
                        + service("web", "shop", "gate", 1)
                        + service("api", "shop", "other", 2)
                        + service("db", "store", "gate", 3));
        Files.writeString(manifests.resolve("pod.yaml"), pod("web-1", 1));
        Settings settings = Settings.of(Map.of(
                "CULVERT_MANIFESTS", manifests.toString(),
                "CULVERT_STATE_DIR", temp.resolve("state").toString(),
                "ROOT_CA_DIR", temp.resolve("none").toString(),
                "CULVERT_XDS_TLS_PORT", "0",
                "CULVERT_METRICS_PORT", "0",
                "CULVERT_DEBUG_PORT", "0",
                "CULVERT_DRAIN_TIME", "1s"));
        ControlPlaneSettings parsed = ControlPlaneSettings.from(settings);
        settings.check();
        http = new HttpEndpoint();
        app = ControlPlaneApp.start(parsed, new Metrics(), http);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        app.close();
        http.close();
    }

    /// A client that keeps what it was told and takes everything.
    private final class Client implements StreamObserver<DeltaDiscoveryResponse> {
        final ConcurrentSkipListSet<String> names = new ConcurrentSkipListSet<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();
        final List<DeltaDiscoveryResponse> responses = new CopyOnWriteArrayList<>();
        final StreamObserver<DeltaDiscoveryRequest> requests;

        Client(String token, String namespace, String gateway) throws Exception {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", app.tlsPort())
                    .overrideAuthority("istiod.istio-system.svc")
                    .sslContext(GrpcSslContexts.forClient()
                            .trustManager(temp.resolve("state/root-cert.pem").toFile())
                            .build())
                    .build();
            opened.add(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
            requests = AggregatedDiscoveryServiceGrpc.newStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .deltaAggregatedResources(this);
            Node.Builder node = Node.newBuilder()
                    .setId("waypoint~10.0.0.9~gate-1." + namespace + "~" + namespace + ".svc.cluster.local");
            node.getMetadataBuilder()
                    .putFields(
                            "GATEWAY_NAME",
                            Value.newBuilder().setStringValue(gateway).build());
            for (String type : List.of(
                    TypeUrls.WAYPOINT,
                    TypeUrls.WAYPOINT_SERVICE,
                    TypeUrls.WAYPOINT_WORKLOAD,
                    TypeUrls.WAYPOINT_CLUSTER)) {
                requests.onNext(DeltaDiscoveryRequest.newBuilder()
                        .setTypeUrl(type)
                        .setNode(node)
                        .build());
            }
        }

        @Override
        public void onNext(DeltaDiscoveryResponse response) {
            String kind = response.getTypeUrl().substring(response.getTypeUrl().lastIndexOf('.') + 1) + " ";
            for (Resource resource : response.getResourcesList()) {
                names.add(kind + resource.getName());
            }
            response.getRemovedResourcesList().forEach(name -> names.remove(kind + name));
            responses.add(response);
            requests.onNext(DeltaDiscoveryRequest.newBuilder()
                    .setTypeUrl(response.getTypeUrl())
                    .setResponseNonce(response.getNonce())
                    .build());
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }

    private String token(String identity) throws Exception {
        return TokenStore.open(StateDirectory.open(temp.resolve("state")), Clock.systemUTC())
                .create(TokenRecord.Kind.IDENTITY, identity)
                .text();
    }

    /// A client that has been let in; the control plane notices a new token only after a moment.
    private Client admitted(String token, String namespace, String gateway) {
        List<Client> clients = new ArrayList<>();
        await().ignoreExceptions().until(() -> {
            Client client = new Client(token, namespace, gateway);
            await().atMost(5, TimeUnit.SECONDS).until(() -> !client.names.isEmpty() || client.end.isDone());
            clients.add(client);
            return !client.end.isDone();
        });
        return clients.getLast();
    }

    @Test
    void aWaypointGetsItsOwnResourcesAndThenWhatChanges() throws Exception {
        Client client = admitted(token("spiffe://cluster.local/ns/shop/sa/gate"), "shop", "gate");
        await().untilAsserted(() -> assertThat(new TreeSet<>(client.names))
                .containsExactly("Cluster " + WEB, "Service " + WEB, "Waypoint shop/gate"));

        client.responses.clear();
        Files.writeString(manifests.resolve("pod2.yaml"), pod("web-2", 2));
        await().until(() -> !client.responses.isEmpty());
        assertThat(client.responses)
                .as("one more endpoint is one cluster")
                .allSatisfy(response -> assertThat(response.getTypeUrl()).isEqualTo(TypeUrls.WAYPOINT_CLUSTER));

        Files.writeString(manifests.resolve("more.yaml"), service("new", "shop", "gate", 9));
        await().until(() -> client.names.contains("Service shop/new.shop.svc.cluster.local"));
        Files.delete(manifests.resolve("more.yaml"));
        await().untilAsserted(() -> assertThat(new TreeSet<>(client.names))
                .containsExactly("Cluster " + WEB, "Service " + WEB, "Waypoint shop/gate"));
        assertThat(client.responses)
                .anySatisfy(response -> assertThat(response.getRemovedResourcesList())
                        .containsExactly("shop/new.shop.svc.cluster.local"));
    }

    @Test
    void aWaypointOfAnotherIdentityGetsNothing() throws Exception {
        String own = token("spiffe://cluster.local/ns/shop/sa/gate");
        admitted(own, "shop", "gate");
        for (String[] refused : new String[][] {{"shop", "other"}, {"store", "gate"}}) {
            Client client = new Client(own, refused[0], refused[1]);
            assertThat(client.end.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(client.names).isEmpty();
        }
        Client foreign = new Client(token("spiffe://elsewhere/ns/shop/sa/gate"), "shop", "gate");
        assertThat(foreign.end.get(10, TimeUnit.SECONDS).isOk()).isFalse();
        assertThat(foreign.names).isEmpty();
    }

    @Test
    void aGatewayWithAnAccountOfItsOwnIsNotServedByItsName() throws Exception {
        Files.writeString(
                manifests.resolve("runner.yaml"),
                gateway("quiet", "shop", 7)
                        .replace(
                                "name: quiet,",
                                "name: quiet, annotations: {gateway.istio.io/service-account: runner},"));
        Client runner = admitted(token("spiffe://cluster.local/ns/shop/sa/runner"), "shop", "quiet");
        await().until(() -> runner.names.contains("Waypoint shop/quiet"));
        String byName = token("spiffe://cluster.local/ns/shop/sa/quiet");
        await().ignoreExceptions().until(() -> {
            Client client = new Client(byName, "shop", "quiet");
            return client.end.get(5, TimeUnit.SECONDS).getCode() == Status.Code.PERMISSION_DENIED;
        });

        String given = Files.readString(manifests.resolve("runner.yaml")).replace("account: runner", "account: quiet");
        Files.writeString(manifests.resolve("runner.yaml"), given + service("late", "shop", "quiet", 8));
        assertThat(runner.end.get(10, TimeUnit.SECONDS).getCode())
                .as("the account that it had before is told nothing more")
                .isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(runner.names).doesNotContain("Service shop/late.shop.svc.cluster.local");
    }
}

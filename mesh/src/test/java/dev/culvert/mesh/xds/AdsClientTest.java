package dev.culvert.mesh.xds;

import static dev.culvert.testkit.FakeAds.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.authorization.Address;
import dev.culvert.api.authorization.Authorization;
import dev.culvert.api.authorization.Clause;
import dev.culvert.api.authorization.Match;
import dev.culvert.api.authorization.Rule;
import dev.culvert.api.authorization.StringMatch;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.Resource;
import dev.culvert.api.workload.Service;
import dev.culvert.api.workload.TunnelProtocol;
import dev.culvert.api.workload.Workload;
import dev.culvert.mesh.channel.ChannelTls;
import dev.culvert.mesh.channel.ControlPlane;
import dev.culvert.mesh.channel.ControlPlaneChannels;
import dev.culvert.mesh.channel.RootSource;
import dev.culvert.mesh.channel.TokenSource;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.WorkloadUid;
import dev.culvert.mesh.state.LocalNode;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.mesh.state.MeshState;
import dev.culvert.mesh.state.StateThread;
import dev.culvert.testkit.FakeAds;
import dev.culvert.testkit.SelfSigned;
import io.grpc.Status;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AdsClientTest {
    private static final AdsNode NODE = new AdsNode(
            "ztunnel",
            "10.0.0.9",
            "ztunnel-1",
            "istio-system",
            "n1",
            Map.of("CLUSTER_ID", "c1"),
            Map.of("LABELS", "{\"a\":[1]}"));

    @TempDir
    Path directory;

    private final StateThread thread = new StateThread();
    private final MeshState state = new MeshState(new LocalNode("n1"), thread);
    private final ControlPlaneChannels channels = new ControlPlaneChannels(ChannelTls.STANDARD);
    private final Counts counts = new Counts();
    private FakeAds server;
    private @Nullable AdsClient client;

    AdsClientTest() throws IOException {
        server = FakeAds.start();
    }

    @BeforeEach
    void writeToken() throws IOException {
        Files.writeString(token(), "first-token\n");
    }

    @AfterEach
    void stop() {
        if (client != null) {
            client.close();
        }
        thread.close();
        channels.close();
        server.close();
    }

    @Test
    void subscribesToEverythingInOrderAndSaysWhoItIs() throws InterruptedException {
        FakeAds.Connection stream = start(false).accept();

        DeltaDiscoveryRequest policies = stream.request();
        DeltaDiscoveryRequest addresses = stream.request();

        assertThat(addresses.getTypeUrl()).isEqualTo(TypeUrls.ADDRESS);
        assertThat(addresses.getResourceNamesSubscribeList()).isEmpty();
        assertThat(addresses.getNode().getId())
                .isEqualTo("ztunnel~10.0.0.9~ztunnel-1.istio-system~istio-system.svc.cluster.local");
        var metadata = addresses.getNode().getMetadata();
        assertThat(metadata.getFieldsMap())
                .containsOnlyKeys("NAME", "NAMESPACE", "INSTANCE_IPS", "NODE_NAME", "CLUSTER_ID", "LABELS");
        assertThat(metadata.getFieldsOrThrow("NODE_NAME").getStringValue()).isEqualTo("n1");
        assertThat(metadata.getFieldsOrThrow("LABELS")
                        .getStructValue()
                        .getFieldsOrThrow("a")
                        .getListValue()
                        .getValues(0)
                        .getNumberValue())
                .isEqualTo(1);
        assertThat(policies.getTypeUrl()).isEqualTo(TypeUrls.AUTHORIZATION);
        assertThat(policies.hasNode()).isTrue();
        assertThat(stream.header("authorization")).isEqualTo("Bearer first-token");
        assertThat(stream.header("clusterid")).isEqualTo("c1");
        assertThat(stream.header("x-extra")).isEqualTo("yes");
    }

    @Test
    void isReadyOnceEveryTypeHasCome() throws InterruptedException {
        FakeAds.Connection stream = start(false).accept();
        stream.request();
        stream.request();
        CompletableFuture<MeshSnapshot> ready = running().ready();

        stream.respond(TypeUrls.ADDRESS, List.of(pod("a", "10.0.0.1")), List.of());
        DeltaDiscoveryRequest ack = stream.request();
        assertThat(ack.hasNode()).isFalse();
        assertThat(ack.getResponseNonce()).isEqualTo("1");
        assertThat(ack.hasErrorDetail()).isFalse();
        assertThat(ready).isNotDone();

        stream.respond(TypeUrls.AUTHORIZATION, List.of(), List.of());
        assertThat(ready).succeedsWithin(Duration.ofSeconds(5));
        assertThat(state.world().workload(new WorkloadUid("c1//Pod/ns/a"))).isNotNull();
        assertThat(counts.events).contains("opened", "message " + TypeUrls.ADDRESS);
    }

    @Test
    void acceptsTheGoodOfAResponseAndNamesTheBad() throws InterruptedException {
        FakeAds.Connection stream = start(false).accept();
        stream.request();
        stream.request();
        Workload legacy = Workload.newBuilder()
                .setUid("old")
                .setTunnelProtocol(TunnelProtocol.LEGACY_ISTIO_MTLS)
                .build();
        Resource garbage = resource("junk", "v", TypeUrls.ADDRESS, ByteString.copyFromUtf8("\u0001\u0001"));

        stream.respond(TypeUrls.ADDRESS, List.of(resource(legacy, "v1"), pod("a", "10.0.0.1"), garbage), List.of());
        DeltaDiscoveryRequest nack = stream.request();

        assertThat(nack.getErrorDetail().getMessage())
                .contains("old: tunnel protocol LEGACY_ISTIO_MTLS", "; junk: not a legal message");
        assertThat(nack.getErrorDetail().getCode()).isZero();
        assertThat(state.world().workloadCount()).isEqualTo(1);

        stream.drop(Status.UNKNOWN);
        FakeAds.Connection next = server.accept();
        next.request();
        DeltaDiscoveryRequest again = next.request();
        assertThat(again.getInitialResourceVersionsMap()).containsOnlyKeys("c1//Pod/ns/a");
    }

    @Test
    void rejectsAPolicyThatItCannotUnderstand() throws InterruptedException {
        FakeAds.Connection stream = start(false).accept();
        stream.request();
        stream.request();
        Authorization bad = policy("bad", Match.newBuilder().addNamespaces(StringMatch.getDefaultInstance()));
        Authorization port = policy("port", Match.newBuilder().addDestinationPorts(65_536));
        Authorization range = policy(
                "range",
                Match.newBuilder()
                        .addSourceIps(Address.newBuilder()
                                .setAddress(ByteString.copyFrom(new byte[4]))
                                .setLength(33)));
        Authorization good = policy("good", Match.newBuilder().addDestinationPorts(65_535));

        stream.respond(
                TypeUrls.AUTHORIZATION,
                List.of(resource(bad), resource(good), resource(port), resource(range)),
                List.of());

        assertThat(stream.request().getErrorDetail().getMessage())
                .startsWith("ns/bad: string match is none of")
                .contains("ns/range: prefix length of 0.0.0.0 is 33; expected 0 to 32")
                .contains("ns/port: destination port is 65536; expected 0 to 65535");
        assertThat(state.world().policies()).extracting(p -> p.key().toString()).containsExactly("ns/good");
    }

    @Test
    void keepsTheWorldWhileAwayAndResumesByVersion() throws InterruptedException, IOException {
        FakeAds.Connection stream = start(false).accept();
        stream.request();
        stream.request();
        Service service =
                Service.newBuilder().setNamespace("ns").setHostname("s.ns").build();
        stream.respond(
                TypeUrls.ADDRESS,
                List.of(pod("a", "10.0.0.1"), pod("b", "10.0.0.2"), resource(service, "s1")),
                List.of());
        stream.request();
        stream.respond(TypeUrls.ADDRESS, List.of(), List.of("c1//Pod/ns/b"));
        stream.request();
        Files.writeString(token(), "second-token");
        int port = server.port();
        SelfSigned renewed = SelfSigned.server();
        Files.writeString(roots(), renewed.pem());
        server.close();
        await().atMost(30, TimeUnit.SECONDS).until(() -> counts.events.stream().anyMatch(e -> e.startsWith("ended")));
        assertThat(state.world().workloadCount()).isEqualTo(1);

        server = FakeAds.start(renewed, port);
        FakeAds.Connection again = server.accept();
        assertThat(again.request().getTypeUrl()).isEqualTo(TypeUrls.AUTHORIZATION);
        DeltaDiscoveryRequest opening = again.request();

        assertThat(opening.getInitialResourceVersionsMap())
                .containsExactlyInAnyOrderEntriesOf(Map.of("c1//Pod/ns/a", "v-a", "ns/s.ns", "s1"));
        assertThat(opening.hasNode()).isTrue();
        assertThat(again.header("authorization")).isEqualTo("Bearer second-token");
        again.respond(TypeUrls.ADDRESS, List.of(), List.of("c1//Pod/ns/a", "ns/s.ns"));
        await().atMost(30, TimeUnit.SECONDS).until(() -> state.world().workloadCount() == 0);
        assertThat(state.world().serviceCount()).isZero();
    }

    @Test
    void tellsHowStreamsEnded() throws InterruptedException {
        start(false);
        for (Status status : List.of(Status.OK, Status.CANCELLED, Status.INTERNAL)) {
            FakeAds.Connection stream = server.accept();
            stream.request();
            stream.request();
            stream.respond(TypeUrls.AUTHORIZATION, List.of(), List.of());
            stream.request();
            stream.drop(status);
        }
        server.accept();
        assertThat(counts.events.stream().filter(event -> event.startsWith("ended")))
                .containsExactly("ended Complete", "ended Reconnect", "ended Error");
    }

    @Test
    void takesTheGreatestAgeOfAConnectionForAnOrderlyEnd() {
        String aged = "Connection closed after GOAWAY. HTTP/2 error code: NO_ERROR, debug data: max_age";
        assertThat(StreamEnd.isOrderly(Status.OK)).isTrue();
        assertThat(StreamEnd.isOrderly(Status.UNAVAILABLE.withDescription(aged)))
                .isTrue();
        assertThat(StreamEnd.isOrderly(Status.UNAVAILABLE.withDescription("Network closed for unknown reason")))
                .isFalse();
        assertThat(StreamEnd.isOrderly(Status.INTERNAL)).isFalse();
    }

    @Test
    void refusesAServerOfAnotherName() throws InterruptedException {
        start(false, URI.create("https://localhost:" + server.port()), null);
        server.accept().request();
        running().close();
        start(false, URI.create("https://127.0.0.2:" + server.port()), null);
        await().atMost(30, TimeUnit.SECONDS).until(() -> counts.events.contains("ended ConnectionError"));
    }

    @Test
    void acceptsTheAlternativeName() throws InterruptedException, IOException {
        server.close();
        server = FakeAds.start(SelfSigned.server("istiod.istio-system.svc"), 0);
        URI address = URI.create("https://localhost:" + server.port());
        start(false, address, null);
        await().atMost(30, TimeUnit.SECONDS).until(() -> counts.events.contains("ended ConnectionError"));
        running().close();
        start(false, address, "istiod.istio-system.svc");
        assertThat(server.accept().request().hasNode()).isTrue();
    }

    @Test
    void asksForOneAddressAndGoesOnByNameOrAlias() throws InterruptedException {
        FakeAds.Connection stream = start(true).accept();
        assertThat(stream.request().getTypeUrl()).isEqualTo(TypeUrls.AUTHORIZATION);
        DeltaDiscoveryRequest opening = stream.request();
        assertThat(opening.getResourceNamesSubscribeList()).containsExactly("*");
        assertThat(opening.getResourceNamesUnsubscribeList()).containsExactly("*");
        DefaultEventExecutor loop = new DefaultEventExecutor();
        try {
            CompletableFuture<MeshSnapshot> byAddress = new CompletableFuture<>();
            CompletableFuture<MeshSnapshot> byKey = new CompletableFuture<>();
            OnDemand onDemand = running().onDemand();
            Duration patience = Duration.ofSeconds(30);
            onDemand.fetch(
                    NetworkAddress.parse("/10.0.0.1"),
                    loop,
                    patience,
                    (world, answered) -> byAddress.complete(answered ? world : MeshSnapshot.EMPTY));
            assertThat(stream.request().getResourceNamesSubscribeList()).containsExactly("/10.0.0.1");
            onDemand.fetch(
                    NamespacedHostname.parse("ns/none"), loop, patience, (world, answered) -> byKey.complete(world));
            assertThat(stream.request().getResourceNamesSubscribeList()).containsExactly("ns/none");

            Resource aliased =
                    pod("a", "10.0.0.1").toBuilder().addAliases("/10.0.0.1").build();
            stream.respond(TypeUrls.ADDRESS, List.of(aliased), List.of("ns/none"));

            assertThat(byAddress).succeedsWithin(Duration.ofSeconds(5));
            assertThat(byAddress.join().workload(NetworkAddress.parse("/10.0.0.1")))
                    .isNotNull();
            assertThat(byKey).succeedsWithin(Duration.ofSeconds(5));
        } finally {
            assertThat(loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5000))
                    .isTrue();
        }
    }

    @Test
    void doesNotWaitForeverForAnAddress() throws InterruptedException {
        FakeAds.Connection stream = start(true).accept();
        stream.request();
        stream.request();
        DefaultEventExecutor loop = new DefaultEventExecutor();
        try {
            CompletableFuture<Boolean> given = new CompletableFuture<>();
            running()
                    .onDemand()
                    .fetch(
                            new WorkloadUid("u"),
                            loop,
                            Duration.ofMillis(50),
                            (_, answered) -> given.complete(answered));
            assertThat(stream.request().getResourceNamesSubscribeList()).containsExactly("u");
            assertThat(given).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(false);
        } finally {
            assertThat(loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5000))
                    .isTrue();
        }
    }

    @Test
    void failsTheCallWithoutAReadableTokenAndTriesAgain() throws InterruptedException, IOException {
        Files.writeString(token(), "");
        start(false);
        await().atMost(30, TimeUnit.SECONDS).until(() -> counts.events.contains("ended ConnectionError"));
        Files.writeString(token(), "third-token");
        assertThat(server.accept().header("authorization")).isEqualTo("Bearer third-token");
    }

    private static Resource pod(String name, String ip) {
        Workload workload = Workload.newBuilder()
                .setUid("c1//Pod/ns/" + name)
                .setName(name)
                .setNamespace("ns")
                .setNode("n1")
                .addAddresses(ByteString.copyFrom(InetAddress.ofLiteral(ip).getAddress()))
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .build();
        return resource(workload, "v-" + name);
    }

    private static Authorization policy(String name, Match.Builder match) {
        return Authorization.newBuilder()
                .setName(name)
                .setNamespace("ns")
                .addRules(Rule.newBuilder().addClauses(Clause.newBuilder().addMatches(match)))
                .build();
    }

    private Path token() {
        return directory.resolve("token");
    }

    private Path roots() {
        return directory.resolve("roots.pem");
    }

    private AdsClient running() {
        assertThat(client).isNotNull();
        return client;
    }

    private FakeAds start(boolean onDemand) {
        start(onDemand, server.address(), null);
        return server;
    }

    private void start(boolean onDemand, URI address, @Nullable String alternativeName) {
        try {
            Files.writeString(roots(), server.rootPem());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ControlPlane target = new ControlPlane(
                address,
                RootSource.file(roots()),
                alternativeName,
                TokenSource.file(token()),
                Map.of("clusterid", "c1", "x-extra", "yes"));
        client = new AdsClient(new AdsConfig(target, NODE, onDemand), channels, state, counts);
        client.start();
    }

    private static final class Counts implements AdsObserver {
        private final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void streamOpened() {
            events.add("opened");
        }

        @Override
        public void streamTerminated(StreamEnd end) {
            events.add("ended " + end.label());
        }

        @Override
        public void messageReceived(String typeUrl, int bytes) {
            events.add("message " + typeUrl);
        }
    }
}

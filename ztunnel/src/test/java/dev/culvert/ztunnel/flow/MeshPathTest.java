package dev.culvert.ztunnel.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.MeshPorts;
import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.authz.Authorization.Action;
import dev.culvert.mesh.authz.Authorization.Attribute;
import dev.culvert.mesh.authz.Authorization.Clause;
import dev.culvert.mesh.authz.Authorization.Condition;
import dev.culvert.mesh.authz.Authorization.Match;
import dev.culvert.mesh.authz.Authorization.Rule;
import dev.culvert.mesh.authz.Authorization.Scope;
import dev.culvert.mesh.authz.Matcher;
import dev.culvert.mesh.authz.StringMatch;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshBatch;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.testkit.TestCa;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.PodIdentity;
import dev.culvert.ztunnel.flow.DataPathLab.Pod;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Two pods of the mesh and their tunnels in one process, as their applications and an operator see them.
class MeshPathTest {
    private static final String CLIENT = DataPathLab.host(1);
    private static final String SERVER = DataPathLab.host(2);
    private static final String FOREIGNER = DataPathLab.host(3);
    private static final String STRANGER = DataPathLab.host(9);

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final DataPathLab lab = new DataPathLab(leaks.allocator());
    private final Pod client = lab.pod("client", CLIENT);
    private final Pod server = lab.pod("server", SERVER);

    @BeforeEach
    void start() {
        lab.tell(
                List.of(
                        DataPathLab.workload("client", CLIENT).build(),
                        DataPathLab.workload("server", SERVER).build()),
                List.of());
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    @Test
    void carriesARequestThroughATunnelAndKeepsTheBooksOfBothEnds() throws Exception {
        try (TestApplication app = TestApplication.echo(server.address());
                Socket socket = client.dial(SERVER, app.port())) {
            socket.getOutputStream().write("hello world".getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("hello world");
            assertThat(app.clients).containsExactly(client.address());
        }
        await().untilAsserted(() -> {
            assertThat(lab.completed(true)).containsExactly("client->server 11/11 ");
            assertThat(lab.completed(false)).containsExactly("client->server 11/11 ");
        });
        for (String reporter : List.of("source", "destination")) {
            String[] labels = {
                "reporter=\"" + reporter + "\"",
                "source_workload=\"client-app\"",
                "source_principal=\"spiffe://cluster.local/ns/default/sa/client\"",
                "destination_workload=\"server-app\"",
                "destination_principal=\"spiffe://cluster.local/ns/default/sa/server\"",
                "connection_security_policy=\"mutual_tls\"",
                "response_flags=\"-\""
            };
            assertThat(lab.metric("istio_tcp_connections_opened_total", labels)).isEqualTo(1);
            assertThat(lab.metric("istio_tcp_connections_closed_total", labels)).isEqualTo(1);
            assertThat(lab.metric("istio_tcp_received_bytes_total", labels)).isEqualTo(11);
            assertThat(lab.metric("istio_tcp_sent_bytes_total", labels)).isEqualTo(11);
            assertThat(lab.metric("istio_tcp_sockets_open", labels[0])).isZero();
        }
    }

    @Test
    void carriesManyBytesExactlyBothWaysToASlowReader() throws Exception {
        int size = 64 << 20;
        byte[] data = new byte[size];
        new Random(7).nextBytes(data);
        CompletableFuture<String> received = new CompletableFuture<>();
        try (TestApplication app = new TestApplication(server.address(), session -> {
                    Thread sender = Thread.ofVirtual().start(() -> send(session, data));
                    received.complete(digest(session.getInputStream(), 256 << 10));
                    join(sender);
                });
                Socket socket = client.dial(SERVER, app.port())) {
            Thread sender = Thread.ofVirtual().start(() -> send(socket, data));
            String back = digest(socket.getInputStream(), 8 << 10);
            join(sender);
            String sent = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(data));
            assertThat(back).isEqualTo(sent);
            assertThat(received.get()).isEqualTo(sent);
        }
        await().untilAsserted(() ->
                assertThat(lab.completed(true)).containsExactly("client->server " + size + "/" + size + " "));
    }

    @Test
    void keepsTheServersDirectionOpenAfterTheClientHasEndedAndTheOtherWayAround() throws Exception {
        try (TestApplication app = new TestApplication(server.address(), session -> {
                    session.getOutputStream().write("bye".getBytes(UTF_8));
                    session.shutdownOutput();
                    byte[] all = session.getInputStream().readAllBytes();
                    assertThat(new String(all, UTF_8)).isEqualTo("after the end");
                });
                Socket socket = client.dial(SERVER, app.port())) {
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("bye");
            socket.getOutputStream().write("after the end".getBytes(UTF_8));
            socket.shutdownOutput();
            await().untilAsserted(() -> assertThat(lab.completed(false)).containsExactly("client->server 13/3 "));
        }
    }

    @Test
    void carriesALargeAnswerToAClientThatHasHalfClosed() throws Exception {
        byte[] data = new byte[16 << 20];
        new Random(8).nextBytes(data);
        try (TestApplication app = new TestApplication(server.address(), session -> {
                    session.getInputStream().readAllBytes();
                    send(session, data);
                });
                Socket socket = client.dial(SERVER, app.port())) {
            socket.getOutputStream().write("all of it".getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(data);
        }
        await().untilAsserted(
                        () -> assertThat(lab.completed(true)).containsExactly("client->server 9/" + data.length + " "));
    }

    @Test
    void endsTheOtherSideWhenAnApplicationResets() throws Exception {
        try (TestApplication app = new TestApplication(server.address(), session -> {
                    session.getInputStream().readNBytes(4);
                    session.setSoLinger(true, 0);
                });
                Socket socket = client.dial(SERVER, app.port())) {
            socket.getOutputStream().write("ping".getBytes(UTF_8));
            assertThat(readUntilEnd(socket)).isZero();
        }
        await().untilAsserted(() -> {
            assertThat(lab.completed(true)).containsExactly("client->server 4/0 ");
            assertThat(lab.completed(false)).containsExactly("client->server 4/0 ");
        });
    }

    @Test
    void freesTheWholeConnectionAtOnceWhenTheServerIsGoneThoughTheClientStaysOpen() throws Exception {
        try (TestApplication app = new TestApplication(server.address(), session -> {
                    session.getInputStream().readNBytes(4);
                    session.setSoLinger(true, 0);
                });
                Socket socket = client.dial(SERVER, app.port())) {
            socket.getOutputStream().write("ping".getBytes(UTF_8));
            await().atMost(Duration.ofSeconds(3))
                    .untilAsserted(() -> assertThat(lab.completed(true)).containsExactly("client->server 4/0 "));
        }
    }

    @Test
    void countsNothingThatARefusedClientSaysOfItself() throws Exception {
        lab.tell(MeshBatch.ofAddresses(List.of("Kubernetes//Pod/default/client"), List.of(), List.of()));
        lab.tell(List.of(DataPathLab.workload("client", "127.83.0.77").build()), List.of()); // its address is unknown
        try (TestApplication app = TestApplication.echo(server.address())) {
            try (Socket socket = client.dial(SERVER, app.port())) {
                exchange(socket, "allowed");
            }
            lab.tell(MeshBatch.ofPolicies(List.of(), List.of(allowOnly("somebody-else"))));
            try (Socket socket = client.dial(SERVER, app.port())) {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
        String[] claimed = {"reporter=\"destination\"", "source_workload=\"client-app\""};
        await().untilAsserted(() -> assertThat(lab.metric(
                        "istio_tcp_connections_failed_total",
                        "reporter=\"destination\"",
                        "source_workload=\"unknown\"",
                        "source_principal=\"spiffe://cluster.local/ns/default/sa/client\""))
                .isEqualTo(1));
        assertThat(lab.metric("istio_tcp_connections_opened_total", claimed)).isEqualTo(1);
        assertThat(lab.metric("istio_tcp_connections_failed_total", claimed)).isZero();
    }

    @Test
    void forgetsTheKeysOfIdentitiesWhoseLastWorkloadLeftAndKeepsWhatIsOpen() throws Exception {
        try (TestApplication app = TestApplication.echo(server.address());
                Socket socket = client.dial(SERVER, app.port())) {
            socket.getOutputStream().write("a".getBytes(UTF_8));
            assertThat(socket.getInputStream().read()).isEqualTo('a');
            assertThat(lab.tls.size()).isEqualTo(2);
            lab.tell(MeshBatch.ofAddresses(List.of("Kubernetes//Pod/default/server"), List.of(), List.of()));
            assertThat(lab.tls.size()).isEqualTo(1);
            lab.tell(MeshBatch.ofAddresses(List.of("Kubernetes//Pod/default/client"), List.of(), List.of()));
            assertThat(lab.tls.size()).isZero();
            socket.getOutputStream().write("b".getBytes(UTF_8));
            assertThat(socket.getInputStream().read()).isEqualTo('b');
        }
    }

    @Test
    void balancesAServiceByItsVirtualAddressAndNamesItInTheBooks() throws Exception {
        try (TestApplication app = TestApplication.echo(server.address())) {
            NamespacedHostname echo = NamespacedHostname.parse("default/echo.default.svc.cluster.local");
            lab.tell(
                    List.of(DataPathLab.workload("server", SERVER)
                            .service(echo, PortMap.of(Map.of(80, app.port())))
                            .build()),
                    List.of(Service.named("default", echo.hostname())
                            .vip(new NetworkAddress("", DataPathLab.ip("10.96.0.7")))
                            .port(80, 0)
                            .build()));
            try (Socket socket = client.dial("10.96.0.7", 80)) {
                exchange(socket, "by service");
            }
        }
        await().untilAsserted(() -> assertThat(lab.metric(
                        "istio_tcp_connections_closed_total",
                        "destination_service_name=\"echo\"",
                        "destination_service_namespace=\"default\"",
                        "response_flags=\"-\""))
                .isEqualTo(2));
    }

    @Test
    void closesTheConnectionToAServiceWithoutEndpointsAndSaysWhy() throws Exception {
        lab.tell(
                List.of(),
                List.of(Service.named("default", "empty.example")
                        .vip(new NetworkAddress("", DataPathLab.ip("10.96.0.8")))
                        .port(80, 8080)
                        .build()));
        try (Socket socket = client.dial("10.96.0.8", 80)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() -> assertThat(lab.refused())
                .containsExactly("no healthy upstream for service default/empty.example port 80: "
                        + "it has no endpoint that is ready"));
        assertThat(lab.metric("istio_tcp_connections_opened_total")).isZero();
    }

    @Test
    void passesThroughWhatIsNotInTheMesh() throws Exception {
        try (TestApplication app = TestApplication.echo(DataPathLab.ip(STRANGER));
                Socket socket = client.dial(STRANGER, app.port())) {
            exchange(socket, "plain");
        }
        await().untilAsserted(() -> assertThat(lab.completed(true)).containsExactly("client-> 5/5 "));
        assertThat(lab.metric(
                        "istio_tcp_connections_closed_total",
                        "destination_workload=\"unknown\"",
                        "connection_security_policy=\"unknown\""))
                .isEqualTo(1);
    }

    @Test
    void resetsAClientWhosePeerIsOfAnotherAuthority() throws Exception {
        Pod foreign = lab.pod("foreign", FOREIGNER, TestCa.create("another"));
        lab.tell(List.of(DataPathLab.workload("foreign", FOREIGNER).build()), List.of());
        try (TestApplication app = TestApplication.echo(foreign.address());
                Socket socket = client.dial(FOREIGNER, app.port())) {
            socket.getOutputStream().write("unread".getBytes(UTF_8));
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        await().untilAsserted(() ->
                assertThat(lab.completed(true)).singleElement().asString().startsWith("client->foreign 0/0 "));
        assertThat(lab.metric("istio_tcp_connections_failed_total", "reporter=\"source\""))
                .isEqualTo(1);
    }

    @Test
    void takesPlainConnectionsUntilPolicyInsistsOnMutualTls() throws Exception {
        try (TestApplication app = TestApplication.echo(server.address())) {
            try (Socket socket = server.called(STRANGER, app.port())) {
                exchange(socket, "permissive");
                assertThat(app.clients).containsExactly(DataPathLab.ip(STRANGER));
            }
            lab.tell(MeshBatch.ofPolicies(List.of(), List.of(strict())));
            try (Socket socket = server.called(STRANGER, app.port())) {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            try (Socket socket = client.dial(SERVER, app.port())) {
                exchange(socket, "strict");
            }
        }
        await().untilAsserted(
                        () -> assertThat(lab.metric("istio_tcp_connections_failed_total", "response_flags=\"DENY\""))
                                .isEqualTo(1));
        assertThat(lab.completed(false))
                .contains(
                        "->server 0/0 connection closed due to policy rejection: explicitly denied by: istio-system/strict");
    }

    @Test
    void refusesATunnelThatPolicyDoesNotAllowAndSaysSoAtBothEnds() throws Exception {
        lab.tell(MeshBatch.ofPolicies(List.of(), List.of(allowOnly("somebody-else"))));
        try (TestApplication app = TestApplication.echo(server.address());
                Socket socket = client.dial(SERVER, app.port())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() -> {
            assertThat(lab.completed(false))
                    .containsExactly("client->server 0/0 connection closed due to policy rejection: "
                            + "allow policies exist, but none allowed this connection");
            assertThat(lab.completed(true)).singleElement().asString().contains("http status 401");
        });
    }

    @Test
    void waitsForAPolicyThatComesRightAfterTheWorkloadThatListsIt() throws Exception {
        lab.tell(List.of(listing("strict")), List.of());
        try (TestApplication app = TestApplication.echo(server.address());
                Socket socket = client.dial(SERVER, app.port())) {
            socket.getOutputStream().write("early".getBytes(UTF_8));
            await().until(() -> lab.metric("istio_tcp_connections_opened_total", "reporter=\"source\"") == 1);
            lab.tell(MeshBatch.ofPolicies(List.of(), List.of(strict())));
            assertThat(new String(socket.getInputStream().readNBytes(5), UTF_8)).isEqualTo("early");
        }
    }

    private static Workload listing(String policy) {
        return DataPathLab.workload("server", SERVER)
                .policy(new PolicyKey("istio-system", policy))
                .build();
    }

    @Test
    void closesAnOpenConnectionWhenPolicyTurnsAgainstIt() throws Exception {
        try (TestApplication app = TestApplication.echo(server.address());
                Socket socket = client.dial(SERVER, app.port())) {
            socket.getOutputStream().write("open".getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readNBytes(4), UTF_8)).isEqualTo("open");
            lab.tell(MeshBatch.ofPolicies(List.of(), List.of(allowOnly("somebody-else"))));
            assertThat(readUntilEnd(socket)).isZero();
        }
        await().untilAsserted(() -> assertThat(lab.completed(false))
                .containsExactly("client->server 4/4 open connection closed due to policy change: "
                        + "allow policies exist, but none allowed this connection"));
    }

    @Test
    void refusesItsOwnPortsWhereverTheyAreAskedFor() throws Exception {
        for (int port : List.of(MeshPorts.OUTBOUND, MeshPorts.INBOUND_PLAINTEXT, MeshPorts.HBONE)) {
            assertThat(readUntilEnd(client.dial("127.0.0.1", port))).isZero();
            assertThat(readUntilEnd(client.dial(SERVER, port))).isZero();
            assertThat(readUntilEnd(client.dial(CLIENT, port))).isZero();
            assertThat(readUntilEnd(server.called(STRANGER, port))).isZero();
        }
        await().untilAsserted(() -> assertThat(lab.refused())
                .hasSize(12)
                .allSatisfy(error -> assertThat(error).contains("is a port of the node proxy itself")));
    }

    @Test
    void cutsTheConnectionsOfAPodThatIsRemoved() throws Exception {
        try (TestApplication app = TestApplication.echo(server.address());
                Socket socket = client.dial(SERVER, app.port())) {
            exchange(socket, "here");
            Socket second = client.dial(SERVER, app.port());
            second.getOutputStream().write(1);
            assertThat(second.getInputStream().read()).isEqualTo(1);
            PodIdentity gone = server.context().pod();
            lab.path.endPod(gone, new CloseReason.PodRemoved(gone));
            assertThat(readUntilEnd(second)).isZero();
        }
        await().untilAsserted(() -> assertThat(lab.completed(false))
                .last()
                .asString()
                .isEqualTo(
                        "client->server 1/1 closed by the node proxy: pod default/server was removed from the mesh"));
    }

    private static void exchange(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        socket.shutdownOutput();
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).isEqualTo(text);
    }

    private static long readUntilEnd(Socket socket) throws IOException {
        try (socket) {
            return socket.getInputStream().readAllBytes().length;
        } catch (SocketException reset) {
            return 0;
        }
    }

    private static void send(Socket socket, byte[] data) {
        try {
            socket.getOutputStream().write(data);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String digest(InputStream in, int step) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[step];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Authorization strict() {
        return policy(
                new PolicyKey("istio-system", "strict"),
                Action.DENY,
                new Condition(
                        Attribute.PRINCIPAL, List.of(), List.of(new Matcher.Principal(new StringMatch.Presence()))));
    }

    private static Authorization allowOnly(String account) {
        return policy(
                new PolicyKey("istio-system", "only"),
                Action.ALLOW,
                new Condition(
                        Attribute.SERVICE_ACCOUNT, List.of(new Matcher.ServiceAccount("default", account)), List.of()));
    }

    private static Authorization policy(PolicyKey key, Action action, Condition condition) {
        Rule rule = new Rule(List.of(new Clause(List.of(new Match(List.of(condition))))));
        return new Authorization(key, Scope.GLOBAL, action, List.of(rule), false);
    }
}

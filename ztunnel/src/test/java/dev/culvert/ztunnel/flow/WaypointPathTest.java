package dev.culvert.ztunnel.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.MeshPolicies;
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
import dev.culvert.mesh.model.ApplicationTunnel;
import dev.culvert.mesh.model.ApplicationTunnel.Protocol;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.mesh.state.MeshBatch;
import dev.culvert.mesh.telemetry.AccessLogEntry;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.ztunnel.flow.DataPathLab.Pod;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A client, a waypoint behind a node proxy of its own, and a server, in one process: the waypoint's application is
/// told
/// of the client by a PROXY header, and dials the server as any application does.
@Timeout(60)
class WaypointPathTest {
    private static final String CLIENT = DataPathLab.host(1);
    private static final String SERVER = DataPathLab.host(2);
    private static final String GATE = DataPathLab.host(3);
    private static final String STRANGER = DataPathLab.host(9);
    private static final String VIP = "10.96.0.7";
    private static final NamespacedHostname ECHO = NamespacedHostname.parse("default/echo.example");
    private static final NamespacedHostname GATEWAY = NamespacedHostname.parse("default/gate.example");
    private static final PolicyKey ONLY = new PolicyKey("default", MeshPolicies.WAYPOINT_ONLY_PREFIX + "_default_gate");
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final DataPathLab lab = new DataPathLab(leaks.allocator());
    private final Pod client = lab.pod("client", CLIENT);
    private final Pod server = lab.pod("server", SERVER);
    private final Pod gate = lab.pod("gate", GATE);
    private final Queue<String> headers = new ConcurrentLinkedQueue<>();
    private TestApplication echo;
    private TestApplication proxy;

    @BeforeEach
    void start() throws IOException {
        echo = TestApplication.echo(server.address());
        // a proxy in the pod is told of clients over loopback
        proxy = new TestApplication(InetAddress.ofLiteral("127.0.0.1"), this::proxy);
        lab.tell(
                List.of(
                        DataPathLab.workload("client", CLIENT).build(),
                        behind().build(),
                        gateWorkload().build()),
                List.of(
                        Service.named("default", ECHO.hostname())
                                .vip(new NetworkAddress("", DataPathLab.ip(VIP)))
                                .port(80, 0)
                                .waypoint(reference())
                                .build(),
                        Service.named("default", GATEWAY.hostname())
                                .port(15008, 15008)
                                .build()));
    }

    @AfterEach
    void stop() throws IOException {
        echo.close();
        proxy.close();
        lab.close();
    }

    private static GatewayReference reference() {
        return new GatewayReference.ByHostname(GATEWAY, 15008);
    }

    private WorkloadBuilder behind() {
        return DataPathLab.workload("server", SERVER).service(ECHO, PortMap.of(Map.of(80, echo.port())));
    }

    private WorkloadBuilder gateWorkload() {
        return DataPathLab.workload("gate", GATE)
                .service(GATEWAY, PortMap.of(Map.of(15008, 15008)))
                .applicationTunnel(new ApplicationTunnel(Protocol.PROXY, proxy.port()));
    }

    /// The waypoint's application: notes the header, and carries the rest on to the server's pod.
    private void proxy(Socket from) throws IOException {
        DataInputStream in = new DataInputStream(from.getInputStream());
        byte[] head = in.readNBytes(14);
        int length = in.readUnsignedShort();
        headers.add(HexFormat.of().formatHex(head)
                + HexFormat.of().toHexDigits((short) length)
                + HexFormat.of().formatHex(in.readNBytes(length)));
        try (Socket to = gate.dial(SERVER, echo.port())) {
            Thread back = Thread.ofVirtual().start(() -> carry(to, from));
            carry(from, to);
            back.join();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void carry(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException gone) {
            // the other direction ends as well
        }
    }

    @Test
    void theApplicationOfAWaypointIsToldOfClientAuthorityAndIdentityByteForByte() throws Exception {
        try (Socket socket = client.dial(VIP, 80)) {
            exchange(socket, "through");
        }

        String uri = "spiffe://cluster.local/ns/default/sa/client";
        String tlv = "d0" + HexFormat.of().toHexDigits((short) uri.length()) + hex(uri.getBytes(UTF_8));
        String length = HexFormat.of().toHexDigits((short) (12 + tlv.length() / 2));
        assertThat(headers).singleElement().asString().satisfies(header -> {
            assertThat(header).startsWith(SIGNATURE + "2111" + length + address(CLIENT) + address(VIP));
            // the client's port is whatever the kernel chose
            assertThat(header.substring(52)).endsWith("0050" + tlv).hasSize(4 + tlv.length());
        });
    }

    @Test
    void theBooksOfAllThreeNodesTellNextHopServiceAndAuthority() throws Exception {
        try (Socket socket = client.dial(VIP, 80)) {
            exchange(socket, "through");
        }

        await().untilAsserted(() -> {
            assertThat(lab.completed(true)).containsExactlyInAnyOrder("client->gate 7/7 ", "gate->server 7/7 ");
            assertThat(lab.completed(false)).containsExactlyInAnyOrder("client->gate 7/7 ", "gate->server 7/7 ");
        });
        assertThat(lab.metric(
                        "istio_tcp_connections_closed_total",
                        "reporter=\"source\"",
                        "source_workload=\"client-app\"",
                        "destination_workload=\"gate-app\"",
                        "destination_principal=\"spiffe://cluster.local/ns/default/sa/gate\"",
                        "destination_service=\"echo.example\"",
                        "destination_service_name=\"echo\"",
                        "destination_service_namespace=\"default\"",
                        "connection_security_policy=\"mutual_tls\"",
                        "response_flags=\"-\""))
                .isEqualTo(1);
        AccessLogEntry.Route route = lab.log.stream()
                .filter(AccessLogEntry.Completed.class::isInstance)
                .map(line -> ((AccessLogEntry.Completed) line).route())
                .filter(each -> each.from().workload().equals("client")
                        && each.reporter().direction().equals("outbound"))
                .findFirst()
                .orElseThrow();
        assertThat(route.to().address().getAddress()).isEqualTo(gate.address());
        assertThat(route.to().address().getPort()).isEqualTo(15008);
        assertThat(route.to().identity()).isEqualTo("spiffe://cluster.local/ns/default/sa/gate");
        assertThat(route.authority()).isEqualTo(VIP + ":80");
        assertThat(route.service()).isEqualTo("echo.example");
        // the server judges and logs the waypoint, not the client behind it
        assertThat(lab.metric(
                        "istio_tcp_connections_closed_total",
                        "reporter=\"destination\"",
                        "destination_workload=\"server-app\"",
                        "source_principal=\"spiffe://cluster.local/ns/default/sa/gate\""))
                .isEqualTo(1);
    }

    @Test
    void aPodIsReachedThroughItsOwnWaypointWithItsAddressAsAuthority() throws Exception {
        lab.tell(List.of(behind().waypoint(reference()).build()), List.of());
        try (Socket socket = client.dial(SERVER, echo.port())) {
            exchange(socket, "to the pod");
        }

        assertThat(headers).singleElement().asString().contains(address(SERVER));
        await().untilAsserted(() -> assertThat(lab.completed(true))
                .containsExactlyInAnyOrder("client->gate 10/10 ", "gate->server 10/10 "));
    }

    @Test
    void serviceTrafficIsNeverCarriedAroundAWaypointThatIsGone() throws Exception {
        lab.tell(MeshBatch.ofAddresses(List.of("Kubernetes//Pod/default/gate"), List.of(), List.of()));
        try (Socket socket = client.dial(VIP, 80)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }

        await().untilAsserted(() -> assertThat(lab.refused())
                .containsExactly("no healthy upstream for waypoint default/gate.example of service"
                        + " default/echo.example: it has no endpoint that is ready"));
        assertThat(echo.clients).isEmpty();
    }

    @Test
    void onlyTheWaypointIsLetInWherePolicySaysSoAndOthersAreToldTheWay() throws Exception {
        lab.tell(only());
        lab.tell(List.of(behind().policy(ONLY).build()), List.of());

        try (Socket socket = client.dial(VIP, 80)) {
            exchange(socket, "through");
        }
        try (Socket socket = client.dial(SERVER, echo.port())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket socket = server.called(STRANGER, echo.port())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }

        assertThat(echo.clients).containsExactly(gate.address());
        String reason = "explicitly denied by: default/culvert_waypoint_only_default_gate; this workload takes"
                + " connections from its waypoint alone: address its service, so that the connection goes through"
                + " the waypoint";
        await().untilAsserted(() -> {
            assertThat(lab.completed(false))
                    .contains(
                            "client->server 0/0 connection closed due to policy rejection: " + reason,
                            "->server 0/0 connection closed due to policy rejection: " + reason);
            assertThat(lab.completed(true))
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("client->server 0/0 http status 401 from " + SERVER + ":15008")
                            .endsWith("its authorization policy rejects us: " + reason));
        });
    }

    @Test
    void openConnectionsAroundTheWaypointEndWhenItBecomesTheOnlyWayAndThoseThroughItGoOn() throws Exception {
        lab.tell(only());
        try (Socket around = client.dial(SERVER, echo.port());
                Socket plain = server.called(STRANGER, echo.port());
                Socket through = client.dial(VIP, 80)) {
            ping(around);
            ping(plain);
            ping(through);

            lab.tell(List.of(behind().policy(ONLY).build()), List.of());

            assertThat(readUntilEnd(around)).isZero();
            assertThat(readUntilEnd(plain)).isZero();
            ping(through);
        }
        await().untilAsserted(() -> assertThat(lab.completed(false))
                .filteredOn(line -> line.contains("open connection closed due to policy change: explicitly denied by:"
                        + " default/culvert_waypoint_only_default_gate"))
                .hasSize(2));
    }

    /// As long as it is not known who the waypoint is, nobody is let in.
    @Test
    void aWorkloadWhoseWaypointPolicyHasNotComeLetsNobodyInUntilItDoes() throws Exception {
        lab.tell(List.of(behind().policy(ONLY).build()), List.of());
        try (Socket socket = client.dial(SERVER, echo.port())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }

        await().untilAsserted(() -> assertThat(lab.completed(false))
                .singleElement()
                .asString()
                .contains("has not come from the control plane"));
        assertThat(echo.clients).isEmpty();
        lab.tell(only());
        try (Socket socket = client.dial(VIP, 80)) {
            exchange(socket, "at last");
        }
    }

    private static MeshBatch only() {
        Condition condition = new Condition(
                Attribute.PRINCIPAL,
                List.of(),
                List.of(new Matcher.Principal(new StringMatch.Exact("cluster.local/ns/default/sa/gate"))));
        Rule rule = new Rule(List.of(new Clause(List.of(new Match(List.of(condition))))));
        return MeshBatch.ofPolicies(
                List.of(),
                List.of(new Authorization(ONLY, Scope.WORKLOAD_SELECTOR, Action.DENY, List.of(rule), false)));
    }

    private static void exchange(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        socket.shutdownOutput();
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).isEqualTo(text);
    }

    private static void ping(Socket socket) throws IOException {
        socket.getOutputStream().write('p');
        assertThat(socket.getInputStream().read()).isEqualTo('p');
    }

    private static long readUntilEnd(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes().length;
        } catch (SocketException reset) {
            return 0;
        }
    }

    private static String address(String ip) {
        return hex(DataPathLab.ip(ip).getAddress());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}

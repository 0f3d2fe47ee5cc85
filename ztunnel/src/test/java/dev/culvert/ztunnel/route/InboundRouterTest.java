package dev.culvert.ztunnel.route;

import static dev.culvert.ztunnel.route.TestWorld.address;
import static dev.culvert.ztunnel.route.TestWorld.pod;
import static dev.culvert.ztunnel.route.TestWorld.vip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.hbone.header.Authority;
import dev.culvert.mesh.model.ApplicationTunnel;
import dev.culvert.mesh.model.ApplicationTunnel.Protocol;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.ServiceBuilder;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.ztunnel.connection.CloseReason;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a CONNECT leads to in the pod that it came to, decided on worlds of a few records. The pod is 10.0.0.1.
class InboundRouterTest {
    private static final NamespacedHostname ECHO = NamespacedHostname.parse("ns/echo.example");
    private static final NamespacedHostname GATE = NamespacedHostname.parse("ns/gate.example");
    private static final String NETWORK = "n1";

    private final List<Workload> workloads = new ArrayList<>();
    private final List<Service> services = new ArrayList<>();
    private Workload own = own().build();

    @Test
    void anAddressThatIsThePodIsDeliveredToItsPort() {
        assertThat(delivered("10.0.0.1:8080"))
                .isEqualTo(new InboundDecision.Deliver(address("10.0.0.1", 8080), null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.2:8080", "10.96.0.1:80", "[::1]:8080", "127.0.0.1:8080"})
    void anAddressThatIsNotThePodIsRefusedWith400(String authority) {
        workloads.add(pod("other", "10.0.0.2").network(NETWORK).build());
        services.add(echo().build());
        CloseReason reason = rejected(authority);
        assertThat(reason.status()).isEqualTo(400);
        assertThat(reason.message()).contains("ip mismatch: connected to 10.0.0.1");
    }

    @Test
    void thePortAloneIsTakenFromTheAuthorityOfAWaypoint() {
        services.add(echo().waypoint(toGate()).build());
        assertThat(rejected("10.96.0.1:80").status()).isEqualTo(400);
        beGate();
        assertThat(delivered("10.96.0.1:80").target()).isEqualTo(address("10.0.0.1", 80));
    }

    /// Each way in which a destination may name this pod as its waypoint.
    @ParameterizedTest
    @CsvSource({
        "workload, by host",
        "workload, by address of the pod",
        "workload, by address of the service",
        "service, by host",
        "service, by address of the pod",
        "service, by address of the service",
        "weighted service, by host"
    })
    void aPodServesWhatItIsTheWaypointOf(String kind, String how) {
        beGate();
        services.add(Service.named("ns", GATE.hostname())
                .vip(vip(NETWORK, "10.96.0.9"))
                .build());
        GatewayReference reference = switch (how) {
            case "by host" -> toGate();
            case "by address of the pod" -> new GatewayReference.ByAddress(vip(NETWORK, "10.0.0.1"), 15008);
            default -> new GatewayReference.ByAddress(vip(NETWORK, "10.96.0.9"), 15008);
        };
        switch (kind) {
            case "workload" ->
                workloads.add(pod("behind", "10.0.0.2")
                        .network(NETWORK)
                        .waypoint(reference)
                        .build());
            case "service" -> services.add(echo().waypoint(reference).build());
            default -> services.add(echo().weightedWaypoint(reference, 10).build());
        }
        String asked = kind.equals("workload") ? "10.0.0.2:8080" : "10.96.0.1:80";
        assertThat(delivered(asked).target().getAddress().getHostAddress()).isEqualTo("10.0.0.1");
    }

    @Test
    void aWaypointOfAnotherIsNoneOfOurs() {
        workloads.add(pod("gate", "10.0.0.9")
                .network(NETWORK)
                .service(GATE, PortMap.of(Map.of(15008, 15008)))
                .build());
        services.add(Service.named("ns", GATE.hostname()).port(15008, 15008).build());
        services.add(echo().waypoint(toGate()).build());
        assertThat(rejected("10.96.0.1:80").status()).isEqualTo(400);
    }

    @Test
    void theAddressOfAnotherNetworkIsNotThatOfOurs() {
        beGate();
        workloads.add(pod("behind", "10.0.0.2")
                .network("elsewhere")
                .waypoint(toGate())
                .build());
        assertThat(rejected("10.0.0.2:8080").status()).isEqualTo(400);
    }

    @Test
    void aWorkloadThatIsThereIsAskedBeforeAServiceOfTheSameAddress() {
        beGate();
        workloads.add(pod("other", "10.0.0.2").network(NETWORK).build());
        services.add(Service.named("ns", "same.example")
                .vip(vip(NETWORK, "10.0.0.2"))
                .waypoint(toGate())
                .build());
        assertThat(rejected("10.0.0.2:8080").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(ints = {15001, 15006, 15008})
    void aPortOfTheProxyItselfIsRefused(int port) {
        CloseReason reason = rejected("10.0.0.1:" + port);
        assertThat(reason).isEqualTo(new CloseReason.OwnPort(address("10.0.0.1", port)));
        assertThat(reason.status()).isEqualTo(503);
    }

    @Test
    void theSocksPortIsNotTheProxysSinceItDoesNotListenThere() {
        assertThat(delivered("10.0.0.1:15080").target().getPort()).isEqualTo(15080);
    }

    /// By hostname: the endpoint's own target, else the service's, else 503.
    @ParameterizedTest
    @CsvSource({"7070, 8080, 7070", "0, 8080, 8080", "7070, 0, 7070", "0, 0, 503"})
    void aHostnameLeadsToTheTargetPortOfTheService(int ofEndpoint, int ofService, int expected) {
        own = own().service(ECHO, ofEndpoint == 0 ? PortMap.NONE : PortMap.of(Map.of(80, ofEndpoint)))
                .build();
        services.add(Service.named("ns", ECHO.hostname()).port(80, ofService).build());
        InboundDecision decision = decide("echo.example:80", null);
        if (expected == 503) {
            CloseReason reason = ((InboundDecision.Reject) decision).reason();
            assertThat(reason.status()).isEqualTo(503);
            assertThat(reason.message()).contains("echo.example:80", "neither service nor endpoint");
        } else {
            InboundDecision.Deliver deliver = (InboundDecision.Deliver) decision;
            assertThat(deliver.target()).isEqualTo(address("10.0.0.1", expected));
            assertThat(Objects.requireNonNull(deliver.service()).key()).isEqualTo(ECHO);
        }
    }

    @Test
    void aHostnameThatNobodyKnowsIs503() {
        CloseReason reason = rejected("nowhere.example:80");
        assertThat(reason.status()).isEqualTo(503);
        assertThat(reason.message()).contains("nowhere.example:80", "no service of this name");
    }

    @Test
    void aPortOfTheProxyIsRefusedBehindAHostnameToo() {
        own = own().service(ECHO, PortMap.of(Map.of(80, 15008))).build();
        services.add(echo().build());
        assertThat(rejected("echo.example:80")).isInstanceOf(CloseReason.OwnPort.class);
    }

    @Test
    void anApplicationTunnelTakesEveryAddressAtItsOwnPort() {
        own = own().applicationTunnel(new ApplicationTunnel(Protocol.NONE, 9999))
                .build();
        assertThat(delivered("192.0.2.1:80"))
                .isEqualTo(new InboundDecision.Deliver(address("10.0.0.1", 9999), null, null));
        own = own().applicationTunnel(new ApplicationTunnel(Protocol.NONE, 0)).build();
        assertThat(delivered("192.0.2.1:80").target()).isEqualTo(address("10.0.0.1", 80));
        assertThat(rejected("192.0.2.1:15008")).isInstanceOf(CloseReason.OwnPort.class);
    }

    @Test
    void aProxyHeaderNamesTheAddressThatWasAskedFor() {
        own = own().applicationTunnel(new ApplicationTunnel(Protocol.PROXY, 9999))
                .build();
        assertThat(delivered("192.0.2.1:80"))
                .isEqualTo(new InboundDecision.Deliver(address("10.0.0.1", 9999), null, address("192.0.2.1", 80)));
    }

    /// For a hostname it names an address of the service: of our network and IPv4, else of our network, else any.
    @ParameterizedTest
    @CsvSource({
        "n1=10.96.0.1 n1=fd00::1 n2=10.1.1.1, 10.96.0.1",
        "n1=fd00::1 n1=10.96.0.1, 10.96.0.1",
        "n2=10.1.1.1 n1=fd00::1, fd00::1",
        "n2=10.1.1.1, 10.1.1.1"
    })
    void aProxyHeaderForAHostnameNamesAnAddressOfTheService(String vips, String expected) {
        own = own().applicationTunnel(new ApplicationTunnel(Protocol.PROXY, 9999))
                .build();
        ServiceBuilder service = Service.named("ns", ECHO.hostname()).port(80, 8080);
        for (String each : vips.split(" ", -1)) {
            String[] parts = each.split("=", 2);
            service.vip(vip(parts[0], parts[1]));
        }
        services.add(service.build());
        assertThat(delivered("echo.example:80").proxied()).isEqualTo(address(expected, 80));
    }

    @Test
    void aProxyHeaderCannotNameAServiceWithoutAddress() {
        own = own().applicationTunnel(new ApplicationTunnel(Protocol.PROXY, 9999))
                .build();
        services.add(Service.named("ns", ECHO.hostname()).port(80, 8080).build());
        CloseReason reason = rejected("echo.example:80");
        assertThat(reason.status()).isEqualTo(503);
        assertThat(reason.message()).contains("has no address to name in a PROXY header");
    }

    /// Telemetry: the service that the client names, if the pod is of it; else one that has the port; else none.
    @Test
    void theServiceIsTheOneThatTheClientNamesElseOneThatHasThePort() {
        NamespacedHostname other = NamespacedHostname.parse("ns/other.example");
        own = own().service(ECHO, PortMap.of(Map.of(80, 8080)))
                .service(other, PortMap.of(Map.of(80, 9090)))
                .build();
        services.add(echo().build());
        services.add(Service.named("ns", other.hostname()).port(80, 0).build());
        assertThat(serviceOf("10.0.0.1:8080", null)).isEqualTo("ns/echo.example");
        assertThat(serviceOf("10.0.0.1:9090", null)).isEqualTo("ns/other.example");
        assertThat(serviceOf("10.0.0.1:8080", "other.example")).isEqualTo("ns/other.example");
        assertThat(serviceOf("10.0.0.1:8080", "stranger.example")).isEqualTo("ns/echo.example");
        assertThat(serviceOf("10.0.0.1:7", null)).isEqualTo("none");
    }

    private String serviceOf(String authority, @Nullable String forwardedHost) {
        InboundDecision.Deliver deliver = (InboundDecision.Deliver) decide(authority, forwardedHost);
        Service service = deliver.service();
        return service == null ? "none" : service.key().toString();
    }

    private InboundDecision.Deliver delivered(String authority) {
        return (InboundDecision.Deliver) decide(authority, null);
    }

    private CloseReason rejected(String authority) {
        return ((InboundDecision.Reject) decide(authority, null)).reason();
    }

    private InboundDecision decide(String authority, @Nullable String forwardedHost) {
        List<Workload> all = new ArrayList<>(workloads);
        all.add(own);
        InetSocketAddress local = address("10.0.0.1", 15008);
        return InboundRouter.decide(
                new InboundRouter.Query(TestWorld.of(all, services), NETWORK, own, local),
                Objects.requireNonNull(Authority.tryParse(authority)),
                forwardedHost);
    }

    /// Makes our pod an endpoint of the waypoint's service.
    private void beGate() {
        own = own().service(GATE, PortMap.of(Map.of(15008, 15008))).build();
        services.add(Service.named("ns", GATE.hostname()).port(15008, 15008).build());
    }

    private static GatewayReference toGate() {
        return new GatewayReference.ByHostname(GATE, 15008);
    }

    private static WorkloadBuilder own() {
        return pod("own", "10.0.0.1").network(NETWORK);
    }

    private static ServiceBuilder echo() {
        NetworkAddress vip = vip(NETWORK, "10.96.0.1");
        return Service.named("ns", ECHO.hostname()).vip(vip).port(80, 0);
    }
}

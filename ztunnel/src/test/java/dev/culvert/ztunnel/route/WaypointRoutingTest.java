package dev.culvert.ztunnel.route;

import static dev.culvert.ztunnel.route.TestWorld.address;
import static dev.culvert.ztunnel.route.TestWorld.pod;
import static dev.culvert.ztunnel.route.TestWorld.vip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.mesh.model.ApplicationTunnel;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.Health;
import dev.culvert.mesh.model.LoadBalancing;
import dev.culvert.mesh.model.LoadBalancing.HealthPolicy;
import dev.culvert.mesh.model.LoadBalancing.Mode;
import dev.culvert.mesh.model.LoadBalancing.Scope;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.ServiceBuilder;
import dev.culvert.mesh.model.TunnelProtocol;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.connection.CloseReason;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which connections go through a waypoint, and to which of its pods. The client is 10.0.0.1; behind the waypoint are
/// the pod 10.0.0.2 and its service 10.96.0.1; the waypoint's service is 10.96.0.9, its pods are 10.0.0.10 and on.
class WaypointRoutingTest {
    private static final NamespacedHostname ECHO = NamespacedHostname.parse("ns/echo.example");
    private static final NamespacedHostname GATE = NamespacedHostname.parse("ns/gate.example");
    private static final Workload CLIENT =
            pod("client", "10.0.0.1").node("here").build();
    private static final GatewayReference BY_NAME = new GatewayReference.ByHostname(GATE, 15008);
    private static final String SERVICE = "10.96.0.1";
    private static final String POD = "10.0.0.2";

    private final List<Workload> gates = new ArrayList<>();
    private final Random random = new Random(11);
    private WorkloadBuilder behind = pod("behind", POD).service(ECHO, PortMap.of(Map.of(80, 8080)));
    private ServiceBuilder echo = echo();
    private ServiceBuilder gate = gateService().port(15008, 15008);

    @BeforeEach
    void oneGate() {
        gates.add(gatePod("gate", 10).build());
    }

    private static ServiceBuilder echo() {
        return Service.named("ns", ECHO.hostname()).vip(vip("", SERVICE)).port(80, 0);
    }

    private static ServiceBuilder gateService() {
        return Service.named("ns", GATE.hostname()).vip(vip("", "10.96.0.9"));
    }

    private static WorkloadBuilder gatePod(String name, int number) {
        return pod(name, "10.0.0." + number).service(GATE, PortMap.NONE);
    }

    private static GatewayReference reference(String how) {
        return switch (how) {
            case "host of a service" -> BY_NAME;
            case "address of a service" -> new GatewayReference.ByAddress(vip("", "10.96.0.9"), 15008);
            default -> new GatewayReference.ByAddress(vip("", "10.0.0.10"), 15008);
        };
    }

    private void use(GatewayReference reference) {
        behind = behind.waypoint(reference);
        echo = echo.waypoint(reference);
    }

    @ParameterizedTest(name = "{0}, waypoint by {1}")
    @CsvSource({
        "10.96.0.1, 80, host of a service",
        "10.96.0.1, 80, address of a service",
        "10.96.0.1, 80, address of a pod",
        "10.0.0.2, 9, host of a service",
        "10.0.0.2, 9, address of a service",
        "10.0.0.2, 9, address of a pod"
    })
    void whatWasAskedForIsKeptAndTheWaypointIsDialled(String wanted, int port, String how) {
        use(reference(how));

        OutboundDecision.Hbone hbone = hbone(CLIENT, wanted, port);

        assertThat(hbone.to()).isEqualTo(address("10.0.0.10", 15008));
        assertThat(hbone.authority()).hasToString(wanted + ":" + port);
        assertThat(hbone.nextHop().name()).isEqualTo("gate");
        assertThat(hbone.expected()).containsExactly(new SpiffeId("cluster.local", "ns", "gate"));
        assertThat(hbone.service() == null).isEqualTo(wanted.equals(POD));
    }

    @Test
    void theWaypointIsDialledOnItsOwnPortAndMayProveTheNamesOfItsService() {
        use(new GatewayReference.ByHostname(GATE, 15443));
        gate = gateService().port(15443, 16443).subjectAltName("spiffe://other/ns/infra/sa/gate");

        OutboundDecision.Hbone hbone = hbone(CLIENT, SERVICE, 80);

        assertThat(hbone.to()).isEqualTo(address("10.0.0.10", 16443));
        assertThat(hbone.expected())
                .containsExactly(new SpiffeId("other", "infra", "gate"), new SpiffeId("cluster.local", "ns", "gate"));
    }

    @Test
    void aPodThatTakesNoTunnelIsStillReachedThroughItsWaypoint() {
        use(BY_NAME);
        behind = behind.protocol(TunnelProtocol.TCP);
        assertThat(hbone(CLIENT, POD, 80).to()).isEqualTo(address("10.0.0.10", 15008));
    }

    @Test
    void aServiceThatLeavesTheChoiceToClientsIsStillReachedThroughItsWaypoint() {
        use(BY_NAME);
        echo = echo.loadBalancing(new LoadBalancing(List.of(), Mode.PASSTHROUGH, HealthPolicy.ALLOW_ALL));
        assertThat(hbone(CLIENT, SERVICE, 80).authority()).hasToString("10.96.0.1:80");
    }

    @Test
    void theWaypointOfAWorkloadIsNotAskedForServiceTraffic() {
        behind = behind.waypoint(BY_NAME);
        OutboundDecision.Hbone hbone = hbone(CLIENT, SERVICE, 80);
        assertThat(hbone.to()).isEqualTo(address(POD, 15008));
        assertThat(hbone.authority()).hasToString("10.0.0.2:8080");
    }

    @Test
    void connectionsSpreadOverThePodsOfAWaypointByCapacityAndHealth() {
        use(BY_NAME);
        gates.add(gatePod("three", 11).capacity(3).build());
        gates.add(gatePod("sick", 12).health(Health.UNHEALTHY).build());
        gates.add(gatePod("none", 13).capacity(0).build());

        Map<String, Integer> counts = counts(4_000);

        assertThat(counts).containsOnlyKeys("gate", "three");
        assertThat(counts.get("three")).isBetween(2_800, 3_200);
    }

    @Test
    void thePodsOfAWaypointNearbyArePreferredAsItsServiceAsks() {
        use(BY_NAME);
        gate = gate.loadBalancing(new LoadBalancing(List.of(Scope.NODE), Mode.FAILOVER, HealthPolicy.ONLY_HEALTHY));
        assertThat(counts(50)).containsOnlyKeys("gate");
        gates.add(gatePod("near", 11).node("here").build());
        assertThat(counts(50)).containsOnlyKeys("near");
        gates.set(1, gatePod("near", 11).node("here").health(Health.UNHEALTHY).build());
        assertThat(counts(50)).containsOnlyKeys("gate");
    }

    @Test
    void weightedWaypointsShareTheConnectionsAndZeroGetsNone() {
        echo = echo.waypoint(BY_NAME)
                .weightedWaypoint(new GatewayReference.ByAddress(vip("", "10.0.0.11"), 15008), 90)
                .weightedWaypoint(new GatewayReference.ByAddress(vip("", "10.0.0.12"), 15008), 10)
                .weightedWaypoint(new GatewayReference.ByAddress(vip("", "10.0.0.13"), 15008), 0);
        for (int number = 11; number <= 13; number++) {
            gates.add(pod("w" + number, "10.0.0." + number).build());
        }

        Map<String, Integer> counts = counts(4_000);

        assertThat(counts).containsOnlyKeys("w11", "w12");
        assertThat(counts.get("w12")).isBetween(300, 500);
    }

    @Test
    void weightedWaypointsThatWeighNothingLeaveItToTheOne() {
        echo = echo.waypoint(BY_NAME).weightedWaypoint(new GatewayReference.ByAddress(vip("", "10.0.0.11"), 15008), 0);
        assertThat(counts(50)).containsOnlyKeys("gate");
    }

    @Test
    void anApplicationTunnelTakesThePortThatTheWaypointsServiceDoesNotDeclare() {
        use(BY_NAME);
        gate = gateService().port(80, 8080);
        assertThat(reason(SERVICE)).contains("the service has no such port; it has [80]");
        gates.set(
                0,
                gatePod("gate", 10)
                        .applicationTunnel(new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, 15088))
                        .build());
        assertThat(hbone(CLIENT, SERVICE, 80).to()).isEqualTo(address("10.0.0.10", 15008));
    }

    @ParameterizedTest
    @ValueSource(strings = {SERVICE, POD})
    void aWaypointThatCannotBeHadIsNeverGoneAround(String wanted) {
        use(BY_NAME);
        gates.clear();
        assertThat(reason(wanted))
                .startsWith("no healthy upstream for waypoint ns/gate.example of ")
                .endsWith("it has no endpoint that is ready");
        gates.add(gatePod("gate", 10).health(Health.UNHEALTHY).build());
        assertThat(reason(wanted)).endsWith("it has no endpoint that is ready");
        use(new GatewayReference.ByHostname(NamespacedHostname.parse("ns/gone.example"), 15008));
        assertThat(reason(wanted))
                .startsWith("unknown waypoint ns/gone.example of ")
                .endsWith("does it exist?");
        use(new GatewayReference.ByAddress(vip("", "10.9.9.9"), 15008));
        assertThat(reason(wanted)).startsWith("unknown waypoint /10.9.9.9 of ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host of a service", "address of a service", "address of a pod"})
    void theWaypointItselfGoesDirectlyToWhatIsBehindIt(String how) {
        use(reference(how));
        Workload gatePod = gates.getFirst();
        assertThat(hbone(gatePod, POD, 8080).to()).isEqualTo(address(POD, 15008));
        OutboundDecision.Hbone service = hbone(gatePod, SERVICE, 80);
        assertThat(service.to()).isEqualTo(address(POD, 15008));
        assertThat(service.authority()).hasToString("10.0.0.2:8080");
    }

    @Test
    void oneOfTheWeightedWaypointsGoesDirectlyToo() {
        gates.add(pod("canary", "10.0.0.11").build());
        echo = echo.weightedWaypoint(BY_NAME, 90)
                .weightedWaypoint(new GatewayReference.ByAddress(vip("", "10.0.0.11"), 15008), 10);
        for (Workload each : gates) {
            assertThat(hbone(each, SERVICE, 80).to()).isEqualTo(address(POD, 15008));
        }
    }

    @Test
    void whoSharesTheWaypointsAccountWithoutBeingItGoesThroughIt() {
        use(BY_NAME);
        Workload neighbour = Workload.withUid("c//Pod/ns/neighbour")
                .id("ns", "neighbour", "gate")
                .address(vip("", "10.0.0.7").address())
                .protocol(TunnelProtocol.HBONE)
                .build();
        assertThat(hbone(neighbour, POD, 80).to()).isEqualTo(address("10.0.0.10", 15008));
    }

    @ParameterizedTest
    @ValueSource(strings = {"host of a service", "address of a service"})
    void theServiceOfAWaypointIsReachedWithoutOne(String how) {
        gate = gate.waypoint(reference(how));
        OutboundDecision.Hbone hbone = hbone(CLIENT, "10.96.0.9", 15008);
        assertThat(hbone.to()).isEqualTo(address("10.0.0.10", 15008));
        assertThat(hbone.authority()).hasToString("10.0.0.10:15008");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host of a service", "address of a service", "address of a pod"})
    void aPodOfAWaypointIsReachedWithoutIt(String how) {
        gates.set(0, gatePod("gate", 10).waypoint(reference(how)).build());
        assertThat(hbone(CLIENT, "10.0.0.10", 15021).authority()).hasToString("10.0.0.10:15021");
    }

    private Map<String, Integer> counts(int times) {
        MeshSnapshot world = world();
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            OutboundDecision decision = OutboundRouter.decide(query(world, CLIENT, SERVICE, 80), random);
            counts.merge(((OutboundDecision.Hbone) decision).nextHop().name(), 1, Integer::sum);
        }
        return counts;
    }

    private OutboundDecision.Hbone hbone(Workload own, String ip, int port) {
        return (OutboundDecision.Hbone) OutboundRouter.decide(query(world(), own, ip, port), random);
    }

    private String reason(String ip) {
        CloseReason reason =
                ((OutboundDecision.Reject) OutboundRouter.decide(query(world(), CLIENT, ip, 80), random)).reason();
        return reason.message();
    }

    private static OutboundRouter.Query query(MeshSnapshot world, Workload own, String ip, int port) {
        return new OutboundRouter.Query(
                world, "", own, new InetSocketAddress(own.addresses().getFirst(), 999), address(ip, port));
    }

    private MeshSnapshot world() {
        List<Workload> workloads = new ArrayList<>(gates);
        workloads.add(CLIENT);
        workloads.add(behind.build());
        return TestWorld.of(workloads, List.of(echo.build(), gate.build()));
    }
}

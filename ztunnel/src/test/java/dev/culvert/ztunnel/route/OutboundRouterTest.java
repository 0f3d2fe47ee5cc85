package dev.culvert.ztunnel.route;

import static dev.culvert.ztunnel.route.TestWorld.address;
import static dev.culvert.ztunnel.route.TestWorld.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.LoadBalancing;
import dev.culvert.mesh.model.LoadBalancing.HealthPolicy;
import dev.culvert.mesh.model.LoadBalancing.Mode;
import dev.culvert.mesh.model.LoadBalancing.Scope;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.ServiceBuilder;
import dev.culvert.mesh.model.TunnelProtocol;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.connection.CloseReason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Where connections go, decided on worlds of a few records.
class OutboundRouterTest {
    private static final NamespacedHostname ECHO = NamespacedHostname.parse("ns/echo.example");
    private static final NamespacedHostname GATE = NamespacedHostname.parse("ns/gate.example");
    private static final Workload OWN = pod("own", "10.0.0.1").node("here").build();

    private final List<Workload> workloads = new ArrayList<>(List.of(OWN));
    private final List<Service> services = new ArrayList<>();
    private final Random random = new Random(5);

    @Test
    void passesThroughWhatNobodyKnows() {
        assertThat(decide("1.2.3.4", 443)).isEqualTo(new OutboundDecision.PassThrough(address("1.2.3.4", 443), null));
    }

    @Test
    void dialsAPodOfTheMeshThroughATunnelAndAPlainOneDirectly() {
        workloads.add(pod("mesh", "10.0.0.2").build());
        workloads.add(pod("plain", "10.0.0.3").protocol(TunnelProtocol.TCP).build());
        OutboundDecision.Hbone hbone = hbone("10.0.0.2", 80);
        assertThat(hbone.to()).isEqualTo(address("10.0.0.2", 15008));
        assertThat(hbone.authority()).hasToString("10.0.0.2:80");
        assertThat(hbone.expected()).containsExactly(new SpiffeId("cluster.local", "ns", "mesh"));
        assertThat(decide("10.0.0.3", 80))
                .isInstanceOfSatisfying(
                        OutboundDecision.Plain.class,
                        plain -> assertThat(plain.to()).isEqualTo(address("10.0.0.3", 80)));
    }

    @Test
    void dialsTheTargetPortOfAServiceAndAcceptsTheNamesThatItAdds() {
        workloads.add(endpoint("a", "10.0.0.2").build());
        services.add(echo().subjectAltName("spiffe://other/ns/x/sa/y").build());
        OutboundDecision.Hbone hbone = hbone("10.96.0.1", 80);
        assertThat(hbone.authority()).hasToString("10.0.0.2:8080");
        assertThat(hbone.expected())
                .containsExactly(new SpiffeId("other", "x", "y"), new SpiffeId("cluster.local", "ns", "a"));
    }

    @Test
    void refusesAServiceWithoutEndpointsOrWithoutThePort() {
        services.add(echo().build());
        assertThat(reason("10.96.0.1", 80)).contains("ns/echo.example", "has no endpoint that is ready");
        assertThat(reason("10.96.0.1", 81)).contains("has no such port", "[80]");
    }

    @Test
    void passesAServiceThroughThatAsksForIt() {
        services.add(echo().loadBalancing(new LoadBalancing(List.of(), Mode.PASSTHROUGH, HealthPolicy.ALLOW_ALL))
                .build());
        assertThat(decide("10.96.0.1", 80)).isInstanceOf(OutboundDecision.PassThrough.class);
    }

    @Test
    void sendsAServiceToItsWaypointAndNeverAroundIt() {
        workloads.add(endpoint("a", "10.0.0.2").build());
        services.add(
                echo().waypoint(new GatewayReference.ByHostname(GATE, 15008)).build());
        assertThat(reason("10.96.0.1", 80)).contains("unknown waypoint ns/gate.example of service ns/echo.example");
        workloads.add(pod("gate", "10.0.0.9")
                .service(GATE, PortMap.of(Map.of(15008, 15008)))
                .build());
        services.add(Service.named("ns", GATE.hostname()).port(15008, 15008).build());
        OutboundDecision.Hbone hbone = hbone("10.96.0.1", 80);
        assertThat(hbone.to()).isEqualTo(address("10.0.0.9", 15008));
        assertThat(hbone.authority()).hasToString("10.96.0.1:80");
        assertThat(hbone.service()).isNotNull();
    }

    @Test
    void sendsAWorkloadToItsWaypointUnlessTheWaypointItselfConnects() {
        GatewayReference reference =
                new GatewayReference.ByAddress(new NetworkAddress("", InetAddress.ofLiteral("10.0.0.9")), 15008);
        workloads.add(pod("gate", "10.0.0.9").build());
        workloads.add(pod("a", "10.0.0.2").waypoint(reference).build());
        assertThat(hbone("10.0.0.2", 80).to()).isEqualTo(address("10.0.0.9", 15008));
        workloads.set(1, pod("gate", "10.0.0.1").build());
        workloads.removeFirst();
        Workload gate = workloads.getFirst();
        workloads.set(
                1,
                pod("a", "10.0.0.2")
                        .waypoint(new GatewayReference.ByAddress(
                                new NetworkAddress("", InetAddress.ofLiteral("10.0.0.1")), 15008))
                        .build());
        assertThat(decide(gate, "10.0.0.2", 80))
                .isInstanceOfSatisfying(
                        OutboundDecision.Hbone.class,
                        direct -> assertThat(direct.to()).isEqualTo(address("10.0.0.2", 15008)));
    }

    @Test
    void refusesWhatIsInAnotherNetwork() {
        workloads.add(endpoint("far", "10.0.0.2").network("far").build());
        services.add(echo().build());
        assertThat(decide("10.96.0.1", 80)).isInstanceOf(OutboundDecision.OtherNetwork.class);
    }

    @Test
    void choosesNoEndpointThatItCannotDialWhileThereIsOneThatItCan() {
        workloads.add(endpoint("far", "10.0.0.2").network("far").capacity(100).build());
        workloads.add(Workload.withUid("c//Pod/ns/named")
                .id("ns", "named", "named")
                .hostname("db.example")
                .capacity(100)
                .service(ECHO, PortMap.of(Map.of(80, 8080)))
                .build());
        services.add(echo().build());
        assertThat(decide("10.96.0.1", 80)).isNotInstanceOf(OutboundDecision.Hbone.class);
        workloads.add(endpoint("near", "10.0.0.3").node("elsewhere").build());
        assertThat(counts(200)).containsOnlyKeys("near");
        services.set(0, echo().loadBalancing(balancing(Mode.FAILOVER)).build());
        workloads.set(1, endpoint("far", "10.0.0.2").network("far").node("here").build());
        assertThat(counts(200)).containsOnlyKeys("near");
        workloads.subList(1, 4).removeIf(workload -> !workload.name().equals("named"));
        assertThat(reason("10.96.0.1", 80)).contains("db.example", "names are not resolved here");
    }

    @Test
    void spreadsConnectionsByCapacityAndNeverChoosesNone() {
        workloads.add(endpoint("one", "10.0.0.2").build());
        workloads.add(endpoint("three", "10.0.0.3").capacity(3).build());
        workloads.add(endpoint("none", "10.0.0.4").capacity(0).build());
        services.add(echo().build());
        Map<String, Integer> counts = counts(4_000);
        assertThat(counts).containsOnlyKeys("one", "three");
        assertThat(counts.get("three")).isBetween(2_800, 3_200);
    }

    @Test
    void prefersEndpointsNearbyAndFallsBackAndInsistsWhenStrict() {
        workloads.add(endpoint("there", "10.0.0.2").node("there").build());
        services.add(echo().loadBalancing(balancing(Mode.FAILOVER)).build());
        assertThat(counts(50)).containsOnlyKeys("there");
        workloads.add(endpoint("here", "10.0.0.3").node("here").build());
        assertThat(counts(50)).containsOnlyKeys("here");
        workloads.removeLast();
        services.set(0, echo().loadBalancing(balancing(Mode.STRICT)).build());
        assertThat(reason("10.96.0.1", 80)).contains("they must share [NODE] with this pod");
    }

    private static LoadBalancing balancing(Mode mode) {
        return new LoadBalancing(List.of(Scope.NODE), mode, HealthPolicy.ONLY_HEALTHY);
    }

    private Map<String, Integer> counts(int times) {
        MeshSnapshot world = world();
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            OutboundDecision decision = OutboundRouter.decide(query(world, OWN, "10.96.0.1", 80), random);
            counts.merge(((OutboundDecision.Hbone) decision).nextHop().name(), 1, Integer::sum);
        }
        return counts;
    }

    private OutboundDecision.Hbone hbone(String ip, int port) {
        return (OutboundDecision.Hbone) decide(ip, port);
    }

    private String reason(String ip, int port) {
        CloseReason reason = ((OutboundDecision.Reject) decide(ip, port)).reason();
        return reason.message();
    }

    private OutboundDecision decide(String ip, int port) {
        return decide(OWN, ip, port);
    }

    private OutboundDecision decide(Workload own, String ip, int port) {
        return OutboundRouter.decide(query(world(), own, ip, port), random);
    }

    private static OutboundRouter.Query query(MeshSnapshot world, Workload own, String ip, int port) {
        return new OutboundRouter.Query(
                world, "", own, new InetSocketAddress(own.addresses().getFirst(), 999), address(ip, port));
    }

    private MeshSnapshot world() {
        return TestWorld.of(workloads, services);
    }

    private static WorkloadBuilder endpoint(String name, String ip) {
        return pod(name, ip).service(ECHO, PortMap.of(Map.of(80, 8080)));
    }

    private static ServiceBuilder echo() {
        return Service.named("ns", ECHO.hostname())
                .vip(new NetworkAddress("", InetAddress.ofLiteral("10.96.0.1")))
                .port(80, 0);
    }
}

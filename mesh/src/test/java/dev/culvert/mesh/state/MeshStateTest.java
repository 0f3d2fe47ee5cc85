package dev.culvert.mesh.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.api.SpiffeId;
import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.model.Endpoint;
import dev.culvert.mesh.model.Health;
import dev.culvert.mesh.model.LoadBalancing;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.NetworkMode;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.TunnelProtocol;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.model.WorkloadUid;
import dev.culvert.mesh.xds.FileSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class MeshStateTest {
    private static final NamespacedHostname WEB = new NamespacedHostname("ns", "web.ns");
    private static final PortMap PORTS = PortMap.of(Map.of(80, 8080));

    private final StateThread thread = new StateThread();
    private final MeshState state = new MeshState(new LocalNode("n1"), thread);

    @AfterEach
    void stop() {
        thread.close();
    }

    @Test
    void findsAWorkloadByEveryKey() {
        Workload own = pod("a").address(CidrBlock.parseAddress("10.0.0.1"))
                .network("net")
                .node("n1")
                .hostname("a.example")
                .build();
        MeshSnapshot world = apply(own);

        assertThat(world.workload(own.uid())).isEqualTo(own);
        assertThat(world.workload(NetworkAddress.parse("net/10.0.0.1"))).isEqualTo(own);
        assertThat(world.workload(NetworkAddress.parse("/10.0.0.1"))).isNull();
        assertThat(world.workload(new NamespacedHostname("ns", "a.example"))).isEqualTo(own);
        assertThat(world.localWorkload(new WorkloadName("ns", "a", "default"))).isEqualTo(own);
        assertThat(world.localWorkload(new WorkloadName("ns", "a", "other"))).isNull();
    }

    @Test
    void knowsWorkloadsOfOtherNodesButNotAsLocal() {
        assertThat(apply(pod("a").node("n2").build()).localWorkload(new WorkloadName("ns", "a", "default")))
                .isNull();
    }

    @Test
    void takesEveryNodeForItsOwnWhenItDoesNotKnowIt() {
        MeshState everywhere = new MeshState(new LocalNode(null), thread);
        MeshBatch batch =
                MeshBatch.ofAddresses(List.of(), List.of(pod("a").node("n2").build()), List.of());
        assertThat(everywhere.submit(batch).join().localWorkload(new WorkloadName("ns", "a", "default")))
                .isNotNull();
    }

    @Test
    void doesNotFindAWorkloadOnItsNodesAddress() {
        MeshSnapshot world = apply(pod("a").address(CidrBlock.parseAddress("10.0.0.1"))
                .networkMode(NetworkMode.HOST_NETWORK)
                .build());
        assertThat(world.workload(NetworkAddress.parse("/10.0.0.1"))).isNull();
        assertThat(world.workloadCount()).isEqualTo(1);
    }

    @Test
    void prefersAPodThenATunnelAmongWorkloadsOfOneAddress() {
        List<Workload> ascending = List.of(
                at("x", TunnelProtocol.TCP), at("y", TunnelProtocol.HBONE),
                at("c//Pod/ns/x", TunnelProtocol.TCP), at("c//Pod/ns/y", TunnelProtocol.HBONE));
        for (Workload next : ascending) {
            assertThat(apply(next).workload(NetworkAddress.parse("/10.0.0.1"))).isEqualTo(next);
        }
        for (int i = ascending.size() - 1; i > 0; i--) {
            MeshSnapshot world = remove(ascending.get(i).uid().value());
            assertThat(world.workload(NetworkAddress.parse("/10.0.0.1"))).isEqualTo(ascending.get(i - 1));
        }
    }

    @Test
    void forgetsTheOldAddressOfAWorkloadThatMoved() {
        apply(pod("a").address(CidrBlock.parseAddress("10.0.0.1")).build());
        MeshSnapshot world =
                apply(pod("a").address(CidrBlock.parseAddress("10.0.0.2")).build());
        assertThat(world.workload(NetworkAddress.parse("/10.0.0.1"))).isNull();
        assertThat(world.workload(NetworkAddress.parse("/10.0.0.2"))).isNotNull();
    }

    /// Services are written namespace, `*` when canonical, `!` when for their namespace only.
    @ParameterizedTest(name = "{0} seen from {1} -> {2}")
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            a        | a    | a
            a        | b    | a
            a        | none | a
            a!       | a    | a
            a!       | b    | none
            a!       | none | a
            a b      | b    | b
            a b      | c    | a
            b a      | c    | a
            a b*     | c    | b
            a b*     | a    | a
            a b*     | none | b
            a* b*    | c    | b
            a* b*!   | c    | a
            a! b!    | c    | none
            a! b c*! | d    | b
            a! b c*! | c    | c
            a! b c*! | none | c
            """)
    void choosesAmongServicesOfOneAddressOrName(String services, @Nullable String client, @Nullable String expected) {
        for (String written : services.split(" ", -1)) {
            service(written, "vips: [net/10.9.9.9]");
        }
        MeshSnapshot world = state.world();
        assertThat(namespace(world.service(NetworkAddress.parse("net/10.9.9.9"), client)))
                .isEqualTo(expected);
        assertThat(namespace(world.bestService("shared.example", client))).isEqualTo(expected);
        assertThat(world.service(NetworkAddress.parse("/10.9.9.9"), client)).isNull();
    }

    /// As above, with the prefix length of the range; without one the address is exact.
    @ParameterizedTest(name = "{0} seen from {1} -> {2}")
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            a/8          | a    | a
            a/8          | b    | a
            a/8!         | b    | none
            a/8 b/24     | c    | b
            a/8 b/24     | a    | a
            a/8 b/24!    | c    | a
            a/24 b/24*   | c    | b
            a/24* b/24   | c    | a
            a/25 b/24*   | c    | a
            a/8 b        | a    | b
            a/8 b!       | a    | a
            a/0          | a    | a
            """)
    void fallsBackToRanges(String services, @Nullable String client, @Nullable String expected) {
        for (String written : services.split(" ", -1)) {
            String length = written.replaceAll("[^0-9]", "");
            service(
                    written.replaceAll("[/0-9]", ""),
                    length.isEmpty() ? "vips: [net/10.9.9.9]" : "cidrVips: [net/10.9.9.0/" + length + "]");
        }
        assertThat(namespace(state.world().service(NetworkAddress.parse("net/10.9.9.9"), client)))
                .isEqualTo(expected);
    }

    @Test
    void replacesTheRangesOfAService() {
        service("a", "cidrVips: [net/10.9.9.0/24]");
        service("a", "cidrVips: [net/10.8.8.0/24]");
        MeshSnapshot world = state.world();
        assertThat(world.service(NetworkAddress.parse("net/10.9.9.9"), null)).isNull();
        assertThat(world.service(NetworkAddress.parse("net/10.8.8.8"), null)).isNotNull();
        assertThat(remove("a/shared.example").service(NetworkAddress.parse("net/10.8.8.8"), null))
                .isNull();
    }

    @Test
    void stagesEndpointsUntilTheirServiceComes() {
        MeshSnapshot early = apply(member("a", Health.HEALTHY));
        assertThat(early.endpoints(WEB)).isEmpty();
        assertThat(early.staged().keySet()).containsExactly("ns/web.ns");

        MeshSnapshot later = apply(web(LoadBalancing.STANDARD));
        assertThat(later.endpoints(WEB)).containsExactly(new Endpoint(uid("a"), PORTS, Health.HEALTHY));
        assertThat(later.staged()).isEmpty();

        assertThat(remove(WEB.toString()).staged()).hasSize(1);
        assertThat(remove(uid("a").value()).staged()).isEmpty();
    }

    @Test
    void keepsEndpointsInViewOfTheirHealth() {
        apply(web(LoadBalancing.STANDARD));
        apply(member("a", Health.HEALTHY));
        assertThat(endpoints(apply(member("b", Health.UNHEALTHY)))).containsExactly("a");
        assertThat(endpoints(apply(member("a", Health.UNHEALTHY)))).isEmpty();

        LoadBalancing all =
                new LoadBalancing(List.of(), LoadBalancing.Mode.STANDARD, LoadBalancing.HealthPolicy.ALLOW_ALL);
        assertThat(endpoints(apply(web(all)))).containsExactly("a", "b");
        assertThat(endpoints(apply(web(LoadBalancing.STANDARD)))).isEmpty();
        assertThat(endpoints(apply(member("b", Health.HEALTHY)))).containsExactly("b");
    }

    @Test
    void detachesAnEndpointThatLeavesTheServiceOrTheMesh() {
        apply(web(LoadBalancing.STANDARD));
        apply(member("a", Health.HEALTHY));
        apply(member("b", Health.HEALTHY));
        assertThat(endpoints(apply(pod("a").build()))).containsExactly("b");
        assertThat(endpoints(remove(uid("b").value()))).isEmpty();
    }

    @Test
    void showsABatchAsAWholeAndRemovesFirst() {
        apply(member("a", Health.HEALTHY));
        List<MeshSnapshot> seen = new CopyOnWriteArrayList<>();
        state.listen((world, change) -> seen.add(world));
        MeshBatch batch = MeshBatch.ofAddresses(
                List.of(uid("a").value(), "nobody", "no/body", "no/bo/dy", ""),
                List.of(member("b", Health.HEALTHY), member("a", Health.HEALTHY)),
                List.of(web(LoadBalancing.STANDARD)));
        assertThat(endpoints(state.submit(batch).join())).containsExactly("a", "b");
        assertThat(seen).hasSize(1);
    }

    @Test
    void isSilentWhenNothingChanges() {
        MeshSnapshot before = apply(member("a", Health.HEALTHY));
        List<WorldChange> changes = new CopyOnWriteArrayList<>();
        state.listen((world, change) -> changes.add(change));
        assertThat(apply(member("a", Health.HEALTHY))).isSameAs(before);
        assertThat(remove("nobody")).isSameAs(before);
        assertThat(changes).isEmpty();
    }

    @Test
    void saysWhatKindOfThingChanged() {
        List<WorldChange> changes = new CopyOnWriteArrayList<>();
        state.listen((world, change) -> changes.add(change));
        apply(pod("a").node("n1").build());
        apply(pod("b").node("n2").build());
        state.submit(MeshBatch.ofPolicies(List.of(), policies("{name: p, namespace: ns}")))
                .join();

        assertThat(changes.get(0).localWorkloads()).containsExactly(uid("a"));
        assertThat(changes.get(0).mayChangeVerdicts()).isTrue();
        assertThat(changes.get(1).addresses()).isTrue();
        assertThat(changes.get(1).mayChangeVerdicts()).isFalse();
        assertThat(changes.get(2)).isEqualTo(new WorldChange(false, true, Set.of()));
    }

    @Test
    void findsThePoliciesThatConcernAWorkload() {
        state.submit(MeshBatch.ofPolicies(List.of(), policies("""
                {name: everywhere, namespace: root, scope: Global},
                {name: here, namespace: ns, scope: Namespace},
                {name: there, namespace: other, scope: Namespace},
                {name: listed, namespace: other, scope: WorkloadSelector},
                {name: unlisted, namespace: ns, scope: WorkloadSelector}"""))).join();
        Workload workload = pod("a").policy(new PolicyKey("other", "listed"))
                .policy(new PolicyKey("ns", "here"))
                .policy(new PolicyKey("ns", "unknown"))
                .build();
        MeshSnapshot world = state.world();
        assertThat(world.policiesFor(workload))
                .extracting(policy -> policy.key().toString())
                .containsExactly("ns/here", "root/everywhere", "other/listed");
        assertThat(world.missingPolicies(workload)).containsExactly(new PolicyKey("ns", "unknown"));

        MeshBatch moved =
                MeshBatch.ofPolicies(List.of(), policies("{name: here, namespace: ns, scope: WorkloadSelector}"));
        assertThat(state.submit(moved).join().policiesFor(pod("b").build()))
                .extracting(policy -> policy.key().name())
                .containsExactly("everywhere");
        MeshBatch gone = MeshBatch.ofPolicies(List.of(new PolicyKey("root", "everywhere")), List.of());
        assertThat(state.submit(gone).join().policiesFor(pod("b").build())).isEmpty();
    }

    @Test
    void tellsWhenAnIdentityIsFirstAndLastNeededHere() {
        List<String> events = new CopyOnWriteArrayList<>();
        state.listen(new IdentityListener() {
            @Override
            public void appeared(SpiffeId identity) {
                events.add("+" + identity.serviceAccount());
            }

            @Override
            public void vanished(SpiffeId identity) {
                events.add("-" + identity.serviceAccount());
            }
        });
        apply(local("a", "x", TunnelProtocol.HBONE));
        apply(local("b", "x", TunnelProtocol.HBONE));
        apply(pod("far")
                .id("ns", "far", "y")
                .node("n2")
                .protocol(TunnelProtocol.HBONE)
                .build());
        apply(local("plain", "z", TunnelProtocol.TCP));
        assertThat(events).containsExactly("+x");
        apply(pod("b").id("ns", "b", "x")
                .node("n1")
                .protocol(TunnelProtocol.HBONE)
                .capacity(2)
                .build());
        remove(uid("a").value());
        assertThat(events).containsExactly("+x");
        apply(local("b", "w", TunnelProtocol.HBONE));
        assertThat(events).containsExactly("+x", "-x", "+w");
        apply(local("plain", "z", TunnelProtocol.HBONE));
        remove(uid("plain").value());
        assertThat(events).endsWith("+z", "-z");
    }

    @Test
    void isChangedOnItsOwnThreadOnly() {
        assertThatThrownBy(() -> state.apply(MeshBatch.NOTHING)).isInstanceOf(IllegalStateException.class);
    }

    /// Whatever the order of things, the world is that of the final workloads and services alone.
    @Test
    void dependsOnTheResultOnlyNotOnTheWayThere() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            String name = "p" + random.nextInt(6);
            switch (random.nextInt(5)) {
                case 0 -> remove(uid(name).value());
                case 1 -> remove(WEB.toString());
                case 2 ->
                    apply(web(new LoadBalancing(
                            List.of(),
                            LoadBalancing.Mode.STANDARD,
                            random.nextBoolean()
                                    ? LoadBalancing.HealthPolicy.ALLOW_ALL
                                    : LoadBalancing.HealthPolicy.ONLY_HEALTHY)));
                default -> apply(member(name, random.nextBoolean() ? Health.HEALTHY : Health.UNHEALTHY));
            }
            MeshSnapshot world = state.world();
            Service web = world.service(WEB);
            List<String> expected = world.workloads().stream()
                    .filter(workload -> web != null && web.keeps(workload.health()))
                    .map(Workload::name)
                    .sorted()
                    .toList();
            assertThat(endpoints(world)).isEqualTo(expected);
        }
    }

    private MeshSnapshot apply(Workload workload) {
        return within(MeshBatch.ofAddresses(List.of(), List.of(workload), List.of()));
    }

    private MeshSnapshot apply(Service service) {
        return within(MeshBatch.ofAddresses(List.of(), List.of(), List.of(service)));
    }

    private MeshSnapshot remove(String name) {
        return within(MeshBatch.ofAddresses(List.of(name), List.of(), List.of()));
    }

    private MeshSnapshot within(MeshBatch batch) {
        return state.submit(batch).orTimeout(10, TimeUnit.SECONDS).join();
    }

    private void service(String written, String addresses) {
        String namespace = written.replaceAll("[*!]", "");
        List<String> fields =
                new ArrayList<>(List.of("namespace: " + namespace, "hostname: shared.example", addresses));
        if (written.contains("*")) {
            fields.add("canonical: true");
        }
        if (written.contains("!")) {
            fields.add("visibility: Namespace");
        }
        within(FileSource.parse("services: [{" + String.join(", ", fields) + "}]"));
    }

    private static List<Authorization> policies(String yaml) {
        return FileSource.parse("policies: [" + yaml + "]").policies();
    }

    private static @Nullable String namespace(@Nullable Service service) {
        return service == null ? null : service.namespace();
    }

    private static List<String> endpoints(MeshSnapshot world) {
        return StreamSupport.stream(world.endpoints(WEB).spliterator(), false)
                .map(endpoint -> Objects.requireNonNull(world.workload(endpoint.workload())))
                .map(Workload::name)
                .toList();
    }

    private static WorkloadUid uid(String name) {
        return new WorkloadUid("c//Pod/ns/" + name);
    }

    private static WorkloadBuilder pod(String name) {
        return Workload.withUid(uid(name).value()).id("ns", name, "default");
    }

    private static Workload local(String name, String account, TunnelProtocol protocol) {
        return pod(name).id("ns", name, account).node("n1").protocol(protocol).build();
    }

    private static Workload at(String uid, TunnelProtocol protocol) {
        return Workload.withUid(uid)
                .address(CidrBlock.parseAddress("10.0.0.1"))
                .protocol(protocol)
                .build();
    }

    private static Workload member(String name, Health health) {
        return pod(name).service(WEB, PORTS).health(health).build();
    }

    private static Service web(LoadBalancing balancing) {
        return Service.named("ns", "web.ns")
                .port(80, 8080)
                .loadBalancing(balancing)
                .build();
    }
}

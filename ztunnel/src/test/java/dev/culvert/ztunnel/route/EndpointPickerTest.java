package dev.culvert.ztunnel.route;

import static dev.culvert.ztunnel.route.TestWorld.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.culvert.mesh.model.LoadBalancing;
import dev.culvert.mesh.model.LoadBalancing.HealthPolicy;
import dev.culvert.mesh.model.LoadBalancing.Mode;
import dev.culvert.mesh.model.LoadBalancing.Scope;
import dev.culvert.mesh.model.Locality;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.ztunnel.route.EndpointPicker.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which endpoints are chosen, and how often. Chance is seeded, so that a run is like the next.
class EndpointPickerTest {
    private static final NamespacedHostname ECHO = NamespacedHostname.parse("ns/echo.example");
    private static final int PICKS = 20_000;
    /// The client: region r, zone z, subzone s, node n, cluster c, network "".
    private static final Workload CLIENT = pod("client", "10.0.0.1")
            .locality(new Locality("r", "z", "s"))
            .node("n")
            .clusterId("c")
            .build();

    private final List<Workload> workloads = new ArrayList<>();
    private LoadBalancing balancing = LoadBalancing.STANDARD;

    @Test
    void everyEndpointHasItsShareWhateverItsPlace() {
        for (int i = 1; i <= 10; i++) {
            workloads.add(endpoint("e" + i, i).build());
        }
        Map<String, Integer> counts = counts();
        assertThat(counts).hasSize(10);
        // a share of a tenth has a standard deviation of 42 here
        counts.forEach((name, count) -> assertThat(count).as(name).isCloseTo(PICKS / 10, within(200)));
    }

    @Test
    void sharesFollowCapacity() {
        workloads.add(endpoint("a", 1).capacity(1).build());
        workloads.add(endpoint("b", 2).capacity(0).build());
        workloads.add(endpoint("c", 3).capacity(5).build());
        workloads.add(endpoint("d", 4).capacity(4).build());
        Map<String, Integer> counts = counts();
        assertThat(counts).containsOnlyKeys("a", "c", "d");
        assertThat(counts.get("a")).isCloseTo(PICKS / 10, within(200));
        assertThat(counts.get("c")).isCloseTo(PICKS / 2, within(300));
        assertThat(counts.get("d")).isCloseTo(PICKS * 4 / 10, within(300));
    }

    @Test
    void capacitiesBeyondAnIntAddUp() {
        workloads.add(endpoint("a", 1).capacity(0xffff_ffffL).build());
        workloads.add(endpoint("b", 2).capacity(0xffff_ffffL).build());
        assertThat(counts().get("a")).isCloseTo(PICKS / 2, within(300));
    }

    @Test
    void noCapacityAtAllIsNoEndpoint() {
        workloads.add(endpoint("a", 1).capacity(0).build());
        assertThat(chosen()).isEmpty();
    }

    /// Failover: leading scopes that agree count, the first that does not ends the count, and the best count wins.
    /// The network, when it comes first, weighs more than all the others and ends nothing.
    ///
    /// Each endpoint is `network/region/zone/subzone/node`.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "REGION ZONE SUBZONE | -/r/z/x/x -/r/z/s/x -/r/x/s/n | e2",
                "REGION ZONE SUBZONE | -/r/x/s/n -/r/x/x/x | e1 e2",
                "REGION ZONE SUBZONE | -/x/z/s/n -/x/x/x/x | e1 e2",
                "REGION ZONE | -/x/z/s/n -/r/x/s/n | e2",
                "NODE REGION | -/r/z/s/x -/x/x/x/n | e2",
                "NETWORK REGION ZONE | -/x/x/x/x far/r/z/s/n | e1",
                "NETWORK REGION ZONE | far/r/z/s/n far/r/x/s/n far/x/z/s/n | e1",
                "NETWORK REGION ZONE | -/r/z/x/x -/r/x/s/n far/r/z/s/n | e1",
                "REGION NETWORK | far/r/z/s/n -/r/x/x/x | e2",
                "CLUSTER NODE | -/r/z/s/n -/r/z/s/x | e1"
            })
    void failoverPrefersTheBestAgreement(String scopes, String endpoints, String expected) {
        balancing = balancing(Mode.FAILOVER, scopes);
        place(endpoints);
        assertThat(chosen()).containsExactlyInAnyOrder(expected.split(" ", -1));
    }

    /// Strict: only what agrees in every scope, be there anything or not.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "NODE | -/r/z/s/n -/r/z/s/x | e1",
                "NODE | -/r/z/s/x | none",
                "REGION ZONE | -/r/z/x/x -/r/x/s/n -/x/z/s/n | e1",
                "NETWORK | -/x/x/x/x far/r/z/s/n | e1"
            })
    void strictInsistsOnEveryScope(String scopes, String endpoints, String expected) {
        balancing = balancing(Mode.STRICT, scopes);
        place(endpoints);
        assertThat(chosen()).containsExactlyInAnyOrder(expected == null ? new String[0] : expected.split(" ", -1));
    }

    @Test
    void theTargetIsTheEndpointsOwnElseTheServices() {
        workloads.add(pod("own", "10.0.1.1")
                .service(ECHO, PortMap.of(Map.of(80, 7070)))
                .build());
        assertThat(port(80, 8080)).isEqualTo(7070);
        workloads.set(0, pod("own", "10.0.1.1").service(ECHO, PortMap.NONE).build());
        assertThat(port(80, 8080)).isEqualTo(8080);
        assertThat(port(80, 0)).isZero();
    }

    @Test
    void whatCannotBeDialledIsNotChosen() {
        workloads.add(Workload.withUid("c//Pod/ns/nowhere")
                .id("ns", "nowhere", "default")
                .service(ECHO, PortMap.of(Map.of(80, 8080)))
                .build());
        assertThat(chosen()).isEmpty();
        workloads.add(Workload.withUid("c//Pod/ns/named")
                .id("ns", "named", "default")
                .hostname("named.example")
                .service(ECHO, PortMap.of(Map.of(80, 8080)))
                .build());
        assertThat(chosen()).containsExactly("named");
    }

    private void place(String endpoints) {
        int number = 0;
        for (String each : endpoints.strip().split(" ", -1)) {
            String[] at = each.split("/", -1);
            number++;
            workloads.add(endpoint("e" + number, number)
                    .network(at[0].equals("-") ? "" : at[0])
                    .locality(new Locality(at[1], at[2], at[3]))
                    .node(at[4])
                    .clusterId("c")
                    .build());
        }
    }

    private static LoadBalancing balancing(Mode mode, String scopes) {
        List<Scope> parsed =
                Arrays.stream(scopes.strip().split(" ", -1)).map(Scope::valueOf).toList();
        return new LoadBalancing(parsed, mode, HealthPolicy.ONLY_HEALTHY);
    }

    private Set<String> chosen() {
        return new TreeSet<>(picks(200).keySet());
    }

    private Map<String, Integer> counts() {
        return picks(PICKS);
    }

    private Map<String, Integer> picks(int times) {
        Service service = Service.named("ns", ECHO.hostname())
                .port(80, 0)
                .loadBalancing(balancing)
                .build();
        EndpointPicker picker = new EndpointPicker(TestWorld.of(workloads, List.of(service)), CLIENT, new Random(11));
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            Upstream picked = picker.pick(service, 80, Purpose.TRAFFIC);
            if (picked != null) {
                counts.merge(picked.workload().name(), 1, Integer::sum);
            }
        }
        return counts;
    }

    private int port(int asked, int ofService) {
        Service service =
                Service.named("ns", ECHO.hostname()).port(80, ofService).build();
        Upstream picked = new EndpointPicker(TestWorld.of(workloads, List.of(service)), CLIENT, new Random(11))
                .pick(service, asked, Purpose.TRAFFIC);
        return picked == null ? 0 : picked.port();
    }

    private static WorkloadBuilder endpoint(String name, int number) {
        return pod(name, "10.0.1." + number).service(ECHO, PortMap.of(Map.of(80, 8080)));
    }
}

package dev.culvert.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.culvert.api.waypoint.ClusterPort;
import dev.culvert.api.waypoint.ConnectionPool;
import dev.culvert.api.waypoint.ConsistentHash;
import dev.culvert.api.waypoint.LoadBalancer;
import dev.culvert.api.waypoint.LocalityPreference;
import dev.culvert.api.waypoint.LocalityPreference.Scope;
import dev.culvert.api.waypoint.LocalityRules;
import dev.culvert.api.waypoint.OutlierDetection;
import dev.culvert.api.waypoint.Subset;
import dev.culvert.api.waypoint.TrafficPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which endpoint a cluster gives, by place, weight, load, hash and health.
class ClusterTest {
    private static final Site SELF = new Site("", "eu", "eu-1", "a", "node-1", "");

    private final Random random = new Random(7);
    private long now = 1_000_000;

    @Test
    void endpointsThatAreNotReadyOrLackThePortAreNeverChosen() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1))
                .addEndpoints(endpoint(2).setHealthy(false))
                .addEndpoints(endpoint(3).clearPorts()));

        assertThat(counts(cluster, 50, "").keySet()).containsExactly("pod-1");
    }

    @Test
    void whoAsksForNothingToChooseLearnsWhy() {
        Cluster none = cluster(base());
        Cluster unready = cluster(base().addEndpoints(endpoint(1).setHealthy(false)));

        assertThat(pick(none, "", null))
                .isInstanceOfSatisfying(
                        Pick.NoEndpoint.class,
                        no -> assertThat(no.reason()).contains("shop/web.shop port 80", "no endpoint has this port"));
        assertThat(pick(unready, "", null))
                .isInstanceOfSatisfying(
                        Pick.NoEndpoint.class, no -> assertThat(no.reason()).contains("none of 1 endpoints is ready"));
        assertThat(pick(unready, "v9", null))
                .isInstanceOfSatisfying(
                        Pick.NoEndpoint.class, no -> assertThat(no.reason()).contains("has a subset 'v9'"));
    }

    @Test
    void aSubsetIsMadeOfTheEndpointsThatHaveAllOfItsLabels() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1).putLabels("version", "v1"))
                .addEndpoints(endpoint(2).putLabels("version", "v2"))
                .addSubsets(Subset.newBuilder().setName("canary").putLabels("version", "v2")));

        assertThat(counts(cluster, 20, "canary").keySet()).containsExactly("pod-2");
    }

    @Test
    void roundRobinGivesEachItsTurnByWeight() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1).setWeight(3))
                .addEndpoints(endpoint(2))
                .setPolicy(algorithm(LoadBalancer.Algorithm.ROUND_ROBIN)));

        assertThat(counts(cluster, 400, "")).containsEntry("pod-1", 300).containsEntry("pod-2", 100);
    }

    @Test
    void chanceFollowsTheWeights() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1).setWeight(3))
                .addEndpoints(endpoint(2))
                .setPolicy(algorithm(LoadBalancer.Algorithm.RANDOM)));

        assertThat(counts(cluster, 4000, "").get("pod-1")).isCloseTo(3000, within(150));
    }

    @Test
    void theLessBusyOfTwoIsPreferred() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1)).addEndpoints(endpoint(2)));
        List<Lease> open = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            open.add(lease(cluster));
        }

        Map<String, Integer> held = new HashMap<>();
        open.forEach(lease -> held.merge(lease.endpoint().uid(), 1, Integer::sum));

        assertThat(held.get("pod-1")).isCloseTo(50, within(3));
        open.forEach(Lease::close);
    }

    @Test
    void aHashStaysWithItsEndpointAndFewMoveWhenOneGoes() {
        for (boolean maglev : new boolean[] {false, true}) {
            TrafficPolicy policy = TrafficPolicy.newBuilder()
                    .setLoadBalancer(LoadBalancer.newBuilder()
                            .setConsistentHash(ConsistentHash.newBuilder()
                                    .setHeader("user")
                                    .setMaglev(maglev)))
                    .build();
            dev.culvert.api.waypoint.Cluster.Builder five = base().setPolicy(policy);
            for (int i = 1; i <= 5; i++) {
                five.addEndpoints(endpoint(i));
            }
            Cluster before = cluster(five);
            Cluster after = cluster(five.clone().removeEndpoints(4));

            Map<String, Integer> shares = new TreeMap<>();
            int moved = 0;
            for (int key = 0; key < 5000; key++) {
                long hash = HashTable.hash("user-" + key);
                String first = uid(pick(before, "", hash));
                assertThat(uid(pick(before, "", hash))).isEqualTo(first);
                shares.merge(first, 1, Integer::sum);
                if (!first.equals("pod-5") && !uid(pick(after, "", hash)).equals(first)) {
                    moved++;
                }
            }

            assertThat(shares.values()).allSatisfy(share -> assertThat(share).isCloseTo(1000, within(350)));
            assertThat(moved)
                    .as("of 4000 whose endpoint stayed, maglev: %s", maglev)
                    .isLessThan(maglev ? 250 : 1);
        }
    }

    @Test
    void endpointsInARowOfServerErrorsAreSetAsideAndComeBack() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1))
                .addEndpoints(endpoint(2))
                .setPolicy(TrafficPolicy.newBuilder()
                        .setOutlierDetection(OutlierDetection.newBuilder()
                                .setConsecutive5Xx(3)
                                .setMaxEjectionPercent(100)
                                .setBaseEjectionTime(seconds(30)))));
        fail(cluster, "pod-1", 3);
        now = System.nanoTime();

        assertThat(counts(cluster, 30, "").keySet()).containsExactly("pod-2");
        fail(cluster, "pod-2", 3);
        now = System.nanoTime();
        assertThat(pick(cluster, "", null))
                .isInstanceOfSatisfying(
                        Pick.NoEndpoint.class,
                        no -> assertThat(no.reason()).contains("2 of 2 ready endpoints are ejected"));

        now += 31_000_000_000L;
        assertThat(counts(cluster, 60, "").keySet()).containsExactlyInAnyOrder("pod-1", "pod-2");
    }

    @Test
    void oneMayAlwaysBeEjectedAndNoMoreThanThePercentage() {
        dev.culvert.api.waypoint.Cluster.Builder builder = base().setPolicy(TrafficPolicy.newBuilder()
                .setOutlierDetection(OutlierDetection.newBuilder().setConsecutive5Xx(1)));
        for (int i = 1; i <= 5; i++) {
            builder.addEndpoints(endpoint(i));
        }
        Cluster cluster = cluster(builder);

        fail(cluster, "pod-1", 1);
        fail(cluster, "pod-2", 1);
        now = System.nanoTime();

        assertThat(counts(cluster, 100, "").keySet()).containsExactlyInAnyOrder("pod-2", "pod-3", "pod-4", "pod-5");
    }

    @Test
    void anAnswerInOrderEndsTheRowOfErrors() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1))
                .addEndpoints(endpoint(2))
                .setPolicy(TrafficPolicy.newBuilder()
                        .setOutlierDetection(OutlierDetection.newBuilder().setConsecutive5Xx(3))));
        for (int i = 0; i < 4; i++) {
            fail(cluster, "pod-1", 2);
            Lease lease = leaseOf(cluster, "pod-1");
            lease.answered(200);
            lease.close();
        }
        now = System.nanoTime();

        assertThat(counts(cluster, 60, "")).containsKey("pod-1");
    }

    @Test
    void theNearestTierServesWhileItCan() {
        dev.culvert.api.waypoint.Cluster.Builder builder = base().addEndpoints(
                        endpoint(1).setRegion("eu").setZone("eu-1"))
                .addEndpoints(endpoint(2).setRegion("eu").setZone("eu-2"))
                .addEndpoints(endpoint(3).setRegion("us").setZone("us-1"))
                .setLocality(LocalityPreference.newBuilder()
                        .setMode(LocalityPreference.Mode.FAILOVER)
                        .addScopes(Scope.REGION)
                        .addScopes(Scope.ZONE));

        assertThat(counts(cluster(builder), 50, "").keySet()).containsExactly("pod-1");
        builder.setEndpoints(0, builder.getEndpoints(0).toBuilder().setHealthy(false));
        assertThat(counts(cluster(builder), 50, "").keySet()).containsExactly("pod-2");
        builder.setEndpoints(1, builder.getEndpoints(1).toBuilder().setHealthy(false));
        assertThat(counts(cluster(builder), 50, "").keySet()).containsExactly("pod-3");
    }

    @Test
    void strictLocalityNeverLeavesItsPlace() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1).setNode("node-2"))
                .setLocality(LocalityPreference.newBuilder()
                        .setMode(LocalityPreference.Mode.STRICT)
                        .addScopes(Scope.NODE)));

        assertThat(pick(cluster, "", null)).isInstanceOf(Pick.NoEndpoint.class);
    }

    @Test
    void sharesByPlaceAreKept() {
        Cluster cluster =
                cluster(base().addEndpoints(endpoint(1).setRegion("eu").setZone("eu-1"))
                        .addEndpoints(endpoint(2).setRegion("eu").setZone("eu-1"))
                        .addEndpoints(endpoint(3).setRegion("us").setZone("us-1"))
                        .setPolicy(TrafficPolicy.newBuilder()
                                .setLoadBalancer(LoadBalancer.newBuilder()
                                        .setAlgorithm(LoadBalancer.Algorithm.RANDOM)
                                        .setLocality(LocalityRules.newBuilder()
                                                .setEnabled(true)
                                                .addDistribute(LocalityRules.Distribute.newBuilder()
                                                        .setFrom("eu/eu-1/*")
                                                        .putTo("eu/*", 80)
                                                        .putTo("us/*", 20))))));

        assertThat(counts(cluster, 5000, "").get("pod-3")).isCloseTo(1000, within(120));
    }

    @Test
    void limitsOfTheConnectionPoolAreKeptAndGivenBack() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1))
                .setPolicy(TrafficPolicy.newBuilder()
                        .setConnectionPool(ConnectionPool.newBuilder().setHttp2MaxRequests(2))));
        Lease first = lease(cluster);
        Lease second = lease(cluster);

        assertThat(pick(cluster, "", null))
                .isInstanceOfSatisfying(
                        Pick.Overflow.class, over -> assertThat(over.limit()).isEqualTo("http2MaxRequests 2"));
        first.close();
        first.close();
        lease(cluster).close();
        second.close();
    }

    @Test
    void aTriedEndpointIsAvoidedWhileThereAreOthers() {
        Cluster cluster = cluster(base().addEndpoints(endpoint(1)).addEndpoints(endpoint(2)));
        for (int i = 0; i < 50; i++) {
            Pick pick = cluster.pick(new PickRequest(80, "", null, Set.of("pod-1"), true, random, now));
            assertThat(uid(pick)).isEqualTo("pod-2");
        }

        Pick last = cluster.pick(new PickRequest(80, "", null, Set.of("pod-1", "pod-2"), true, random, now));

        assertThat(last).isInstanceOf(Pick.Chosen.class);
    }

    @Test
    void aNewEndpointWarmsUp() {
        dev.culvert.api.waypoint.Cluster.Builder builder = base().addEndpoints(endpoint(1))
                .setPolicy(TrafficPolicy.newBuilder()
                        .setLoadBalancer(LoadBalancer.newBuilder()
                                .setAlgorithm(LoadBalancer.Algorithm.RANDOM)
                                .setWarmup(seconds(100))));
        ClusterTable before = ClusterTable.empty(SELF).with(List.of(builder.build()), List.of(), 0);
        now = 1_000_000_000_000L;
        ClusterTable after =
                before.with(List.of(builder.addEndpoints(endpoint(2)).build()), List.of(), now);
        Cluster cluster = found(after);

        int cold = counts(cluster, 2000, "").getOrDefault("pod-2", 0);
        now += 50_000_000_000L;
        int half = counts(cluster, 2000, "").getOrDefault("pod-2", 0);
        now += 60_000_000_000L;
        int warm = counts(cluster, 2000, "").getOrDefault("pod-2", 0);

        assertThat(cold).isLessThan(250);
        assertThat(half).isBetween(500, 850);
        assertThat(warm).isCloseTo(1000, within(120));
    }

    @Test
    void whatDidNotChangeStaysAndEndpointsKeepTheirCounts() {
        dev.culvert.api.waypoint.Cluster.Builder builder =
                base().addEndpoints(endpoint(1)).addEndpoints(endpoint(2));
        ClusterTable table = ClusterTable.empty(SELF).with(List.of(builder.build()), List.of(), 0);
        Lease held = leaseOf(found(table), "pod-1");

        ClusterTable same = table.with(List.of(builder.build()), List.of(), 1);
        ClusterTable changed = table.with(List.of(builder.setService("other").build()), List.of(), 1);

        assertThat(same.get("shop/web.shop")).isSameAs(table.get("shop/web.shop"));
        for (int i = 0; i < 100; i++) {
            Lease lease = lease(found(changed));
            lease.close();
        }
        assertThat(found(changed).states().get("pod-1@10.0.0.1"))
                .satisfies(state -> assertThat(state.active()).isEqualTo(1));
        held.close();
        assertThat(table.with(List.of(), List.of("shop/web.shop"), 2).get("shop/web.shop"))
                .isNull();
    }

    private void fail(Cluster cluster, String uid, int times) {
        for (int i = 0; i < times; i++) {
            Lease lease = leaseOf(cluster, uid);
            lease.answered(503);
            lease.close();
        }
    }

    private Lease leaseOf(Cluster cluster, String uid) {
        now = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            Lease lease = lease(cluster);
            if (lease.endpoint().uid().equals(uid)) {
                return lease;
            }
            lease.close();
        }
        throw new AssertionError(uid + " was never chosen");
    }

    private Lease lease(Cluster cluster) {
        if (pick(cluster, "", null) instanceof Pick.Chosen(Lease lease)) {
            return lease;
        }
        throw new AssertionError("nothing was chosen");
    }

    private Pick pick(Cluster cluster, String subset, @Nullable Long hash) {
        return cluster.pick(new PickRequest(80, subset, hash, Set.of(), false, random, now));
    }

    private Map<String, Integer> counts(Cluster cluster, int times, String subset) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < times; i++) {
            counts.merge(uid(pick(cluster, subset, null)), 1, Integer::sum);
        }
        return counts;
    }

    private static String uid(Pick pick) {
        if (pick instanceof Pick.Chosen(Lease lease)) {
            lease.close();
            return lease.endpoint().uid();
        }
        throw new AssertionError("nothing was chosen: " + pick);
    }

    private static Cluster cluster(dev.culvert.api.waypoint.Cluster.Builder builder) {
        return found(ClusterTable.empty(SELF).with(List.of(builder.build()), List.of(), 0));
    }

    private static Cluster found(ClusterTable table) {
        Cluster cluster = table.get("shop/web.shop");
        if (cluster == null) {
            throw new AssertionError("no cluster in " + table.all());
        }
        return cluster;
    }

    private static dev.culvert.api.waypoint.Cluster.Builder base() {
        return dev.culvert.api.waypoint.Cluster.newBuilder()
                .setNamespace("shop")
                .setHostname("web.shop")
                .setService("web")
                .addPorts(ClusterPort.newBuilder().setPort(80));
    }

    private static dev.culvert.api.waypoint.Endpoint.Builder endpoint(int number) {
        return dev.culvert.api.waypoint.Endpoint.newBuilder()
                .setUid("pod-" + number)
                .addAddresses(ByteString.copyFrom(new byte[] {10, 0, 0, (byte) number}))
                .putPorts(80, 8080)
                .setHealthy(true)
                .setWeight(1);
    }

    private static TrafficPolicy.Builder algorithm(LoadBalancer.Algorithm algorithm) {
        return TrafficPolicy.newBuilder()
                .setLoadBalancer(LoadBalancer.newBuilder().setAlgorithm(algorithm));
    }

    private static com.google.protobuf.Duration seconds(int seconds) {
        return com.google.protobuf.Duration.newBuilder().setSeconds(seconds).build();
    }
}

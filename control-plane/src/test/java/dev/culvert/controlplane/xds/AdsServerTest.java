package dev.culvert.controlplane.xds;

import static dev.culvert.controlplane.xds.AdsFixture.QUICK;
import static dev.culvert.controlplane.xds.AdsFixture.resource;
import static dev.culvert.controlplane.xds.RawAdsClient.names;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdsServerTest {
    private static final String TYPE = TypeUrls.ADDRESS;

    private AdsFixture server;

    @BeforeEach
    void start() throws Exception {
        server = new AdsFixture(QUICK);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private void restart(XdsLimits limits) throws Exception {
        server.close();
        server = new AdsFixture(limits);
    }

    private static XdsLimits limits(long responseBytes, long largeBytes, long budget, Duration acknowledge) {
        return new XdsLimits(
                3, 2, 100, 64, 5, 20, responseBytes, largeBytes, budget, acknowledge, Duration.ZERO, Duration.ZERO);
    }

    @Test
    void tellsAWildcardClientEverythingThenChangesThenRemovals() throws Exception {
        server.put(resource("a", "1"), resource("b", "1"));
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        DeltaDiscoveryResponse first = client.take();
        assertThat(names(first)).containsExactlyInAnyOrder("a", "b");
        assertThat(first.getResources(0).getVersion()).isEqualTo("1");
        assertThat(first.getTypeUrl()).isEqualTo(TYPE);

        server.put(resource("b", "2"), resource("c", "1"));
        assertThat(names(client.take())).containsExactlyInAnyOrder("b", "c");

        server.addresses.apply(List.of(), List.of("a"));
        DeltaDiscoveryResponse removal = client.take();
        assertThat(removal.getRemovedResourcesList()).containsExactly("a");
        assertThat(removal.getResourcesList()).isEmpty();
    }

    @Test
    void takesAStarForAWildcardToo() throws Exception {
        server.put(resource("a", "1"));
        RawAdsClient client = server.client("n1");
        client.subscribe(TYPE, "*");
        assertThat(names(client.take())).containsExactly("a");
        server.put(resource("b", "1"));
        assertThat(names(client.take())).containsExactly("b");
    }

    @Test
    void answersAnEmptyWorldSoThatAClientCanBecomeReady() throws Exception {
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        client.wildcard(TypeUrls.AUTHORIZATION, Map.of());
        assertThat(List.of(client.take().getTypeUrl(), client.take().getTypeUrl()))
                .containsExactlyInAnyOrder(TYPE, TypeUrls.AUTHORIZATION);
        assertThat(client.poll(100)).isNull();
    }

    @Test
    void sendsOnReconnectOnlyWhatDiffers() throws Exception {
        server.put(resource("same", "1"), resource("changed", "2"), resource("new", "1"));
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of("same", "1", "changed", "1", "gone", "1"));
        DeltaDiscoveryResponse first = client.take();
        assertThat(names(first)).containsExactlyInAnyOrder("changed", "new");
        assertThat(first.getRemovedResourcesList()).containsExactly("gone");
        server.put(resource("same", "2"));
        assertThat(names(client.take())).containsExactly("same");
    }

    @Test
    void doesNotRepeatAResourceInTheSameVersion() throws Exception {
        server.put(resource("a", "1"));
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        client.take();
        server.put(resource("a", "1"));
        assertThat(client.poll(200)).isNull();
    }

    @Test
    void sendsARejectedResourceAgainOnlyWhenItChanges() throws Exception {
        server.put(resource("bad", "1"));
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        client.nack(client.next(), "bad: no address");
        Awaitility.await().until(() -> server.rejected.get() == 1);
        assertThat(server.ads.clients().getFirst().types().getFirst().lastRejection())
                .isEqualTo("bad: no address");
        assertThat(client.poll(200)).isNull();
        server.put(resource("other", "1"));
        assertThat(names(client.take())).containsExactly("other");
        server.put(resource("bad", "2"));
        assertThat(names(client.take())).containsExactly("bad");
    }

    @Test
    void keepsOneResponseOnItsWayAndGathersTheRest() throws Exception {
        server.put(resource("a", "0"));
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        DeltaDiscoveryResponse first = client.next();
        for (int i = 1; i <= 500; i++) {
            server.put(resource("a", Integer.toString(i)), resource("b" + i % 3, Integer.toString(i)));
        }
        server.addresses.apply(List.of(), List.of("b0"));
        assertThat(client.poll(200)).as("nothing before the acknowledgement").isNull();
        client.ack(first);
        DeltaDiscoveryResponse second = client.take();
        assertThat(names(second)).containsExactlyInAnyOrder("a", "b1", "b2");
        assertThat(second.getRemovedResourcesList()).containsExactly("b0");
        assertThat(second.getResourcesList())
                .filteredOn(r -> r.getName().equals("a"))
                .allMatch(r -> r.getVersion().equals("500"));
    }

    @Test
    void tellsOfAWorkloadOnlyAfterThePoliciesThatCameBeforeIt() throws Exception {
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        client.wildcard(TypeUrls.AUTHORIZATION, Map.of());
        client.take();
        client.take();
        server.policies.apply(List.of(resource("ns/first", "1")), List.of());
        DeltaDiscoveryResponse first = client.next();
        server.policies.apply(List.of(resource("ns/second", "1")), List.of());
        server.put(resource("workload", "1"));
        assertThat(client.poll(200))
                .as("the second policy waits, and the workload behind it")
                .isNull();
        client.ack(first);
        assertThat(names(client.take())).containsExactly("ns/second");
        assertThat(names(client.take())).containsExactly("workload");
    }

    @Test
    void doesNotTakeAStrangeNonceForAnAcknowledgement() throws Exception {
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        DeltaDiscoveryResponse first = client.next();
        client.send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(TYPE).setResponseNonce("other"));
        server.put(resource("a", "1"));
        assertThat(client.poll(200)).isNull();
        client.ack(first);
        assertThat(names(client.take())).containsExactly("a");
    }

    @Test
    void answersOnDemandByNameAndByAddress() throws Exception {
        server.put(
                resource("c//Pod/ns/p", "1", Set.of("net/10.0.0.7"), "n2", 10),
                resource("ns/svc.local", "1", Set.of("net/10.1.0.1"), "", 10));
        RawAdsClient client = server.client("n1");
        client.onDemand(TYPE, Map.of());
        assertThat(client.take().getResourcesList()).isEmpty();
        client.subscribe(TYPE, "net/10.0.0.7");
        assertThat(names(client.take())).containsExactly("c//Pod/ns/p");
        client.subscribe(TYPE, "net/10.9.9.9");
        assertThat(client.take().getRemovedResourcesList()).containsExactly("net/10.9.9.9");
        client.subscribe(TYPE, "c//Pod/ns/p");
        assertThat(names(client.take())).containsExactly("c//Pod/ns/p");

        server.put(resource("ns/svc.local", "2", Set.of("net/10.1.0.1"), "", 10));
        assertThat(client.poll(200)).as("not asked for").isNull();
        server.put(resource("late", "1", Set.of("net/10.9.9.9"), "", 10));
        assertThat(names(client.take())).containsExactly("late");
        server.addresses.apply(List.of(), List.of("c//Pod/ns/p", "ns/svc.local"));
        assertThat(client.take().getRemovedResourcesList()).containsExactly("c//Pod/ns/p");
    }

    @Test
    void tellsAnOnDemandClientOfItsOwnNodesPodsAndOfAServicesWorkloads() throws Exception {
        server.put(
                resource("local", "1", Set.of(), "n1", 10),
                resource("remote", "1", Set.of("ns/svc"), "n2", 10),
                resource("ns/svc", "1", Set.of(), "", 10));
        RawAdsClient client = server.client("n1");
        client.onDemand(TYPE, Map.of());
        assertThat(names(client.take())).containsExactly("local");
        client.subscribe(TYPE, "ns/svc");
        assertThat(names(client.take())).containsExactlyInAnyOrder("ns/svc", "remote");
        server.put(
                resource("second", "1", Set.of("ns/svc"), "n3", 10),
                resource("alsoLocal", "1", Set.of(), "n1", 10),
                resource("stranger", "1", Set.of(), "n3", 10));
        assertThat(names(client.take())).containsExactlyInAnyOrder("second", "alsoLocal");
        server.addresses.apply(List.of(), List.of("second", "stranger"));
        assertThat(client.take().getRemovedResourcesList()).containsExactly("second");
    }

    @Test
    void resumesAnOnDemandClientFromTheVersionsItBrings() throws Exception {
        server.put(resource("same", "1"), resource("changed", "2"), resource("pending", "1"));
        RawAdsClient client = server.client("n1");
        client.onDemand(TYPE, Map.of("same", "1", "changed", "1", "pending", "", "gone", "1"));
        DeltaDiscoveryResponse first = client.take();
        assertThat(names(first)).containsExactlyInAnyOrder("changed", "pending");
        assertThat(first.getRemovedResourcesList()).containsExactly("gone");
        server.put(resource("same", "2"));
        assertThat(names(client.take())).containsExactly("same");
    }

    @Test
    void forgetsWhatIsUnsubscribed() throws Exception {
        server.put(resource("a", "1"), resource("b", "1"));
        RawAdsClient client = server.client("n1");
        client.subscribe(TYPE, "a", "b");
        assertThat(names(client.take())).containsExactlyInAnyOrder("a", "b");
        client.send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(TYPE).addResourceNamesUnsubscribe("a"));
        client.subscribe(TYPE, "marker");
        assertThat(client.take().getRemovedResourcesList()).containsExactly("marker");
        server.put(resource("a", "2"), resource("b", "2"));
        assertThat(names(client.take())).containsExactly("b");
    }

    @Test
    void cutsALargeStateIntoSeveralResponses() throws Exception {
        restart(limits(10_000, 1L << 20, 1L << 20, Duration.ofSeconds(60)));
        for (int i = 0; i < 50; i++) {
            server.put(resource("r" + i, "1", Set.of(), "", 1_000));
        }
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        List<String> got = new ArrayList<>();
        int responses = 0;
        while (got.size() < 50) {
            got.addAll(names(client.take()));
            responses++;
        }
        assertThat(got).doesNotHaveDuplicates();
        assertThat(responses).isBetween(5, 7);
    }

    @Test
    void servesLargeStatesOneAfterTheOther() throws Exception {
        restart(limits(1 << 20, 1_000, 5_000, Duration.ofSeconds(60)));
        server.put(resource("big", "1", Set.of(), "", 4_000));
        RawAdsClient one = server.client("n1");
        one.wildcard(TYPE, Map.of());
        DeltaDiscoveryResponse first = one.next();
        RawAdsClient two = server.client("n2");
        two.wildcard(TYPE, Map.of());
        assertThat(two.poll(200)).as("waits for room").isNull();
        one.ack(first);
        assertThat(names(two.take())).containsExactly("big");
    }

    @Test
    void givesTheRoomOfAClientThatLeavesToTheNext() throws Exception {
        restart(limits(1 << 20, 1_000, 5_000, Duration.ofSeconds(60)));
        server.put(resource("big", "1", Set.of(), "", 4_000));
        RawAdsClient one = server.client("n1");
        one.wildcard(TYPE, Map.of());
        one.next();
        RawAdsClient two = server.client("n2");
        two.wildcard(TYPE, Map.of());
        one.close();
        assertThat(names(two.take())).containsExactly("big");
    }

    @Test
    void disconnectsAClientThatDoesNotAcknowledge() throws Exception {
        restart(limits(1 << 20, 1 << 20, 1 << 20, Duration.ofMillis(50)));
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        client.next();
        Status status = client.end.get(20, TimeUnit.SECONDS);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).contains("not acknowledged within");
    }

    @Test
    void slowsAFloodOfRequestsDownWithoutLosingAny() throws Exception {
        restart(limits(1 << 20, 1 << 20, 1 << 20, Duration.ofSeconds(60)));
        RawAdsClient client = server.client("n1");
        client.onDemand(TYPE, Map.of());
        client.take();
        long start = System.nanoTime();
        IntStream.range(0, 25).forEach(i -> client.subscribe(TYPE, "x" + i));
        List<String> answered = new ArrayList<>();
        while (answered.size() < 25) {
            answered.addAll(client.take().getRemovedResourcesList());
        }
        assertThat(answered).doesNotHaveDuplicates();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(800));
    }

    @Test
    void refusesTooManyNamesAndTooLongOnes() throws Exception {
        RawAdsClient many = server.client("n1");
        many.subscribe(TYPE, IntStream.range(0, 101).mapToObj(i -> "n" + i).toArray(String[]::new));
        assertThat(many.end.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        RawAdsClient longer = server.client("n1");
        longer.subscribe(TYPE, "x".repeat(65));
        assertThat(longer.end.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void refusesMoreStreamsThanItsLimitsAllowAndRecovers() throws Exception {
        restart(limits(1 << 20, 1 << 20, 1 << 20, Duration.ofSeconds(60)));
        RawAdsClient one = server.client("n1");
        RawAdsClient two = server.client("n1");
        one.wildcard(TYPE, Map.of());
        two.wildcard(TYPE, Map.of());
        one.take();
        two.take();
        RawAdsClient third = server.client("n1");
        assertThat(third.end.get(10, TimeUnit.SECONDS).getDescription()).contains("of one token");
        one.close();
        assertThat(one.end.get(10, TimeUnit.SECONDS).isOk()).isTrue();
        RawAdsClient again = server.client("n1");
        again.wildcard(TYPE, Map.of());
        again.take();
    }

    @Test
    void refusesANodeThatIsNotTheTokens() throws Exception {
        RawAdsClient client = new RawAdsClient(server.channel(), "node:n1", "n2");
        client.wildcard(TYPE, Map.of());
        assertThat(client.end.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void refusesAWrongToken() throws Exception {
        RawAdsClient client = new RawAdsClient(server.channel(), "guess", "n1");
        Status status = client.end.get(10, TimeUnit.SECONDS);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(status.getDescription()).isEqualTo("authentication failed");
    }

    @Test
    void endsTheStreamsOfARevokedToken() throws Exception {
        RawAdsClient gone = server.client("n1");
        RawAdsClient kept = server.client("n2");
        gone.wildcard(TYPE, Map.of());
        kept.wildcard(TYPE, Map.of());
        gone.take();
        kept.take();
        server.ads.disconnect(caller -> caller.credential().equals("node:n1"));
        assertThat(gone.end.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        server.put(resource("a", "1"));
        assertThat(names(kept.take())).containsExactly("a");
    }

    @Test
    void makesAClientBeginAnewWhoseRemovalsAreForgotten() throws Exception {
        server.put(resource("a", "1"));
        RawAdsClient client = server.client("n1");
        client.wildcard(TYPE, Map.of());
        DeltaDiscoveryResponse first = client.next();
        List<PublishedResource> many = IntStream.range(0, ResourceTable.MAX_TOMBSTONES + 1)
                .mapToObj(i -> resource("t" + i, "1"))
                .toList();
        server.addresses.apply(many, List.of());
        server.addresses.apply(
                List.of(), many.stream().map(PublishedResource::name).toList());
        assertThat(server.addresses.size()).isEqualTo(1);
        client.ack(first);
        Status status = client.end.get(10, TimeUnit.SECONDS);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).contains("too far behind");
    }

    @Test
    void reachesEveryOneOfTwoHundredClients() throws Exception {
        server.put(resource("a", "1"));
        List<RawAdsClient> clients = new ArrayList<>();
        List<io.grpc.ManagedChannel> shared =
                IntStream.range(0, 10).mapToObj(_ -> server.channel()).toList();
        for (int i = 0; i < 200; i++) {
            RawAdsClient client = new RawAdsClient(shared.get(i % 10), "node:n" + i, "n" + i);
            client.wildcard(TYPE, Map.of());
            clients.add(client);
        }
        for (RawAdsClient client : clients) {
            client.take();
        }
        server.put(resource("a", "2"));
        for (RawAdsClient client : clients) {
            assertThat(names(client.take())).containsExactly("a");
        }
    }
}

package dev.culvert.mesh.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.authz.Authorization.Action;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadName;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ArrivalTest {
    private static final WorkloadName NAME = new WorkloadName("ns", "a", "sa");

    private final StateThread thread = new StateThread();
    private final MeshState state = new MeshState(new LocalNode("n1"), thread);
    private final Arrival arrival = new Arrival(state);
    private final DefaultEventExecutor loop = new DefaultEventExecutor();
    private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        thread.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5000);
    }

    @Test
    void answersAtOnceWhenItIsThere() throws InterruptedException {
        arrive("n1");
        await(Duration.ofSeconds(20));
        assertThat(next()).isEqualTo("arrived");
    }

    @Test
    void answersWhenItComes() throws InterruptedException {
        await(Duration.ofSeconds(20));
        await(Duration.ofSeconds(20));
        arrive("n2");
        assertThat(outcomes).isEmpty();
        arrive("n1");
        assertThat(next()).isEqualTo("arrived");
        assertThat(next()).isEqualTo("arrived");
    }

    @Test
    void givesUpInTimeAndSaysSoOnce() throws InterruptedException {
        await(Duration.ofMillis(20));
        assertThat(next()).isEqualTo("missing");
        arrive("n1");
        onLoop(() -> {});
        assertThat(outcomes).isEmpty();
    }

    @Test
    void isSilentWhenCalledOff() {
        onLoop(() -> arrival.await(NAME, loop, Duration.ofMillis(1), outcome()).cancel());
        arrive("n1");
        onLoop(() -> {});
        assertThat(outcomes).isEmpty();
    }

    @Test
    void waitsForThePoliciesThatTheWorkloadListsWhereItIsJudged() throws InterruptedException {
        arriveWith("p");
        await(Duration.ofSeconds(20));
        assertThat(next()).isEqualTo("arrived");
        awaitJudgeable(Duration.ofSeconds(20));
        onLoop(() -> {});
        assertThat(outcomes).isEmpty();
        tellPolicy("other");
        assertThat(outcomes).isEmpty();
        tellPolicy("p");
        assertThat(next()).isEqualTo("arrived");
        awaitJudgeable(Duration.ofSeconds(20));
        assertThat(outcomes).containsExactly("arrived");
    }

    @Test
    void waitsOnceForAPolicyThatNeverComesAndThenGoesOnWithoutIt() throws InterruptedException {
        arriveWith("never");
        awaitJudgeable(Duration.ofMillis(50));
        assertThat(outcomes).isEmpty();
        assertThat(next()).isEqualTo("arrived");
        awaitJudgeable(Duration.ofMillis(50));
        assertThat(outcomes).as("without another wait").containsExactly("arrived");
    }

    private void awaitJudgeable(Duration patience) {
        onLoop(() -> arrival.awaitJudgeable(NAME, loop, patience, outcome()));
    }

    private void arriveWith(String policy) {
        Workload workload = Workload.withUid("u")
                .id("ns", "a", "sa")
                .node("n1")
                .policy(new PolicyKey("ns", policy))
                .build();
        state.submit(MeshBatch.ofAddresses(List.of(), List.of(workload), List.of()))
                .join();
    }

    private void tellPolicy(String name) {
        Authorization policy = new Authorization(
                new PolicyKey("ns", name), Authorization.Scope.WORKLOAD_SELECTOR, Action.DENY, List.of(), false);
        state.submit(MeshBatch.ofPolicies(List.of(), List.of(policy))).join();
    }

    private void arrive(String node) {
        Workload workload = Workload.withUid("u").id("ns", "a", "sa").node(node).build();
        state.submit(MeshBatch.ofAddresses(List.of(), List.of(workload), List.of()))
                .join();
    }

    private void await(Duration patience) {
        onLoop(() -> arrival.await(NAME, loop, patience, outcome()));
    }

    private void onLoop(Runnable task) {
        CompletableFuture.runAsync(task, loop).orTimeout(10, TimeUnit.SECONDS).join();
    }

    private String next() throws InterruptedException {
        String outcome = outcomes.poll(10, TimeUnit.SECONDS);
        assertThat(outcome).isNotNull();
        return outcome;
    }

    private Arrival.Outcome outcome() {
        return new Arrival.Outcome() {
            @Override
            public void arrived(MeshSnapshot world, Workload own) {
                assertThat(world.localWorkload(NAME)).isEqualTo(own);
                outcomes.add(loop.inEventLoop() ? "arrived" : "arrived elsewhere");
            }

            @Override
            public void missing() {
                outcomes.add("missing");
            }
        };
    }
}

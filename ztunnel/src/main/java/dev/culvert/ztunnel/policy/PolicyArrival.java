package dev.culvert.ztunnel.policy;

import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.state.Arrival;
import dev.culvert.mesh.state.MeshSnapshot;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lets an inbound connection wait for the workload of its pod and, for a moment more, for the policies that the
/// workload lists: a control plane tells of the two one after the other. Confined to the loop of the connection.
///
/// When a policy does not come the connection goes on, and the gate refuses it.
public final class PolicyArrival implements Arrival.Outcome, Arrival.Wait {
    /// How long a connection waits for a policy.
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final long LOOK_MILLIS = 20;

    private final Arrival arrival;
    private final WorkloadName name;
    private final EventLoop loop;
    private final Duration patience;
    private final Arrival.Outcome outcome;
    private int looksLeft = Math.toIntExact(PATIENCE.toMillis() / LOOK_MILLIS);
    private Arrival.@Nullable Wait wait;
    private @Nullable Future<?> nextLook;

    private PolicyArrival(
            Arrival arrival, WorkloadName name, EventLoop loop, Duration patience, Arrival.Outcome outcome) {
        this.arrival = arrival;
        this.name = name;
        this.loop = loop;
        this.patience = patience;
        this.outcome = outcome;
    }

    /// Waits for the workload of this node with `name`, for `patience` at most; on `loop`. When nothing is missing,
    /// `outcome` is told before this returns.
    public static Arrival.Wait await(
            Arrival arrival, WorkloadName name, EventLoop loop, Duration patience, Arrival.Outcome outcome) {
        PolicyArrival waiting = new PolicyArrival(arrival, name, loop, patience, outcome);
        waiting.look();
        return waiting;
    }

    private void look() {
        nextLook = null;
        wait = arrival.await(name, loop, patience, this);
    }

    @Override
    public void arrived(MeshSnapshot world, Workload own) {
        if (own.policies().isEmpty()
                || looksLeft-- == 0
                || world.missingPolicies(own).isEmpty()) {
            outcome.arrived(world, own);
        } else {
            nextLook = loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void missing() {
        outcome.missing();
    }

    @Override
    public void cancel() {
        if (wait != null) {
            wait.cancel();
        }
        if (nextLook != null) {
            nextLook.cancel(false);
        }
    }
}

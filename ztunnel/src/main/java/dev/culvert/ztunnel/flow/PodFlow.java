package dev.culvert.ztunnel.flow;

import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.Arrival;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.connection.Captured;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.ConnectionEntry;
import dev.culvert.ztunnel.connection.Direction;
import org.jspecify.annotations.Nullable;

/// How every connection of a pod begins, whichever way it goes: its books are opened, and it waits for the pod's own
/// workload. From there until the relay takes over it is the subclass's. Confined to the loop of the connection.
public abstract class PodFlow implements ConnectionEntry.Target, Arrival.Outcome {
    protected final DataPath path;
    protected final PodContext pod;
    protected final LoopState loop;
    protected final Captured captured;
    protected final ConnectionEntry entry;
    private Arrival.@Nullable Wait wait;
    private boolean over;

    protected PodFlow(DataPath path, PodContext pod, LoopState loop, Direction direction, Captured captured) {
        this.path = path;
        this.pod = pod;
        this.loop = loop;
        this.captured = captured;
        entry = loop.connections().open(pod.pod(), direction, captured);
    }

    /// Decides on one snapshot, in which the workload is the pod's own.
    protected abstract void decide(MeshSnapshot world, Workload own);

    /// Gives up what is under way besides the wait. Called once, and not if it comes to a relay.
    protected abstract void cancel();

    /// Waits for the pod's own workload, and then decides.
    protected final void awaitOwn() {
        wait = path.arrival().await(pod.pod().workload(), loop.loop(), DataPath.PATIENCE, this);
    }

    /// The same, once every policy of that workload is known too.
    protected final void awaitJudgeable() {
        wait = path.arrival().awaitJudgeable(pod.pod().workload(), loop.loop(), DataPath.PATIENCE, this);
    }

    @Override
    public final void missing() {
        abort(new CloseReason.UnknownPod(pod.pod(), DataPath.PATIENCE));
    }

    @Override
    public final void arrived(MeshSnapshot world, Workload own) {
        if (!over) {
            decide(world, own);
        }
    }

    protected final boolean isOver() {
        return over;
    }

    /// The relay takes over.
    protected final void relayed() {
        over = true;
    }

    /// Ends the connection, unless it was relayed or has ended.
    ///
    /// @return whether it ended now
    protected final boolean end(CloseReason reason) {
        if (over) {
            return false;
        }
        over = true;
        if (wait != null) {
            wait.cancel();
        }
        cancel();
        entry.end(reason);
        return true;
    }
}

package dev.culvert.ztunnel.route;

import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.state.Arrival;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.mesh.xds.OnDemand;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.route.Unknowns.Wanted;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/// The questions of one connection to the control plane, where the world is asked for piece by piece. Confined to the
/// loop of the connection.
///
/// Each thing is asked for once. One that is not answered in time ends the connection: to go on as if it did not exist
/// could go around the mesh.
public final class Inquiry {
    private final DataPath path;
    private final WorkloadName name;
    private final EventLoop loop;
    private final Arrival.Outcome again;
    private final Consumer<CloseReason> failed;
    private final Set<Wanted> asked = new HashSet<>(4);
    private boolean over;

    /// @param name of the workload of the pod
    /// @param again told when there is more to decide on
    /// @param failed told when there was no answer
    public Inquiry(
            DataPath path, WorkloadName name, EventLoop loop, Arrival.Outcome again, Consumer<CloseReason> failed) {
        this.path = path;
        this.name = name;
        this.loop = loop;
        this.again = again;
        this.failed = failed;
    }

    /// Whether one of `wanted` was not asked for before: it is now, and `again` will be told.
    public boolean asks(Set<Wanted> wanted) {
        for (Wanted each : wanted) {
            if (asked.add(each)) {
                OnDemand.Outcome outcome = (world, answered) -> settled(each, world, answered);
                switch (each) {
                    case Wanted.At(var address) -> path.onDemand().fetch(address, loop, DataPath.PATIENCE, outcome);
                    case Wanted.Named(var key) -> path.onDemand().fetch(key, loop, DataPath.PATIENCE, outcome);
                }
                return true;
            }
        }
        return false;
    }

    private void settled(Wanted wanted, MeshSnapshot world, boolean answered) {
        if (over) {
            return;
        }
        Workload own = world.localWorkload(name);
        if (!answered) {
            failed.accept(new CloseReason.NotAnswered(
                    switch (wanted) {
                        case Wanted.At(var address) -> address.toString();
                        case Wanted.Named(var key) -> key.toString();
                    },
                    DataPath.PATIENCE));
        } else if (own == null) {
            again.missing();
        } else {
            again.arrived(world, own);
        }
    }

    /// No answer is wanted any more.
    public void cancel() {
        over = true;
    }
}

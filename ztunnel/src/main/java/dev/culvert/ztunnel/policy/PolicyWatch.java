package dev.culvert.ztunnel.policy;

import dev.culvert.hbone.loop.PerLoop;
import dev.culvert.mesh.state.MeshListener;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.mesh.state.WorldChange;
import dev.culvert.ztunnel.flow.LoopState;

/// Has open inbound connections judged again when the world changes. Called on the state thread; the judging is done
/// on the loop of each connection.
///
/// What counts as a change is a policy, or a workload of this node, whose list of policies may be another now.
public final class PolicyWatch implements MeshListener {
    private final PerLoop<LoopState> loops;

    public PolicyWatch(PerLoop<LoopState> loops) {
        this.loops = loops;
    }

    @Override
    public void worldChanged(MeshSnapshot world, WorldChange change) {
        if (change.mayChangeVerdicts()) {
            loops.post(loop -> loop.connections().reconsider());
        }
    }
}

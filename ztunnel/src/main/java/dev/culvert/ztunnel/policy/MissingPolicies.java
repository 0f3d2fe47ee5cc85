package dev.culvert.ztunnel.policy;

import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadUid;
import dev.culvert.mesh.state.MeshListener;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.mesh.state.MeshState;
import dev.culvert.mesh.state.WorldChange;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Warns, once, of each policy that a workload of this node lists and the control plane does not send. Confined to the
/// state thread.
///
/// A policy may come right after the workload that lists it, so it is looked for again before anything is said.
public final class MissingPolicies implements MeshListener {
    private static final Logger log = LoggerFactory.getLogger(MissingPolicies.class);

    private final MeshState mesh;
    private final Duration patience;
    private final Set<WorkloadUid> local = new HashSet<>();
    private final Map<WorkloadUid, List<PolicyKey>> told = new HashMap<>();
    private boolean looking;

    public MissingPolicies(MeshState mesh) {
        this(mesh, PolicyArrival.PATIENCE);
    }

    MissingPolicies(MeshState mesh, Duration patience) {
        this.mesh = mesh;
        this.patience = patience;
    }

    @Override
    public void worldChanged(MeshSnapshot world, WorldChange change) {
        for (WorkloadUid uid : change.localWorkloads()) {
            if (world.workload(uid) == null) {
                local.remove(uid);
                told.remove(uid);
            } else {
                local.add(uid);
            }
        }
        if (change.mayChangeVerdicts() && !looking) {
            looking = true;
            var _ = mesh.thread().schedule(patience, this::look);
        }
    }

    private void look() {
        looking = false;
        MeshSnapshot world = mesh.world();
        for (WorkloadUid uid : local) {
            Workload workload = world.workload(uid);
            if (workload != null && !workload.policies().isEmpty()) {
                look(workload, world.missingPolicies(workload));
            }
        }
    }

    private void look(Workload workload, List<PolicyKey> missing) {
        List<PolicyKey> before = missing.isEmpty() ? told.remove(workload.uid()) : told.put(workload.uid(), missing);
        if (!missing.isEmpty() && !missing.equals(before)) {
            log.atWarn()
                    .addKeyValue("workload", workload.uid())
                    .addKeyValue("policies", missing)
                    .log("policies that a workload lists are not known, so new connections to it are refused; was one "
                            + "of them rejected, or is it gone?");
        }
    }
}

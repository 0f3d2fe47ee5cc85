package dev.culvert.mesh.state;

import dev.culvert.mesh.model.WorkloadUid;
import java.util.Set;

/// What kinds of things differ between one published world and the next.
///
/// Immutable.
///
/// @param addresses whether a workload or service changed
/// @param policies whether a policy changed
/// @param localWorkloads the workloads of this node that came, went or changed; with a change of
///     policies these are what open connections are to be judged again for
public record WorldChange(boolean addresses, boolean policies, Set<WorkloadUid> localWorkloads) {
    public WorldChange {
        localWorkloads = Set.copyOf(localWorkloads);
    }

    /// Whether open connections may have to end: a policy changed, or a workload of this node did.
    public boolean mayChangeVerdicts() {
        return policies || !localWorkloads.isEmpty();
    }
}

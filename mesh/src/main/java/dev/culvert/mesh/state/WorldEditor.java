package dev.culvert.mesh.state;

import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadUid;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes the next world from the present one and a batch.
///
/// Confined to the state thread; one for each batch.
final class WorldEditor {
    /// A workload of this node before and after; null is not there, or not of this node.
    record LocalChange(@Nullable Workload before, @Nullable Workload after) {}

    private final MeshSnapshot base;
    private final LocalNode node;
    private final WorkloadIndex.Editor workloads;
    private final ServiceIndex.Editor services;
    private final EndpointIndex.Editor endpoints;
    private final List<LocalChange> localChanges = new ArrayList<>();
    private final Set<WorkloadUid> localWorkloads = new LinkedHashSet<>();
    private PolicyIndex policies;
    private boolean addressesChanged;

    WorldEditor(MeshSnapshot base, LocalNode node) {
        this.base = base;
        this.node = node;
        workloads = base.workloadIndex().edit(node);
        services = base.serviceIndex().edit();
        endpoints = base.endpointIndex().edit();
        policies = base.policyIndex();
    }

    void apply(MeshBatch batch) {
        batch.removedAddresses().forEach(this::removeAddress);
        batch.services().forEach(this::upsert);
        batch.workloads().forEach(this::upsert);
        policies = policies.with(batch.removedPolicies(), batch.policies());
    }

    boolean changedAnything() {
        return addressesChanged || policiesChanged();
    }

    MeshSnapshot build() {
        if (!addressesChanged) {
            return new MeshSnapshot(base.workloadIndex(), base.serviceIndex(), base.endpointIndex(), policies);
        }
        ServiceIndex nextServices = services.build();
        return new MeshSnapshot(workloads.build(), nextServices, endpoints.build(nextServices), policies);
    }

    WorldChange change() {
        return new WorldChange(addressesChanged, policiesChanged(), localWorkloads);
    }

    List<LocalChange> localChanges() {
        return localChanges;
    }

    private boolean policiesChanged() {
        return policies != base.policyIndex();
    }

    /// A name is tried as a uid first; a service's hostname has no slash.
    private void removeAddress(String name) {
        Workload workload = name.isEmpty() ? null : workloads.get(new WorkloadUid(name));
        if (workload != null) {
            replace(workload, null);
            return;
        }
        NamespacedHostname key = NamespacedHostname.tryParse(name);
        Service service = key == null ? null : services.get(key);
        if (service != null) {
            services.remove(service);
            touched(service);
        }
    }

    private void upsert(Service service) {
        Service before = services.get(service.key());
        if (service.equals(before)) {
            return;
        }
        if (before != null) {
            services.remove(before);
        }
        services.add(service);
        touched(service);
    }

    private void touched(Service service) {
        endpoints.touch(service.key());
        addressesChanged = true;
    }

    private void upsert(Workload workload) {
        Workload before = workloads.get(workload.uid());
        if (!workload.equals(before)) {
            replace(before, workload);
        }
    }

    private void replace(@Nullable Workload before, @Nullable Workload after) {
        if (before != null) {
            workloads.remove(before);
        }
        if (after != null) {
            workloads.add(after);
        }
        endpoints.change(before, after);
        addressesChanged = true;
        note(before);
        note(after);
        Workload localBefore = before != null && node.runs(before) ? before : null;
        Workload localAfter = after != null && node.runs(after) ? after : null;
        if (localBefore != null || localAfter != null) {
            localChanges.add(new LocalChange(localBefore, localAfter));
        }
    }

    private void note(@Nullable Workload workload) {
        if (workload != null && node.runs(workload)) {
            localWorkloads.add(workload.uid());
        }
    }
}

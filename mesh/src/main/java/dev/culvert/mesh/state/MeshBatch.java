package dev.culvert.mesh.state;

import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import java.util.List;

/// Decoded changes that readers see all at once.
///
/// Immutable. Removals come first, whatever is then put in stays.
///
/// @param removedAddresses uids of workloads, or `namespace/hostname` of services
public record MeshBatch(
        List<String> removedAddresses,
        List<Workload> workloads,
        List<Service> services,
        List<PolicyKey> removedPolicies,
        List<Authorization> policies) {
    /// No change.
    public static final MeshBatch NOTHING = new MeshBatch(List.of(), List.of(), List.of(), List.of(), List.of());

    public MeshBatch {
        removedAddresses = List.copyOf(removedAddresses);
        workloads = List.copyOf(workloads);
        services = List.copyOf(services);
        removedPolicies = List.copyOf(removedPolicies);
        policies = List.copyOf(policies);
    }

    /// Changes of workloads and services.
    public static MeshBatch ofAddresses(
            List<String> removedAddresses, List<Workload> workloads, List<Service> services) {
        return new MeshBatch(removedAddresses, workloads, services, List.of(), List.of());
    }

    /// Changes of policies.
    public static MeshBatch ofPolicies(List<PolicyKey> removed, List<Authorization> policies) {
        return new MeshBatch(List.of(), List.of(), List.of(), removed, policies);
    }
}

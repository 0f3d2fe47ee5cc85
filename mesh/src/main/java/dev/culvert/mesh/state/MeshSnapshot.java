package dev.culvert.mesh.state;

import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.model.WorkloadUid;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The world as it was at one moment: workloads, services, endpoints and policies, by every key of a decision.
///
/// Immutable. A decision takes it once, from [MeshState#world], and hands it down.
public final class MeshSnapshot {
    /// Nothing known.
    public static final MeshSnapshot EMPTY =
            new MeshSnapshot(WorkloadIndex.EMPTY, ServiceIndex.EMPTY, EndpointIndex.EMPTY, PolicyIndex.EMPTY);

    private final WorkloadIndex workloads;
    private final ServiceIndex services;
    private final EndpointIndex endpoints;
    private final PolicyIndex policies;

    MeshSnapshot(WorkloadIndex workloads, ServiceIndex services, EndpointIndex endpoints, PolicyIndex policies) {
        this.workloads = workloads;
        this.services = services;
        this.endpoints = endpoints;
        this.policies = policies;
    }

    public @Nullable Workload workload(WorkloadUid uid) {
        return workloads.byUid().get(uid);
    }

    /// The workload with this address; of several the one that it most likely means: a pod before others,
    /// then one that takes HBONE. Workloads on their node's address are not found by it.
    public @Nullable Workload workload(NetworkAddress address) {
        return Listing.first(workloads.byAddress().get(address));
    }

    /// The workload with this hostname, as gateways may be named.
    public @Nullable Workload workload(NamespacedHostname hostname) {
        return Listing.first(workloads.byHostname().get(hostname));
    }

    /// The workload of this node with that name and service account.
    public @Nullable Workload localWorkload(WorkloadName name) {
        return Listing.first(workloads.local().get(name));
    }

    public @Nullable Service service(NamespacedHostname key) {
        return services.byKey().get(key);
    }

    /// The service that a client of `clientNamespace` means by this address: one with just this virtual
    /// address, else one with a range around it. Without a namespace every service may be seen.
    public @Nullable Service service(NetworkAddress vip, @Nullable String clientNamespace) {
        return services.find(vip, clientNamespace);
    }

    /// The service that a client of `clientNamespace` means by this hostname.
    public @Nullable Service bestService(String hostname, @Nullable String clientNamespace) {
        return ServiceIndex.best(services(hostname), clientNamespace);
    }

    /// All services of this hostname, by namespace.
    public List<Service> services(String hostname) {
        List<Service> found = services.byHostname().get(hostname);
        return found == null ? List.of() : found;
    }

    /// The endpoints that a service has: those that it keeps, in view of their health.
    public Endpoints endpoints(NamespacedHostname service) {
        Endpoints found = endpoints.attached().get(service);
        return found == null ? Endpoints.NONE : found;
    }

    /// The policies that concern connections to `workload`.
    public List<Authorization> policiesFor(Workload workload) {
        return policies.concerning(workload);
    }

    public boolean hasPolicy(PolicyKey key) {
        return policies.byKey().containsKey(key);
    }

    /// The policies that `workload` lists and that are not known; worth a warning where one is judged.
    public List<PolicyKey> missingPolicies(Workload workload) {
        return workload.policies().stream().filter(key -> !hasPolicy(key)).toList();
    }

    /// All workloads, in no order.
    public Collection<Workload> workloads() {
        return workloads.byUid().values();
    }

    /// All services, in no order.
    public Collection<Service> services() {
        return services.byKey().values();
    }

    /// All policies, by key.
    public Collection<Authorization> policies() {
        return policies.byKey().values();
    }

    /// What workloads declare for services that are not known, by `namespace/hostname`.
    public SortedMap<String, Endpoints> staged() {
        SortedMap<String, Endpoints> staged = new TreeMap<>();
        endpoints.declared().forEach((key, declared) -> {
            if (services.byKey().get(key) == null) {
                staged.put(key.toString(), declared);
            }
        });
        return staged;
    }

    public int workloadCount() {
        return workloads.byUid().size();
    }

    public int serviceCount() {
        return services.byKey().size();
    }

    WorkloadIndex workloadIndex() {
        return workloads;
    }

    ServiceIndex serviceIndex() {
        return services;
    }

    EndpointIndex endpointIndex() {
        return endpoints;
    }

    PolicyIndex policyIndex() {
        return policies;
    }
}

package dev.culvert.controlplane.feed;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.workload.Address;
import dev.culvert.api.workload.NetworkMode;
import dev.culvert.api.workload.Workload;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Collection;
import dev.culvert.controlplane.derive.Derived;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.derive.Index;
import dev.culvert.controlplane.derive.ResourceTable;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.gateway.Binding;
import dev.culvert.controlplane.gateway.MeshWorkload;
import dev.culvert.controlplane.gateway.WaypointView;
import dev.culvert.controlplane.policy.Selectors;
import dev.culvert.controlplane.workload.ServiceTarget;
import dev.culvert.controlplane.workload.WorkloadBuilder;
import dev.culvert.kube.resource.EndpointSlice;
import dev.culvert.kube.resource.Node;
import dev.culvert.kube.resource.Pod;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.ServiceEntry;
import dev.culvert.kube.resource.ServiceEntry.Resolution;
import dev.culvert.kube.resource.WorkloadEntry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Workloads of the mesh, joined with the services and policies that select them. Confined to the `derive`
/// thread.
final class WorkloadGraph {
    private final MeshInputs inputs;
    private final NetworkName network;
    private final ServiceGraph services;
    private final WorkloadPolicies policies;
    private final MeshSettings settings;
    private final WaypointGraph waypoints;
    private final Index<ResourceKey, String, ManualEndpoint> manualByPod;
    private final List<Index<String, String, MeshWorkload>> byService;

    /// The pods' workloads, apart for what they cost.
    final Derived<ResourceKey, Pod, String, MeshWorkload> pods;
    /// Every workload, by uid.
    final List<Collection<String, MeshWorkload>> built;
    /// What node proxies get.
    final List<Collection<String, XdsResource>> resources;

    /// The policies that close the ways around waypoints, for node proxies.
    final List<Collection<String, XdsResource>> guards;

    /// What decides which policies a workload refers to.
    record WorkloadPolicies(PolicyGraph selected, GuardGraph guards) {}

    /// A pod that a slice of a service without selector names by hand.
    private record ManualEndpoint(ResourceKey pod, String uid, ServiceTarget service) {}

    WorkloadGraph(
            Graph graph,
            MeshInputs inputs,
            NetworkName network,
            ServiceGraph services,
            WorkloadPolicies policies,
            MeshSettings settings) {
        this.inputs = inputs;
        this.network = network;
        this.services = services;
        this.policies = policies;
        this.waypoints = services.waypoints();
        this.settings = settings;
        Derived<ResourceKey, EndpointSlice, String, ManualEndpoint> manual =
                graph.derive("manualEndpoints", inputs.slices, this::manualEndpoints);
        manualByPod = manual.index(endpoint -> Set.of(endpoint.pod));
        pods = graph.derive("podWorkloads", inputs.pods, this::pod);
        built = List.of(
                pods,
                graph.derive("entryWorkloads", inputs.workloadEntries, this::workloadEntry),
                graph.derive("inlineWorkloads", inputs.serviceEntries, this::inlineEndpoints),
                graph.derive("sliceWorkloads", inputs.slices, this::sliceEndpoints));
        resources = built.stream()
                .<Collection<String, XdsResource>>map(workloads -> graph.derive(
                        workloads.name() + "Resources", workloads, (workload, _) -> resource(workload.message())))
                .toList();
        guards = built.stream()
                .<Collection<String, XdsResource>>map(
                        workloads -> graph.derive(workloads.name() + "Guards", workloads, this::guard))
                .toList();
        byService = built.stream()
                .map(workloads -> workloads.index(
                        workload -> workload.message().getServicesMap().keySet()))
                .toList();
    }

    /// The workloads behind a service.
    List<MeshWorkload> of(String service, Fetch fetch) {
        List<MeshWorkload> found = new ArrayList<>();
        byService.forEach(index -> found.addAll(fetch.bucket(index, service)));
        return found;
    }

    private Map<String, MeshWorkload> pod(Pod pod, Fetch fetch) {
        if (pod.terminal() || pod.status().podIps().isEmpty()) {
            return Map.of();
        }
        String namespace = pod.metadata().namespace();
        Map<String, String> labels = pod.metadata().labels();
        List<ServiceTarget> selecting = new ArrayList<>(selecting(namespace, labels, fetch));
        for (ManualEndpoint endpoint : fetch.bucket(manualByPod, pod.key())) {
            boolean same =
                    endpoint.uid.isEmpty() || endpoint.uid.equals(pod.metadata().uid());
            if (same && !selecting.contains(endpoint.service)) {
                selecting.add(endpoint.service);
            }
        }
        Node node = pod.spec().nodeName().isEmpty()
                ? null
                : fetch.one(inputs.nodes, new ResourceKey("", pod.spec().nodeName()));
        List<String> addresses =
                pod.status().podIps().stream().map(InetAddress::getHostAddress).toList();
        Binding binding = waypoints.ofWorkload(pod.metadata(), addresses, fetch);
        Workload message =
                builder(fetch).ofPod(pod, node, selecting, policies.selected.references(namespace, labels, fetch));
        return message == null ? Map.of() : bound(message, labels, binding, fetch);
    }

    private Map<String, MeshWorkload> workloadEntry(WorkloadEntry entry, Fetch fetch) {
        String namespace = entry.metadata().namespace();
        // As Istio does, the labels of the description count, and those of the object too.
        Map<String, String> labels = new LinkedHashMap<>(entry.metadata().labels());
        labels.putAll(entry.endpoint().labels());
        List<ServiceTarget> selecting = selecting(namespace, labels, fetch);
        Binding binding = fetch.one(waypoints.workloadEntries, entry.key());
        return bound(
                builder(fetch).ofEntry(entry, selecting, policies.selected.references(namespace, labels, fetch)),
                labels,
                binding == null ? Binding.NONE : binding,
                fetch);
    }

    private Map<String, MeshWorkload> inlineEndpoints(ServiceEntry entry, Fetch fetch) {
        List<ServiceTarget> own = services.hosts(entry, fetch).stream()
                .map(host -> ServiceTarget.of(entry, host))
                .toList();
        if (own.isEmpty()) {
            return Map.of();
        }
        WorkloadBuilder builder = builder(fetch);
        Map<String, String> labels = entry.metadata().labels();
        List<String> references = policies.selected.references(entry.metadata().namespace(), labels, fetch);
        Map<String, MeshWorkload> found = new LinkedHashMap<>();
        for (WorkloadEntry.Endpoint endpoint : entry.endpoints()) {
            if (!endpoint.address().isEmpty() && !endpoint.address().startsWith("unix://")) {
                Binding binding = waypoints.ofWorkload(entry.metadata(), List.of(endpoint.address()), fetch);
                found.putAll(
                        bound(builder.ofInline(entry, endpoint, own, references), endpoint.labels(), binding, fetch));
            }
        }
        boolean dns = entry.resolution() == Resolution.DNS || entry.resolution() == Resolution.DNS_ROUND_ROBIN;
        if (dns && entry.endpoints().isEmpty() && entry.workloadSelector().isEmpty()) {
            for (ServiceTarget target : own) {
                if (!target.hostname().startsWith("*")) {
                    var endpoint = new WorkloadEntry.Endpoint(target.hostname(), Map.of(), Map.of(), "", "", 0, "");
                    found.putAll(bound(
                            builder.ofInline(entry, endpoint, List.of(target), references),
                            labels,
                            Binding.NONE,
                            fetch));
                }
            }
        }
        return found;
    }

    private Map<String, MeshWorkload> sliceEndpoints(EndpointSlice slice, Fetch fetch) {
        ServiceTarget service = serviceOf(slice, fetch);
        if (service == null || slice.addressType().equals("FQDN")) {
            return Map.of();
        }
        WorkloadBuilder builder = builder(fetch);
        Map<String, MeshWorkload> found = new LinkedHashMap<>();
        for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
            if (endpoint.target().kind().equals("Pod") || endpoint.addresses().isEmpty()) {
                continue;
            }
            InetAddress ip = WorkloadBuilder.tryAddress(endpoint.addresses().getFirst());
            if (ip != null) {
                found.putAll(bound(builder.ofSlice(slice, endpoint, ip, service), Map.of(), Binding.NONE, fetch));
            }
        }
        return found;
    }

    private Map<String, MeshWorkload> bound(
            Workload message, Map<String, String> labels, Binding binding, Fetch fetch) {
        Workload.Builder bound = message.toBuilder();
        WaypointView waypoint = binding.waypoint();
        if (waypoint != null && waypoint.address() != null) {
            bound.setWaypoint(waypoint.address());
        }
        Set<ResourceKey> admitted =
                policies.guards.admitted(binding, message.getServicesMap().keySet(), fetch);
        if (admitted != null) {
            bound.addAuthorizationPolicies(policies.guards.reference(admitted, fetch));
        }
        return Map.of(message.getUid(), new MeshWorkload(bound.build(), labels, binding, admitted));
    }

    private Map<String, XdsResource> guard(MeshWorkload workload, Fetch fetch) {
        Set<ResourceKey> admitted = workload.admitted();
        return admitted == null ? Map.of() : PolicyGraph.resource(policies.guards.policy(admitted, fetch));
    }

    private Map<String, ManualEndpoint> manualEndpoints(EndpointSlice slice, Fetch fetch) {
        ServiceTarget service = serviceOf(slice, fetch);
        if (service == null || !service.selector().isEmpty()) {
            return Map.of();
        }
        Map<String, ManualEndpoint> found = new LinkedHashMap<>();
        for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
            EndpointSlice.Target target = endpoint.target();
            if (target.kind().equals("Pod")) {
                String namespace =
                        target.namespace().isEmpty() ? slice.metadata().namespace() : target.namespace();
                ResourceKey pod = new ResourceKey(namespace, target.name());
                found.put(slice.key() + " " + pod, new ManualEndpoint(pod, target.uid(), service));
            }
        }
        return found;
    }

    private @Nullable ServiceTarget serviceOf(EndpointSlice slice, Fetch fetch) {
        String name = slice.metadata().label(EndpointSlice.SERVICE_LABEL);
        if (name == null || name.isEmpty()) {
            return null;
        }
        String namespace = slice.metadata().namespace();
        String hostname = name + "." + namespace + ".svc." + settings.domain();
        return fetch.one(services.targets, namespace + "/" + hostname);
    }

    ServiceGraph services() {
        return services;
    }

    private List<ServiceTarget> selecting(String namespace, Map<String, String> labels, Fetch fetch) {
        Set<ServiceTarget> found = new HashSet<>();
        for (Selectors.Bucket bucket : Selectors.lookups(namespace, labels)) {
            found.addAll(fetch.bucket(services.targetsBySelector, bucket));
            found.addAll(fetch.bucket(services.entryTargetsBySelector, bucket));
        }
        return found.stream()
                .filter(target -> Selectors.matches(target.selector(), labels))
                .sorted(Comparator.comparing(ServiceTarget::resourceName))
                .toList();
    }

    private WorkloadBuilder builder(Fetch fetch) {
        return new WorkloadBuilder(
                settings.clusterId(),
                network.fetch(fetch),
                Objects.requireNonNull(fetch.one(inputs.config, MeshInputs.ONLY)));
    }

    private static Map<String, XdsResource> resource(Workload workload) {
        List<String> aliases = new ArrayList<>();
        if (workload.getNetworkMode() == NetworkMode.STANDARD) {
            workload.getAddressesList().forEach(bytes -> {
                try {
                    String ip = InetAddress.getByAddress(bytes.toByteArray()).getHostAddress();
                    aliases.add(workload.getNetwork() + "/" + ip);
                } catch (UnknownHostException e) {
                    throw new IllegalStateException("an address of 4 or 16 bytes was refused", e);
                }
            });
        }
        Address address = Address.newBuilder().setWorkload(workload).build();
        String name = workload.getUid();
        return Map.of(name, ResourceTable.resource(TypeUrls.ADDRESS, name, address, aliases));
    }
}

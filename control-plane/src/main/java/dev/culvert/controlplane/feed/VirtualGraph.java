package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Index;
import dev.culvert.controlplane.gateway.HostNames;
import dev.culvert.controlplane.gateway.MeshService;
import dev.culvert.controlplane.gateway.VirtualRoutes;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.VirtualService;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// VirtualServices by their hosts. Confined to the `derive` thread.
final class VirtualGraph {
    private final MeshInputs inputs;
    private final Index<String, ResourceKey, VirtualService> byHost;

    VirtualGraph(MeshInputs inputs, MeshSettings settings) {
        this.inputs = inputs;
        byHost = inputs.virtualServices.index(virtual -> {
            Set<String> hosts = new HashSet<>();
            virtual.hosts()
                    .forEach(host ->
                            hosts.add(HostNames.full(host, virtual.metadata().namespace(), settings.domain())));
            return hosts;
        });
    }

    /// What the VirtualServices of `service` make of its traffic at its waypoint.
    VirtualRoutes routes(MeshService service, String waypointNamespace, HostNames hosts, Fetch fetch) {
        return new VirtualRoutes(
                service, hosts, of(service, waypointNamespace, fetch), key -> fetch.one(inputs.virtualServices, key));
    }

    /// Whether the namespace of `service` has one for it.
    boolean any(MeshService service, Fetch fetch) {
        String namespace = service.target().namespace();
        return of(service, namespace, fetch).stream()
                .anyMatch(virtual -> virtual.metadata().namespace().equals(namespace));
    }

    /// Those of its own host, else those of the narrowest wildcard; of the service's namespace and of its
    /// waypoint's alone, so that nobody else can take its traffic.
    private List<VirtualService> of(MeshService service, String waypointNamespace, Fetch fetch) {
        Set<String> namespaces = new HashSet<>(List.of(service.target().namespace(), waypointNamespace));
        String host = service.target().hostname();
        List<VirtualService> found = choose(host, namespaces, waypointNamespace, fetch);
        for (int dot = host.indexOf('.'); found.isEmpty() && dot >= 0; dot = host.indexOf('.', dot + 1)) {
            found = choose("*" + host.substring(dot), namespaces, waypointNamespace, fetch);
        }
        return found.isEmpty() ? choose("*", namespaces, waypointNamespace, fetch) : found;
    }

    private List<VirtualService> choose(String host, Set<String> namespaces, String waypointNamespace, Fetch fetch) {
        return fetch.bucket(byHost, host).stream()
                .filter(VirtualRoutes::meshwide)
                .filter(virtual -> namespaces.contains(virtual.metadata().namespace()))
                .filter(virtual -> VirtualRoutes.visible(virtual, waypointNamespace))
                .toList();
    }
}

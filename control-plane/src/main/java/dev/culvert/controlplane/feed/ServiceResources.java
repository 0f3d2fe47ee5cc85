package dev.culvert.controlplane.feed;

import dev.culvert.api.MeshPorts;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.workload.Address;
import dev.culvert.api.workload.GatewayAddress;
import dev.culvert.api.workload.NamespacedHostname;
import dev.culvert.api.workload.Service;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Collection;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.derive.ResourceTable;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.gateway.MeshService;
import dev.culvert.kube.resource.ResourceKey;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What node proxies are told of services. Confined to the `derive` thread.
///
/// A service whose waypoint cannot be had, and for which that one has something to do, gets one that nobody
/// can find: its clients are refused, with the reason, instead of going round its routes and policies.
final class ServiceResources {
    /// No name ends like this (RFC 6761, section 6.4).
    private static final String NOWHERE = ".waypoint.invalid";

    private final RouteGraph routes;
    private final GuardGraph guards;
    private final MeshSettings settings;

    /// What node proxies get.
    final List<Collection<String, XdsResource>> resources;

    ServiceResources(Graph graph, RouteGraph routes, GuardGraph guards, MeshSettings settings) {
        this.routes = routes;
        this.guards = guards;
        this.settings = settings;
        ServiceGraph services = routes.services();
        resources = List.of(
                graph.derive("serviceResources", services.built, this::resource),
                graph.derive("entryServiceResources", services.entriesBuilt, this::resource));
    }

    private Map<String, XdsResource> resource(MeshService service, Fetch fetch) {
        ResourceKey asked = service.binding().asked();
        boolean lost = asked != null
                && service.binding().waypoint() == null
                && !settings.allowWaypointBypass()
                && (routes.routed(service, fetch) || guards.guarded(service, fetch));
        Service message = service.message();
        return resource(
                asked != null && lost
                        ? message.toBuilder().setWaypoint(nowhere(asked)).build()
                        : message);
    }

    private static GatewayAddress nowhere(ResourceKey gateway) {
        return GatewayAddress.newBuilder()
                .setHostname(NamespacedHostname.newBuilder()
                        .setNamespace(gateway.namespace())
                        .setHostname(gateway.name() + "." + gateway.namespace() + NOWHERE))
                .setHboneMtlsPort(MeshPorts.HBONE)
                .build();
    }

    private static Map<String, XdsResource> resource(Service service) {
        String name = service.getNamespace() + "/" + service.getHostname();
        List<String> aliases = new ArrayList<>();
        service.getAddressesList().forEach(address -> {
            try {
                InetAddress ip = InetAddress.getByAddress(address.getAddress().toByteArray());
                String length = address.hasLength() ? "/" + address.getLength() : "";
                aliases.add(address.getNetwork() + "/" + ip.getHostAddress() + length);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address of 4 or 16 bytes was refused", e);
            }
        });
        Address address = Address.newBuilder().setService(service).build();
        return Map.of(name, ResourceTable.resource(TypeUrls.ADDRESS, name, address, aliases));
    }
}

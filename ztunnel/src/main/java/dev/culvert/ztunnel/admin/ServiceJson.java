package dev.culvert.ztunnel.admin;

import dev.culvert.mesh.model.Endpoint;
import dev.culvert.mesh.model.LoadBalancing;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.state.Endpoints;
import dev.culvert.process.JsonWriter;
import java.util.Locale;

/// A service with its endpoints as the configuration dump shows it. Confined to the writer's thread.
final class ServiceJson {
    private final JsonWriter json;

    ServiceJson(JsonWriter json) {
        this.json = json;
    }

    void write(Service service, Endpoints endpoints) {
        json.object(() -> {
            json.member("name", service.name());
            json.member("namespace", service.namespace());
            json.member("hostname", service.hostname());
            json.texts("vips", service.vips());
            if (!service.cidrVips().isEmpty()) {
                json.list(
                        "cidrVips",
                        service.cidrVips(),
                        vip -> json.object(() -> {
                            json.member("network", vip.network());
                            json.member("cidr", vip.range().toString());
                        }));
            }
            ports("ports", service.ports());
            json.name("endpoints");
            write(endpoints);
            json.texts("subjectAltNames", service.subjectAltNames());
            waypoints(service);
            loadBalancer(service.loadBalancing());
            ipFamilies(service);
            json.name("canonical").bool(service.canonical());
            json.member("visibility", capitalised(service.visibility()));
        });
    }

    /// An object of endpoints by the uid of their workloads.
    void write(Endpoints endpoints) {
        json.object(() -> {
            for (Endpoint endpoint : endpoints) {
                String uid = endpoint.workload().toString();
                json.name(uid).object(() -> {
                    json.member("workloadUid", uid);
                    ports("port", endpoint.ports());
                    json.member("status", WorkloadJson.health(endpoint.health()));
                });
            }
        });
    }

    private void ports(String name, PortMap ports) {
        json.name(name)
                .object(() -> ports.asMap()
                        .forEach((from, to) -> json.name(Integer.toString(from)).number(to)));
    }

    private void waypoints(Service service) {
        WorkloadJson.gateway(json, "waypoint", service.waypoint());
        if (!service.weightedWaypoints().isEmpty()) {
            json.list(
                    "weightedWaypoints",
                    service.weightedWaypoints(),
                    waypoint -> json.object(() -> {
                        WorkloadJson.gateway(json, "destination", waypoint.destination());
                        json.name("weight").number(waypoint.weight());
                    }));
        }
    }

    private void loadBalancer(LoadBalancing balancing) {
        if (balancing.equals(LoadBalancing.STANDARD)) {
            return;
        }
        json.name("loadBalancer").object(() -> {
            json.texts(
                    "routingPreferences",
                    balancing.routingPreference().stream()
                            .map(ServiceJson::capitalised)
                            .toList());
            json.member("mode", capitalised(balancing.mode()));
            json.member(
                    "healthPolicy",
                    switch (balancing.healthPolicy()) {
                        case ONLY_HEALTHY -> "OnlyHealthy";
                        case ALLOW_ALL -> "AllowAll";
                    });
        });
    }

    private void ipFamilies(Service service) {
        switch (service.ipFamilies()) {
            case AUTOMATIC -> {}
            case DUAL -> json.member("ipFamilies", "Dual");
            case IPV4_ONLY -> json.member("ipFamilies", "IPv4");
            case IPV6_ONLY -> json.member("ipFamilies", "IPv6");
        }
    }

    private static String capitalised(Enum<?> value) {
        return value.name().charAt(0) + value.name().substring(1).toLowerCase(Locale.ROOT);
    }
}

package dev.culvert.waypoint.admin;

import dev.culvert.mesh.identity.IdentityStatus;
import dev.culvert.process.JsonWriter;
import dev.culvert.waypoint.route.RouteProblem;
import dev.culvert.waypoint.upstream.Cluster;
import dev.culvert.waypoint.upstream.Endpoint;
import dev.culvert.waypoint.world.Served;
import dev.culvert.waypoint.world.ServedService;
import dev.culvert.waypoint.world.WaypointWorld;
import java.util.List;
import java.util.TreeMap;

/// Everything that a waypoint knows, as JSON, without secrets. Without state.
final class ConfigDump {
    private ConfigDump() {}

    static String write(WaypointWorld world, List<IdentityStatus> certificates) {
        JsonWriter json = new JsonWriter();
        json.object(() -> {
            json.name("waypoint").object(() -> {
                json.member("namespace", world.self().getNamespace());
                json.member("name", world.self().getName());
                json.member("trustDomain", world.self().getTrustDomain());
            });
            json.name("services")
                    .array(() -> new TreeMap<>(world.services()).values().forEach(service -> {
                        json.element();
                        service(json, service);
                    }));
            json.texts("workloads", new TreeMap<>(world.workloads()).keySet());
            json.name("clusters")
                    .array(() -> world.clusters().all().values().forEach(cluster -> {
                        json.element();
                        cluster(json, cluster);
                    }));
            json.texts("certificates", certificates);
        });
        return json.toString();
    }

    private static void service(JsonWriter json, ServedService service) {
        json.object(() -> {
            json.member("name", service.cluster());
            json.name("ports")
                    .array(() -> new TreeMap<>(service.ports()).values().forEach(port -> {
                        json.element();
                        port(json, port);
                    }));
        });
    }

    private static void port(JsonWriter json, Served.ServicePort port) {
        json.object(() -> {
            json.name("port").number(port.port());
            json.memberUnlessEmpty("name", port.portName());
            json.member("protocol", port.protocol().name());
            List<RouteProblem> problems = port.routes().problems();
            json.textsUnlessEmpty("problems", problems);
        });
    }

    private static void cluster(JsonWriter json, Cluster cluster) {
        json.object(() -> {
            json.member("name", cluster.name());
            json.name("endpoints")
                    .array(() -> cluster.endpoints().forEach(endpoint -> {
                        json.element();
                        endpoint(json, endpoint);
                    }));
        });
    }

    private static void endpoint(JsonWriter json, Endpoint endpoint) {
        json.object(() -> {
            json.member("uid", endpoint.uid());
            json.member("address", endpoint.address().getHostAddress());
            json.member("ports", endpoint.ports().toString());
            json.name("healthy").bool(endpoint.healthy());
            json.name("hbone").bool(endpoint.hbone());
            json.name("weight").number(endpoint.weight());
        });
    }
}

package dev.culvert.testkit.netns;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a waypoint is before it runs. Immutable.
///
/// @param traffic what it takes: `service`, `workload` or `all`
/// @param vip address of a Service before its replicas; null when the address of its one pod is the Gateway's
/// @param environment more of it for the processes
/// @param program what runs in its pods; empty for the distribution's waypoint
public record WaypointSpec(
        String namespace,
        String name,
        String traffic,
        @Nullable String vip,
        Map<String, String> environment,
        List<String> program) {
    public WaypointSpec {
        environment = Map.copyOf(environment);
        program = List.copyOf(program);
    }

    /// A waypoint of one replica, known by its pod's address.
    public static WaypointSpec of(String namespace, String name) {
        return new WaypointSpec(namespace, name, "service", null, Map.of(), List.of());
    }

    /// The same for other traffic.
    public WaypointSpec takes(String kind) {
        return new WaypointSpec(namespace, name, kind, vip, environment, program);
    }

    /// The same with a Service before its replicas.
    public WaypointSpec withService(String address) {
        return new WaypointSpec(namespace, name, traffic, address, environment, program);
    }

    /// The same with one more variable for its processes.
    public WaypointSpec with(String key, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(key, value);
        return new WaypointSpec(namespace, name, traffic, vip, more, program);
    }

    /// The same with another program, that says where ours does whether it is ready.
    public WaypointSpec withProgram(List<String> command) {
        return new WaypointSpec(namespace, name, traffic, vip, environment, command);
    }

    /// The identity of its processes.
    public String identity() {
        return "spiffe://cluster.local/ns/" + namespace + "/sa/" + name;
    }

    String gatewayManifest(String address) {
        return """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata:
                  name: %s
                  namespace: %s
                  labels: {istio.io/waypoint-for: %s}
                spec:
                  gatewayClassName: istio-waypoint
                  addresses:
                  - {type: IPAddress, value: "%s"}
                  listeners:
                  - name: mesh
                    port: 15008
                    protocol: HBONE
                    allowedRoutes: {namespaces: {from: All}}
                """.formatted(name, namespace, traffic, address);
    }

    String serviceManifest(String address) {
        return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: %s
                  namespace: %s
                  labels: {gateway.istio.io/managed: istio.io-mesh-controller}
                spec:
                  clusterIPs: [%s]
                  selector: {gateway.networking.k8s.io/gateway-name: %s}
                  ports:
                  - {name: mesh, port: 15008, targetPort: 15008, protocol: TCP, appProtocol: hbone}
                """.formatted(name, namespace, address, name);
    }

    PodSpec pod(int number) {
        return PodSpec.of(namespace, name + "-" + number, name)
                .withServiceAccount(name)
                .withLabel("istio.io/dataplane-mode", "none")
                .withLabel("gateway.networking.k8s.io/gateway-name", name)
                .withLabel("gateway.istio.io/managed", "istio.io-mesh-controller");
    }
}

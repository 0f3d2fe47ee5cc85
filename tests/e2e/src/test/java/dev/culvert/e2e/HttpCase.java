package dev.culvert.e2e;

import dev.culvert.testkit.http.EchoApp;
import dev.culvert.testkit.http.HttpCall;
import dev.culvert.testkit.http.HttpProbe;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabWaypoint;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/// A running mesh with applications that speak HTTP, and requests from its pods.
final class HttpCase implements AutoCloseable {
    /// Of the Gateway that [#withWaypoint] names.
    static final String WAYPOINT = "waypoint";

    private static final Duration LIMIT = Duration.ofSeconds(10);

    final MeshLab lab;
    private final HttpProbe http;
    private final List<EchoApp> apps = new ArrayList<>();

    HttpCase(MeshLab lab) {
        this.lab = lab;
        this.http = new HttpProbe(lab.sockets(), LIMIT);
    }

    /// Labels of a namespace in the mesh whose services use its waypoint.
    static Map<String, String> withWaypoint() {
        Map<String, String> labels = new HashMap<>(MeshCase.AMBIENT);
        labels.put("istio.io/use-waypoint", WAYPOINT);
        return labels;
    }

    /// A pod without an application.
    LabPod pod(String namespace, String name, int node) {
        return lab.run(PodSpec.of(namespace, name, name), node);
    }

    /// An echo on `ports` of the pod.
    EchoApp echo(LabPod pod, int... ports) {
        EchoApp app = EchoApp.start(lab.sockets(), pod, ports);
        apps.add(app);
        return app;
    }

    /// Says that HTTP is spoken at `port` of a service, and where its pods are.
    void service(String namespace, String name, String vip, int port, int targetPort) {
        service(namespace, name, vip, port, targetPort, "http");
    }

    /// Says what is spoken at `port` of a service, and where its pods are.
    void service(String namespace, String name, String vip, int port, int targetPort, String protocol) {
        lab.manifests().put("service-" + namespace + "-" + name, """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec:
                  clusterIPs: [%s]
                  selector: {app: %s}
                  ports:
                  - {name: main, port: %d, targetPort: %d, appProtocol: %s}
                """.formatted(
                        name, namespace, vip, name, port, targetPort, protocol));
    }

    /// The mesh configuration.
    void meshConfig(String yaml) {
        lab.manifests().put("mesh-config", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                %s""".formatted(yaml.indent(4)));
    }

    /// A GET of `path` with `host` for its host.
    Expectation get(LabPod from, String address, int port, String host, String path) {
        return new Expectation(http, from, address, port, HttpCall.get(host, path));
    }

    /// Waits for a line of a waypoint's output that contains all of `parts`.
    static String awaitLine(LabWaypoint waypoint, String... parts) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(
                        () -> waypoint.output()
                                .lines()
                                .filter(line -> List.of(parts).stream().allMatch(line::contains))
                                .toList(),
                        lines -> !lines.isEmpty())
                .getLast();
    }

    @Override
    public void close() {
        lab.close();
        apps.forEach(EchoApp::close);
    }
}

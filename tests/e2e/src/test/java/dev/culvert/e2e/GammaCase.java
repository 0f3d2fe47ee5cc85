package dev.culvert.e2e;

import dev.culvert.testkit.http.GrpcProbe;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.WaypointSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// The mesh that the conformance suite of the Gateway API assumes: two versions of an echo behind three services in
/// one namespace, a client in another, and a waypoint in the first.
final class GammaCase implements AutoCloseable {
    static final String PRODUCER = "gateway-conformance-mesh";
    static final String CONSUMER = "gateway-conformance-mesh-consumer";
    private static final Map<String, String> ADDRESSES =
            Map.of("echo", "10.96.1.1", "echo-v1", "10.96.1.11", "echo-v2", "10.96.1.12");
    private static final int[] PORTS = {8080, 7070};
    private static final Duration LIMIT = Duration.ofSeconds(10);

    final LabPod first;
    final LabPod second;
    final LabPod consumer;
    private final MeshLab lab;
    private final HttpCase http;

    GammaCase() {
        lab = MeshLab.start(Labs.twoNodes("gamma"));
        http = new HttpCase(lab);
        try {
            lab.manifests().namespace(PRODUCER, HttpCase.withWaypoint());
            lab.manifests().namespace(CONSUMER, MeshCase.AMBIENT);
            lab.manifests().put("base", manifest("base"));
            lab.gateway(WaypointSpec.of(PRODUCER, HttpCase.WAYPOINT), 2);
            first = run(PRODUCER, "v1", 1);
            second = run(PRODUCER, "v2", 2);
            consumer = run(CONSUMER, "v1", 1);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private LabPod run(String namespace, String version, int node) {
        LabPod pod = lab.run(PodSpec.of(namespace, "echo-" + version, "echo").withLabel("version", version), node);
        http.echo(pod, PORTS);
        return pod;
    }

    /// Applies a manifest of the resource directory `gamma`, in place of an earlier one.
    void apply(String name) {
        lab.manifests().put("routes", manifest(name));
    }

    /// Takes the applied manifest away.
    void reset() {
        lab.manifests().remove("routes");
    }

    /// A GET to a service of the producer's, with its name as the host.
    Expectation get(String service, String path) {
        return http.get(first, address(service), 80, service, path);
    }

    /// Where a service is.
    static String address(String service) {
        String address = ADDRESSES.get(service);
        if (address == null) {
            throw new IllegalArgumentException("no service " + service);
        }
        return address;
    }

    /// A gRPC client of the producer's service echo, in the pod that all calls come from.
    GrpcProbe grpc() {
        InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral(address("echo")), 7070);
        return new GrpcProbe(lab.sockets(), first, peer, "echo:7070", LIMIT);
    }

    private static String manifest(String name) {
        try (InputStream stream = GammaCase.class.getResourceAsStream("/gamma/" + name + ".yaml")) {
            if (stream == null) {
                throw new IllegalArgumentException("no manifest " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}

package dev.culvert.bench;

import static dev.culvert.bench.Results.Beside.ADDED;
import static dev.culvert.bench.Results.Beside.ALONE;
import static dev.culvert.bench.Results.Beside.SHARE;

import dev.culvert.testkit.netns.LabOptions;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabProcess;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.Streams;
import dev.culvert.testkit.netns.TcpServer;
import dev.culvert.testkit.netns.WaypointSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One topology, running: a client pod on one node, a server pod on the other, and the load between them.
final class Bench implements AutoCloseable {
    private static final int SECONDS = 6;
    private static final int CONNECTIONS = 4000;
    private static final String VIP = "10.96.0.50";

    private final Topology topology;
    private final PluggedAuthority authority;
    private final MeshLab mesh;
    private final LabPod client;
    private final LabPod server;
    private final ProxyMeter meter;
    private final LoadTools load;

    private Bench(Topology topology, PluggedAuthority authority, MeshLab mesh) {
        this.topology = topology;
        this.authority = authority;
        this.mesh = mesh;
        this.meter = new ProxyMeter(mesh, topology);
        mesh.manifests().namespace("bench", labels(topology));
        this.client = mesh.run(PodSpec.of("bench", "client", "client"), 1);
        this.server = mesh.run(PodSpec.of("bench", "server", "server"), 2);
        this.load = new LoadTools(mesh, client, server, origin());
    }

    private static Map<String, String> labels(Topology topology) {
        return switch (topology) {
            case Topology.Direct _ -> Map.of();
            case Topology.Ours _, Topology.Peer _ -> Map.of("istio.io/dataplane-mode", "ambient");
            case Topology.Waypoint _, Topology.Envoy _ ->
                Map.of("istio.io/dataplane-mode", "ambient", "istio.io/use-waypoint", "waypoint");
        };
    }

    /// A waypoint is on the way to a service's address only.
    private String origin() {
        if (!topology.waypoint()) {
            return "http://" + server.ipv4() + ":8080";
        }
        mesh.manifests().put("service", """
                apiVersion: v1
                kind: Service
                metadata: {name: server, namespace: bench}
                spec:
                  clusterIPs: [%s]
                  selector: {app: server}
                  ports: [{name: http, port: 80, targetPort: 8080, appProtocol: http}]
                """.formatted(VIP));
        meter.also(mesh.gateway(waypoint(), 2).replica(1).process());
        return "http://" + VIP;
    }

    private WaypointSpec waypoint() {
        WaypointSpec spec = WaypointSpec.of("bench", "waypoint");
        if (topology instanceof Topology.Envoy(var binary)) {
            return new EnvoyWaypoint(binary, authority.ca(), server.ipv4())
                    .into(spec, mesh.lab().directory().resolve("envoy"));
        }
        // for a profile: JVM options of the waypoint alone
        return spec.with("CULVERT_JAVA_OPTS", System.getenv().getOrDefault("BENCH_WAYPOINT_JAVA_OPTS", ""));
    }

    static Bench start(Topology topology, Path distribution) {
        // for a profile: JVM options of the node processes alone
        String jvm = System.getenv().getOrDefault("BENCH_NODE_JAVA_OPTS", "");
        PluggedAuthority authority = new PluggedAuthority();
        try {
            LabOptions options = LabOptions.twoNodes("bench", distribution)
                    .withNode("CULVERT_JAVA_OPTS", jvm)
                    .withControlPlane("ROOT_CA_DIR", authority.directory().toString());
            MeshLab mesh =
                    MeshLab.start(topology instanceof Topology.Peer(var binary) ? options.withPeer(binary) : options);
            return serving(topology, authority, mesh);
        } catch (RuntimeException e) {
            authority.close();
            throw e;
        }
    }

    private static Bench serving(Topology topology, PluggedAuthority authority, MeshLab mesh) {
        try {
            Bench bench = new Bench(topology, authority, mesh);
            bench.load.startServers();
            return bench;
        } catch (RuntimeException e) {
            mesh.close();
            throw e;
        }
    }

    void measure(Results results, String only) {
        if (topology.waypoint()) {
            requests(results, only);
            return;
        }
        step(only, "idle", () -> idle(results));
        step(only, "add", () -> podStart(results));
        step(only, "stream1", () -> throughput(results, 1));
        step(only, "stream16", () -> throughput(results, 16));
        requests(results, only);
        step(only, "memory", () -> memory(results));
    }

    private void requests(Results results, String only) {
        if (topology.waypoint()) {
            step(only, "waypoint-idle", () -> {
                pause(65_000);
                results.add(topology, "waypoint idle, resident", "MB", ALONE, meter.residentMegabytesOfOther());
            });
        }
        step(only, "closed", () -> closedLoop(results));
        step(only, "connects", () -> newConnections(results));
        step(only, "paced", () -> paced(results));
    }

    private static void step(String only, String name, Runnable measurement) {
        if (only.isEmpty() || only.equals(name)) {
            measurement.run();
        }
    }

    private void idle(Results results) {
        if (!(topology instanceof Topology.Direct)) {
            // the launcher gives memory back every 20 s
            pause(65_000);
            results.add(topology, "node proxy idle, resident", "MB", ALONE, meter.residentMegabytes());
        }
    }

    private void podStart(Results results) {
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long start = System.nanoTime();
            LabPod pod = mesh.run(PodSpec.of("bench", "start-" + i, "start"), 1);
            times.add((System.nanoTime() - start) / 1e6);
            mesh.delete(pod);
        }
        times.sort(null);
        results.add(topology, "a pod's network set-up (median of 20)", "ms", ADDED, times.get(10));
    }

    private void throughput(Results results, int streams) {
        load.iperf(streams, 2);
        double before = meter.cpuSeconds();
        LoadTools.Transfer transfer = load.iperf(streams, SECONDS);
        double cpu = meter.cpuSeconds() - before;
        String name = streams == 1 ? "one stream" : streams + " streams";
        results.add(topology, name, "Gbit/s", SHARE, transfer.gigabitsPerSecond());
        if (!(topology instanceof Topology.Direct)) {
            results.add(topology, name + ", processor time of both proxies", "s/GB", ALONE, cpu / transfer.gigabytes());
        }
    }

    private void paced(Results results) {
        // both kinds of proxy warm: what a node feels that has run for a while
        load.wrk(false, 8);
        load.paced(1000, 8);
        double before = meter.cpuSeconds();
        LoadTools.Latency latency = load.paced(1000, SECONDS + 4);
        double cpu = meter.cpuSeconds() - before;
        results.add(topology, "1,000 requests/s (1 KiB, 16 connections), p50", "ms", ADDED, latency.p50());
        results.add(topology, "1,000 requests/s, p99", "ms", ADDED, latency.p99());
        results.add(topology, "1,000 requests/s, p99.9", "ms", ADDED, latency.p999());
        if (!(topology instanceof Topology.Direct)) {
            results.add(
                    topology,
                    "1,000 requests/s, processor time of all proxies",
                    "s/1,000",
                    ALONE,
                    cpu * 1000 / latency.sent());
        }
    }

    private void closedLoop(Results results) {
        load.wrk(false, 8);
        results.add(topology, "closed loop, 16 kept connections", "requests/s", SHARE, load.wrk(false, SECONDS));
    }

    private void newConnections(Results results) {
        load.wrk(true, 12);
        results.add(topology, "a new connection for each request", "requests/s", SHARE, load.wrk(true, SECONDS));
    }

    private void memory(Results results) {
        if (topology instanceof Topology.Direct) {
            return;
        }
        List<SocketChannel> open = new ArrayList<>();
        try (TcpServer echo = TcpServer.echo(mesh.sockets(), server.netns(), 9000)) {
            openMore(open, 500, echo);
            double before = meter.residentMegabytesOfBoth();
            openMore(open, CONNECTIONS, echo);
            pause(1000);
            double grown = meter.residentMegabytesOfBoth() - before;
            results.add(topology, "an open connection, per node", "KB", ALONE, grown * 1024 / CONNECTIONS / 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            open.forEach(Bench::closeQuietly);
        }
    }

    private void openMore(List<SocketChannel> open, int count, TcpServer echo) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = mesh.sockets().connect(client.netns(), server.ipv4(), 9000);
            open.add(channel);
            Streams.write(channel, "x");
            if (!Streams.read(channel, 1).equals("x")) {
                throw new IOException("connection " + open.size() + " got no answer; the server has " + echo.served());
            }
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // measured already
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(Duration.ofMillis(millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        for (int node = 1; node <= 2; node++) {
            for (LabProcess process : mesh.process(node).processes()) {
                if (!process.alive()) {
                    System.err.println("died on node " + node + ":\n" + process.tail());
                }
            }
        }
        keepLogs();
        mesh.process(1).stop();
        mesh.process(2).stop();
        mesh.close();
        authority.close();
    }

    private void keepLogs() {
        try {
            Path kept = Files.createDirectories(Path.of("/tmp/culvert-bench"));
            for (int node = 1; node <= 2; node++) {
                Files.writeString(
                        kept.resolve(topology.title().replaceAll("[^a-z]+", "-") + "-" + node + ".log"),
                        mesh.process(node).output());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

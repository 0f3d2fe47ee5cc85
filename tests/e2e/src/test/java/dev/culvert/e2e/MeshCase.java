package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.TcpProbe;
import dev.culvert.testkit.netns.TcpProbe.Outcome;
import dev.culvert.testkit.netns.TcpServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/// What the cases share: a running mesh and clients in its pods, and the words of an operator.
final class MeshCase implements AutoCloseable {
    static final Map<String, String> AMBIENT = Map.of("istio.io/dataplane-mode", "ambient");
    private static final String QUESTION = "hello world";

    final MeshLab lab;
    final TcpProbe probe;
    private final List<TcpServer> servers = new ArrayList<>();

    MeshCase(MeshLab lab) {
        this.lab = lab;
        this.probe = new TcpProbe(lab.sockets(), Duration.ofSeconds(5));
    }

    /// An echo application on `port` of the pod.
    TcpServer echo(LabPod pod, int port) {
        TcpServer server = TcpServer.echo(lab.sockets(), pod.netns(), port);
        servers.add(server);
        return server;
    }

    /// One exchange with an echo.
    Outcome ask(LabPod from, String host, int port) {
        return probe.echo(from, host, port, QUESTION);
    }

    /// Waits until exchanges succeed: what was just written has reached the nodes.
    void awaitAnswer(LabPod from, String host, int port) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(ask(from, host, port)).isEqualTo(new Outcome.Answered(QUESTION)));
    }

    /// Waits until exchanges fail.
    void awaitRefusal(LabPod from, String host, int port) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertRefused(from, host, port));
    }

    /// An exchange succeeds, now.
    void assertAnswered(LabPod from, String host, int port) {
        assertThat(ask(from, host, port)).isEqualTo(new Outcome.Answered(QUESTION));
    }

    /// An exchange fails, now.
    void assertRefused(LabPod from, String host, int port) {
        assertThat(ask(from, host, port)).isInstanceOfAny(Outcome.Broken.class, Outcome.ConnectFailed.class);
    }

    /// The access-log lines of a node that contain all of `parts`.
    List<String> accessLog(int node, String... parts) {
        return lab.process(node)
                .output()
                .lines()
                .filter(line -> line.contains("\taccess\t"))
                .filter(line -> List.of(parts).stream().allMatch(line::contains))
                .toList();
    }

    /// Waits for an access-log line of a node that contains all of `parts`.
    String awaitAccessLog(int node, String... parts) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> accessLog(node, parts), lines -> !lines.isEmpty())
                .getLast();
    }

    /// Waits for the line that tells of a connection which was refused before there was a request.
    String awaitRefusedHandshake(int node) {
        return awaitAccessLog(node, "connection failed", "direction=\"inbound\"");
    }

    /// The sum of a counter's series of a node whose labels contain all of `parts`.
    double metric(int node, String name, String... parts) {
        return lab.process(node)
                .metrics()
                .lines()
                .filter(line -> line.startsWith(name + "{"))
                .filter(line -> List.of(parts).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(
                        line.substring(line.lastIndexOf("} ") + 2).split(" ", -1)[0]))
                .sum();
    }

    /// Lets time pass for those who act in the background.
    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        servers.forEach(TcpServer::close);
        lab.close();
    }
}

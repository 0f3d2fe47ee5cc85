package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.TcpProbe;
import dev.culvert.testkit.netns.TcpProbe.Outcome;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Calls to the mesh's own ports: each ends at once, and none goes round in circles.
///
/// `C`: no connection; `R`: a connection on which the exchange fails; `H`: answered with HTTP 400.
class HostileTest {
    private static final String GARBAGE = "hostile, no http\r\n\r\n";
    private static MeshCase mesh;
    private static TcpProbe probe;
    private static LabPod captured;
    private static LabPod target;
    private static LabPod uncaptured;

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("hostile")));
        probe = new TcpProbe(mesh.lab.sockets(), Duration.ofSeconds(1));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        mesh.lab.manifests().namespace("legacy", Map.of());
        captured = mesh.lab.run(PodSpec.of("shop", "captured", "captured"), 1);
        target = mesh.lab.run(PodSpec.of("shop", "target", "target"), 1);
        uncaptured = mesh.lab.run(PodSpec.of("legacy", "uncaptured", "uncaptured"), 1);
        mesh.echo(target, 8080);
        mesh.awaitAnswer(captured, target.ipv4(), 8080);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @ParameterizedTest
    @CsvSource({"15001,R", "15006,R", "15008,R", "15080,R", "15000,R", "15020,H", "15021,H"})
    void aCapturedPodCallsTheNodeProxy(int port, String expected) {
        assertOutcome(captured, mesh.lab.node(1).ipv4(), port, expected);
    }

    @ParameterizedTest
    @CsvSource({"15001,R", "15006,R", "15008,R", "15080,C", "15000,C", "15020,C", "15021,C"})
    void aCapturedPodCallsItself(int port, String expected) {
        assertOutcome(captured, captured.ipv4(), port, expected);
    }

    @ParameterizedTest
    @CsvSource({"15001,R", "15006,R", "15008,R", "15080,C", "15000,C", "15020,C", "15021,C"})
    void aCapturedPodCallsItsLoopback(int port, String expected) {
        assertOutcome(captured, "127.0.0.1", port, expected);
    }

    @ParameterizedTest
    @CsvSource({"15001,C", "15006,C", "15080,C", "15000,C", "15020,H", "15021,H"})
    void anUncapturedPodCallsTheNodeProxy(int port, String expected) {
        assertOutcome(uncaptured, mesh.lab.node(1).ipv4(), port, expected);
    }

    @ParameterizedTest
    @CsvSource({"15001,R", "15006,R", "15008,R", "15080,R", "15000,R", "15020,R", "15021,R"})
    void anUncapturedPodCallsACapturedOne(int port, String expected) {
        assertOutcome(uncaptured, captured.ipv4(), port, expected);
    }

    @ParameterizedTest
    @CsvSource({"15001,R", "15006,R", "15008,R"})
    void aCapturedPodCallsAnother(int port, String expected) {
        assertOutcome(captured, target.ipv4(), port, expected);
    }

    private static void assertOutcome(LabPod from, String host, int port, String expected) {
        Outcome outcome = probe.exchange(from.netns(), host, port, GARBAGE, 15);
        switch (expected) {
            case "C" -> assertThat(outcome).isInstanceOf(Outcome.ConnectFailed.class);
            case "R" -> assertThat(outcome).isInstanceOf(Outcome.Broken.class);
            default ->
                assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Outcome.Answered.class,
                                answer -> assertThat(answer.text()).startsWith("HTTP/1.1 400"));
        }
        mesh.assertAnswered(captured, target.ipv4(), 8080);
    }
}

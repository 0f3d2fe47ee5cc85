package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabProcess;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.Shell;
import dev.culvert.testkit.netns.TcpProbe.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What crosses the wire between two nodes, as a capture shows it.
class CaptureTest {
    private static final String SECRET = "the treasure is under the third palm tree";
    private static MeshCase mesh;
    private static Path capture;

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("capture")));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        LabPod client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
        LabPod server = mesh.lab.run(PodSpec.of("shop", "server", "server"), 2);
        mesh.echo(server, 8080);
        capture = mesh.lab.lab().directory().resolve("wire.pcap");
        try (LabProcess tcpdump = LabProcess.start(
                "tcpdump",
                mesh.lab.network().switchNamespace(),
                List.of("tcpdump", "-i", "br0", "-U", "--immediate-mode", "-s", "0", "-w", capture.toString()),
                Map.of(),
                mesh.lab.lab().directory().resolve("tcpdump.log"))) {
            tcpdump.await(output -> output.contains("listening on"), Duration.ofSeconds(10));
            mesh.awaitAnswer(client, server.ipv4(), 8080);
            assertThat(mesh.probe.echo(client, server.ipv4(), 8080, SECRET)).isEqualTo(new Outcome.Answered(SECRET));
            MeshCase.pause(300);
        }
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void payloadIsNotReadable() throws Exception {
        String bytes = new String(Files.readAllBytes(capture), StandardCharsets.ISO_8859_1);
        assertThat(bytes.length()).isGreaterThan(2000);
        assertThat(bytes).doesNotContain(SECRET).doesNotContain("palm tree");
    }

    @Test
    void handshakesAreTls13WithH2() {
        assertThat(fields("tls.handshake.type == 1", "tls.handshake.extensions_alpn_str"))
                .isNotEmpty()
                .allMatch("h2"::equals);
        assertThat(fields("tls.handshake.type == 2", "tls.handshake.extensions.supported_version"))
                .isNotEmpty()
                .allMatch(version -> version.contains("0304"));
    }

    @Test
    void thePostQuantumGroupIsNegotiated() {
        assertThat(fields("tls.handshake.type == 2", "tls.handshake.extensions_key_share_group"))
                .isNotEmpty()
                .allMatch(group -> group.equals("4588") || group.equalsIgnoreCase("0x11ec"));
    }

    private static List<String> fields(String filter, String field) {
        String out = Shell.run(
                "tshark",
                "-r",
                capture.toString(),
                "-d",
                "tcp.port==15008,tls",
                "-Y",
                "tcp.port == 15008 && " + filter,
                "-T",
                "fields",
                "-e",
                field);
        return out.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}

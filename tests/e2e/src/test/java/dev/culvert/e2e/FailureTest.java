package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What happens when processes of the mesh die and come back, and when certificates are short.
class FailureTest {
    private static final String VIP = "10.96.0.30";
    private MeshCase mesh;
    private LabPod client;
    private LabPod server;

    @BeforeEach
    void start() {
        // A certificate lives 20 s and so is renewed every 10.
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("failure").withNode("SECRET_TTL", "20s")));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        mesh.lab.manifests().service("shop", "server", VIP, 80, 8080);
        client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
        server = mesh.lab.run(PodSpec.of("shop", "server", "server"), 2);
        mesh.echo(server, 8080);
        mesh.awaitAnswer(client, VIP, 80);
    }

    @AfterEach
    void stop() {
        mesh.close();
    }

    @Test
    void certificatesAreRenewedUnderTrafficWithoutAFailure() {
        String before = leafSerial();
        try (Load load = Load.start(mesh, client, VIP, 80, 4)) {
            MeshCase.pause(26_000);
            assertThat(load.answered()).isGreaterThan(500);
            assertThat(load.failures()).isEmpty();
        }
        assertThat(leafSerial()).isNotEqualTo(before);
    }

    @Test
    void nothingFailsWhileTheControlPlaneIsAwayAndNewPodsJoinWhenItIsBack() {
        try (Load load = Load.start(mesh, client, VIP, 80, 4)) {
            MeshCase.pause(500);
            mesh.lab.controlPlane().running().kill();
            MeshCase.pause(4000);
            assertThat(load.failures()).isEmpty();
            mesh.lab.controlPlane().start();
            LabPod late = mesh.lab.run(PodSpec.of("shop", "late", "late"), 1);
            mesh.awaitAnswer(late, VIP, 80);
            assertThat(mesh.awaitAccessLog(2, "direction=\"inbound\"", "sa/late"))
                    .contains("src.identity");
            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    void podsComeBackIntoTheMeshWhenTheNodeProcessDiedAndWasStartedAgain() {
        mesh.lab.process(2).kill();
        mesh.assertRefused(client, VIP, 80);
        mesh.lab.process(2).start();
        mesh.lab.process(2).awaitReady();
        mesh.awaitAnswer(client, VIP, 80);
        assertThat(mesh.awaitAccessLog(2, "direction=\"inbound\"", "dst.workload=\"server\""))
                .contains("src.identity=\"spiffe://cluster.local/ns/shop/sa/client\"");
    }

    /// The serial number of the server's certificate, which comes before its root's.
    private String leafSerial() {
        return mesh.lab
                .process(2)
                .configDump()
                .lines()
                .filter(line -> line.contains("\"serialNumber\""))
                .map(String::strip)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no certificate in the dump"));
    }
}

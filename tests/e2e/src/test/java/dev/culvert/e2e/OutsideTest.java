package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Between the mesh and what is not in it.
class OutsideTest {
    private static MeshCase mesh;
    private static LabPod outside;
    private static LabPod inside;

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("outside")));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        mesh.lab.manifests().namespace("legacy", Map.of());
        outside = mesh.lab.run(PodSpec.of("legacy", "old", "old"), 1);
        inside = mesh.lab.run(PodSpec.of("shop", "new", "new"), 2);
        mesh.echo(outside, 8080);
        mesh.echo(inside, 8080);
        mesh.awaitAnswer(outside, inside.ipv4(), 8080);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @AfterEach
    void permissiveAgain() {
        mesh.lab.manifests().remove("peers");
        mesh.awaitAnswer(outside, inside.ipv4(), 8080);
    }

    @Test
    void permissiveLetsPlainCallersInAndSaysThatTheyAreUnknown() {
        mesh.assertAnswered(outside, inside.ipv4(), 8080);
        assertThat(mesh.awaitAccessLog(2, "direction=\"inbound\"", "dst.workload=\"new\""))
                .doesNotContain("src.identity");
        assertThat(mesh.metric(
                        2,
                        "istio_tcp_connections_opened_total",
                        "reporter=\"destination\"",
                        "connection_security_policy=\"unknown\"",
                        "destination_workload=\"new\""))
                .isPositive();
    }

    @Test
    void strictRefusesPlainCallers() {
        mesh.lab.manifests().put("peers", Policies.peers("shop", "STRICT"));
        mesh.awaitRefusal(outside, inside.ipv4(), 8080);
        assertThat(mesh.awaitAccessLog(2, "direction=\"inbound\"", "error=")).contains("istio_converted_static_strict");
    }

    @Test
    void thePodOutsideIsCalledInPlain() {
        mesh.assertAnswered(inside, outside.ipv4(), 8080);
        assertThat(mesh.awaitAccessLog(2, "direction=\"outbound\"", "dst.addr=" + outside.ipv4() + ":8080"))
                .doesNotContain("dst.hbone_addr");
    }
}

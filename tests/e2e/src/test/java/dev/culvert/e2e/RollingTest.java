package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.TcpServer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// All pods of a service are replaced, one after another, while clients call it.
class RollingTest {
    private static final String VIP = "10.96.0.20";
    private static final int GRACE_MILLIS = 1500;
    private static MeshCase mesh;
    private static LabPod client;

    private record Running(LabPod pod, TcpServer server) {}

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("rolling")));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        mesh.lab.manifests().service("shop", "cart", VIP, 80, 8080);
        client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void noExchangeFails() {
        Deque<Running> running = new ArrayDeque<>();
        for (int i = 0; i < 3; i++) {
            running.add(run(i));
        }
        mesh.awaitAnswer(client, VIP, 80);
        try (Load load = Load.start(mesh, client, VIP, 80, 4)) {
            for (int i = 3; i < 9; i++) {
                running.add(run(i));
                MeshCase.pause(500);
                replace(running.removeFirst());
            }
            assertThat(load.answered()).isGreaterThan(200);
            assertThat(load.failures()).isEmpty();
        }
    }

    private static Running run(int index) {
        LabPod pod = mesh.lab.run(PodSpec.of("shop", "cart-" + index, "cart"), 1 + index % 2);
        return new Running(pod, mesh.echo(pod, 8080));
    }

    /// As a kubelet does: say that it terminates, give it its grace, then take the sandbox away.
    private static void replace(Running old) {
        mesh.lab.terminate(old.pod());
        MeshCase.pause(GRACE_MILLIS);
        old.server().close();
        assertThat(mesh.lab.delete(old.pod())).isEmpty();
    }
}

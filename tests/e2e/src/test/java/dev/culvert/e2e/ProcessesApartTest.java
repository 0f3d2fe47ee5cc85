package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.CniChain;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabProcess;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Agent and ztunnel as two processes, joined by ZDS.
class ProcessesApartTest {
    private static MeshCase mesh;
    private static LabPod client;
    private static LabPod server;

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("apart").withProcessesApart()));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
        server = mesh.lab.run(PodSpec.of("shop", "server", "server"), 2);
        mesh.echo(server, 8080);
        mesh.awaitAnswer(client, server.ipv4(), 8080);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void podsOfTwoNodesTalkOverMutualTls() {
        mesh.assertAnswered(client, server.ipv4(), 8080);
        assertThat(mesh.awaitAccessLog(2, "direction=\"inbound\"", "dst.workload=\"server\""))
                .contains("src.identity=\"spiffe://cluster.local/ns/shop/sa/client\"");
    }

    @Test
    void aNewPodIsRefusedWhileTheAgentIsAwayAndTrafficGoesOn() {
        LabProcess agent = mesh.lab.process(1).processes().getFirst();
        agent.kill();
        mesh.assertAnswered(client, server.ipv4(), 8080);
        Assertions.assertThatThrownBy(() -> mesh.lab.run(PodSpec.of("shop", "refused", "refused"), 1))
                .isInstanceOf(CniChain.CniFailure.class)
                .hasMessageContaining("culvert-cni")
                .hasMessageContaining("agent");
        mesh.lab.process(1).stop();
        mesh.lab.process(1).start();
        mesh.lab.process(1).awaitReady();
        mesh.awaitAnswer(client, server.ipv4(), 8080);
        LabPod joined = mesh.lab.run(PodSpec.of("shop", "joined", "joined"), 1);
        mesh.awaitAnswer(joined, server.ipv4(), 8080);
        assertThat(mesh.lab.process(1).processes()).allMatch(LabProcess::alive);
    }
}

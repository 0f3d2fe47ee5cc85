package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.TcpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Pods of one node and of two, by service address and by pod address.
class NodesTest {
    private static final String VIP = "10.96.0.10";
    private static MeshCase mesh;
    private static LabPod client;
    private static LabPod near;
    private static LabPod far;
    private static TcpServer farServer;

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("nodes")));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        mesh.lab.manifests().service("shop", "far", VIP, 80, 8080);
        client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
        near = mesh.lab.run(PodSpec.of("shop", "near", "near"), 1);
        far = mesh.lab.run(PodSpec.of("shop", "far", "far"), 2);
        mesh.echo(near, 8080);
        farServer = mesh.echo(far, 8080);
        mesh.awaitAnswer(client, VIP, 80);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void aServiceOnTheOtherNodeAnswersOverMutualTls() {
        mesh.assertAnswered(client, VIP, 80);
        String out = mesh.awaitAccessLog(1, "direction=\"outbound\"", "dst.service=\"far.shop.svc.cluster.local\"");
        assertThat(out)
                .contains("src.identity=\"spiffe://cluster.local/ns/shop/sa/client\"")
                .contains("dst.identity=\"spiffe://cluster.local/ns/shop/sa/far\"")
                .contains("dst.hbone_addr=" + far.ipv4() + ":8080")
                .contains("dst.addr=" + far.ipv4() + ":15008")
                .contains("bytes_sent=11")
                .contains("bytes_recv=11");
        String in = mesh.awaitAccessLog(2, "direction=\"inbound\"", "dst.workload=\"far\"");
        assertThat(in)
                .contains("src.identity=\"spiffe://cluster.local/ns/shop/sa/client\"")
                .contains("dst.identity=\"spiffe://cluster.local/ns/shop/sa/far\"");
    }

    @Test
    void aPodAddressOnTheOtherNodeAnswers() {
        mesh.assertAnswered(client, far.ipv4(), 8080);
    }

    @Test
    void aPodOfTheSameNodeAnswersThroughTheTunnelToo() {
        mesh.assertAnswered(client, near.ipv4(), 8080);
        assertThat(mesh.awaitAccessLog(1, "direction=\"inbound\"", "dst.workload=\"near\""))
                .contains("src.identity=\"spiffe://cluster.local/ns/shop/sa/client\"");
    }

    @Test
    void theApplicationSeesTheClientsOwnAddress() {
        mesh.assertAnswered(client, far.ipv4(), 8080);
        assertThat(farServer.peers().getLast().toString()).contains(client.ipv4());
    }

    @Test
    void bothSidesCountTheConnection() {
        mesh.assertAnswered(client, VIP, 80);
        mesh.awaitAccessLog(2, "direction=\"inbound\"", "dst.workload=\"far\"");
        assertThat(mesh.metric(
                        1,
                        "istio_tcp_connections_opened_total",
                        "reporter=\"source\"",
                        "destination_service=\"far.shop.svc.cluster.local\"",
                        "connection_security_policy=\"mutual_tls\""))
                .isPositive();
        assertThat(mesh.metric(
                        2,
                        "istio_tcp_received_bytes_total",
                        "reporter=\"destination\"",
                        "source_principal=\"spiffe://cluster.local/ns/shop/sa/client\"",
                        "destination_workload=\"far\""))
                .isGreaterThanOrEqualTo(11);
    }

    @Test
    void aPodThatCallsItselfIsAnswered() {
        mesh.assertAnswered(far, far.ipv4(), 8080);
        mesh.assertAnswered(far, "127.0.0.1", 8080);
    }
}

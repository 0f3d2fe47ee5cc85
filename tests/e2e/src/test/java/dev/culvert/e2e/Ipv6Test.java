package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.TcpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Pods with IPv6 addresses alone.
class Ipv6Test {
    private static final String VIP = "fd96::60";
    private static MeshCase mesh;
    private static LabPod client;
    private static LabPod server;
    private static TcpServer application;

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("six").withIpv6Only()));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        mesh.lab.manifests().service("shop", "server", "\"" + VIP + "\"", 80, 8080);
        client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
        server = mesh.lab.run(PodSpec.of("shop", "server", "server"), 2);
        application = mesh.echo(server, 8080);
        mesh.awaitAnswer(client, VIP, 80);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void aServiceAnswersOverMutualTls() {
        assertThat(server.addresses()).hasSize(1);
        mesh.assertAnswered(client, VIP, 80);
        assertThat(mesh.awaitAccessLog(2, "direction=\"inbound\"", "dst.workload=\"server\""))
                .contains("src.identity=\"spiffe://cluster.local/ns/shop/sa/client\"");
    }

    @Test
    void aPodAddressAnswersAndPolicyHolds() {
        mesh.assertAnswered(client, server.ipv6(), 8080);
        mesh.lab
                .manifests()
                .put(
                        "policy",
                        Policies.authorization(
                                "shop",
                                "server",
                                "server",
                                "DENY",
                                "[{from: [{source: {ipBlocks: [\"" + client.ipv6() + "\"]}}]}]"));
        mesh.awaitRefusal(client, server.ipv6(), 8080);
        mesh.lab.manifests().remove("policy");
        mesh.awaitAnswer(client, server.ipv6(), 8080);
        assertThat(application.served()).isPositive();
    }
}

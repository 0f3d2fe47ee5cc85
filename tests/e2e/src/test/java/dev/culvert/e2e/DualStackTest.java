package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.TcpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Pods with an IPv4 and an IPv6 address.
class DualStackTest {
    private static MeshCase mesh;
    private static LabPod client;
    private static LabPod server;
    private static TcpServer application;

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("dual").withDualStack()));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        mesh.lab.manifests().service("shop", "server", "\"10.96.0.40\", \"fd96::40\"", 80, 8080);
        client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
        server = mesh.lab.run(PodSpec.of("shop", "server", "server"), 2);
        application = mesh.echo(server, 8080);
        mesh.awaitAnswer(client, "10.96.0.40", 80);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void aServicesIpv6AddressAnswers() {
        mesh.assertAnswered(client, "fd96::40", 80);
        assertThat(mesh.awaitAccessLog(1, "direction=\"outbound\"", "[" + server.ipv6() + "]:15008"))
                .contains("dst.identity=\"spiffe://cluster.local/ns/shop/sa/server\"");
    }

    @Test
    void aPodsIpv6AddressAnswersAndTheSourceIsKept() {
        mesh.assertAnswered(client, server.ipv6(), 8080);
        assertThat(application.peers().stream().map(Object::toString))
                .anyMatch(peer -> peer.contains(expanded(client.ipv6())));
    }

    @Test
    void aPodsIpv4AddressAnswersBesideIt() {
        mesh.assertAnswered(client, server.ipv4(), 8080);
    }

    private static String expanded(String ipv6) {
        try {
            return java.net.InetAddress.ofLiteral(ipv6).getHostAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(e);
        }
    }
}

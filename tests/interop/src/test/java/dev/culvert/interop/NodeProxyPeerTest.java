package dev.culvert.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.culvert.testkit.netns.LabOptions;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.TcpProbe;
import dev.culvert.testkit.netns.TcpProbe.Outcome;
import dev.culvert.testkit.netns.TcpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Another node proxy of HBONE, Istio's for one, under our agent and control plane, and with ours on the other node.
///
/// The binary's path is in `CULVERT_PEER_ZTUNNEL`; it is started with `proxy ztunnel` and Istio's variables.
class NodeProxyPeerTest {
    private static final String VIP = "10.96.0.50";

    @Test
    void thePeerOnBothNodes() {
        LabOptions options = base();
        promises(options.withPeer(peer()));
    }

    @Test
    void thePeerCallsOurs() {
        promises(base().withPeerOn(1, peer()));
    }

    @Test
    void oursCallsThePeer() {
        promises(base().withPeerOn(2, peer()));
    }

    private static LabOptions base() {
        String home = System.getProperty("culvert.distribution");
        assertThat(home).isNotNull();
        return LabOptions.twoNodes("interop", Path.of(home));
    }

    private static Path peer() {
        String path = System.getenv("CULVERT_PEER_ZTUNNEL");
        assumeTrue(path != null && !path.isEmpty(), "peer path not given: CULVERT_PEER_ZTUNNEL");
        return Path.of(path);
    }

    /// A service and a pod of the other node answer over mutual TLS; policy and STRICT hold.
    private static void promises(LabOptions options) {
        try (MeshLab mesh = MeshLab.start(options)) {
            mesh.manifests().namespace("shop", Map.of("istio.io/dataplane-mode", "ambient"));
            mesh.manifests().namespace("legacy", Map.of());
            mesh.manifests().service("shop", "server", VIP, 80, 8080);
            LabPod friend = mesh.run(PodSpec.of("shop", "friend", "friend"), 1);
            LabPod stranger = mesh.run(PodSpec.of("shop", "stranger", "stranger"), 1);
            LabPod outside = mesh.run(PodSpec.of("legacy", "outside", "outside"), 1);
            LabPod server = mesh.run(PodSpec.of("shop", "server", "server"), 2);
            TcpProbe probe = new TcpProbe(mesh.sockets(), Duration.ofSeconds(5));
            try (TcpServer echo = TcpServer.echo(mesh.sockets(), server.netns(), 8080)) {
                eventually(probe, friend, VIP, 80, true);
                eventually(probe, friend, server.ipv4(), 8080, true);
                eventually(probe, outside, server.ipv4(), 8080, true);
                assertThat(echo.peers().getFirst().toString()).contains(friend.ipv4());
                policyHolds(mesh, probe, server, friend, stranger);
                mesh.manifests().put("peers", """
                        apiVersion: security.istio.io/v1
                        kind: PeerAuthentication
                        metadata: {name: default, namespace: shop}
                        spec: {mtls: {mode: STRICT}}
                        """);
                eventually(probe, outside, server.ipv4(), 8080, false);
                eventually(probe, friend, VIP, 80, true);
            }
            assertThat(mesh.process(2).output()).contains("src.identity=\"spiffe://cluster.local/ns/shop/sa/friend\"");
        }
    }

    private static void policyHolds(MeshLab mesh, TcpProbe probe, LabPod server, LabPod friend, LabPod stranger) {
        mesh.manifests().put("policy", """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: only-friend, namespace: shop}
                spec:
                  selector: {matchLabels: {app: server}}
                  action: ALLOW
                  rules:
                  - from: [{source: {principals: [cluster.local/ns/shop/sa/friend]}}]
                """);
        eventually(probe, stranger, server.ipv4(), 8080, false);
        eventually(probe, friend, server.ipv4(), 8080, true);
        mesh.manifests().remove("policy");
        eventually(probe, stranger, server.ipv4(), 8080, true);
    }

    private static void eventually(TcpProbe probe, LabPod from, String host, int port, boolean answered) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            Outcome outcome = probe.echo(from, host, port, "hello");
            assertThat(outcome.equals(new Outcome.Answered("hello")))
                    .as("%s", outcome)
                    .isEqualTo(answered);
        });
    }
}

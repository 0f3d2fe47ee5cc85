package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.CniChain;
import dev.culvert.testkit.netns.Lab;
import dev.culvert.testkit.netns.LabNetwork;
import dev.culvert.testkit.netns.LabNode;
import dev.culvert.testkit.netns.LabSockets;
import dev.culvert.testkit.netns.TcpProbe;
import dev.culvert.testkit.netns.TcpProbe.Outcome;
import dev.culvert.testkit.netns.TcpServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The lab itself: what the other tests stand on works without the mesh, and goes away without a trace.
class LabTest {
    @Test
    void podsOfTwoNodesReachEachOtherAndNothingIsLeft() {
        Lab lab = Lab.create("wires");
        try (LabSockets sockets = new LabSockets()) {
            LabNetwork network = new LabNetwork(lab, 2);
            String one = pod(lab, network.nodes().get(0), "one");
            String two = pod(lab, network.nodes().get(1), "two");
            try (TcpServer server = TcpServer.echo(sockets, two, 7777)) {
                TcpProbe probe = new TcpProbe(sockets, Duration.ofSeconds(5));
                assertThat(probe.exchange(one, "10.60.2.2", 7777, "hello", 5)).isEqualTo(new Outcome.Answered("hello"));
                assertThat(server.peers().getFirst().toString()).contains("10.60.1.2");
            }
        } finally {
            lab.clean();
        }
        assertThat(Lab.leftOf("wires")).isEmpty();
    }

    private static String pod(Lab lab, LabNode node, String name) {
        String netns = lab.namespace(name);
        CniChain chain = new CniChain(
                "wires",
                "1.0.0",
                List.of(new CniChain.Plugin(
                        "bridge",
                        "\"bridge\":\"cni0\",\"isGateway\":true,\"ipam\":{\"type\":\"host-local\",\"ranges\":[[{\"subnet\":\""
                                + node.podRange4() + "\"}]],\"routes\":[{\"dst\":\"0.0.0.0/0\"}],\"dataDir\":\""
                                + lab.directory().resolve("ipam-" + node.name()) + "\"}")),
                List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin")),
                List.of("nsenter", "--net=/run/netns/" + node.netns()));
        String result = chain.add(new CniChain.Attachment(name, Path.of("/run/netns", netns), ""));
        assertThat(result).contains(node.podRange4().replace("0/24", "2/24"));
        return netns;
    }
}

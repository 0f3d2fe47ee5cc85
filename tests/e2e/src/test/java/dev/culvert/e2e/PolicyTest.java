package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.Streams;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who may call whom: AuthorizationPolicy by every L4 attribute, on new and on open connections.
class PolicyTest {
    private static MeshCase mesh;
    private static LabPod friend;
    private static LabPod stranger;
    private static LabPod server;

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("policy")));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        mesh.lab.manifests().namespace("other", MeshCase.AMBIENT);
        friend = mesh.lab.run(PodSpec.of("shop", "friend", "friend"), 1);
        stranger = mesh.lab.run(PodSpec.of("other", "stranger", "stranger"), 1);
        server = mesh.lab.run(PodSpec.of("shop", "server", "server"), 2);
        mesh.echo(server, 8080);
        mesh.echo(server, 9090);
        mesh.awaitAnswer(friend, server.ipv4(), 8080);
        mesh.awaitAnswer(stranger, server.ipv4(), 8080);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @AfterEach
    void openAgain() {
        mesh.lab.manifests().remove("policy");
        mesh.awaitAnswer(friend, server.ipv4(), 8080);
        mesh.awaitAnswer(stranger, server.ipv4(), 8080);
    }

    private static void apply(String action, String rules) {
        mesh.lab.manifests().put("policy", Policies.authorization("shop", "server", "server", action, rules));
    }

    @Test
    void allowByPrincipal() {
        apply("ALLOW", "[{from: [{source: {principals: [cluster.local/ns/shop/sa/friend]}}]}]");
        mesh.awaitRefusal(stranger, server.ipv4(), 8080);
        mesh.assertAnswered(friend, server.ipv4(), 8080);
        assertThat(mesh.awaitAccessLog(2, "direction=\"inbound\"", "sa/stranger", "error="))
                .contains("none allowed");
    }

    @Test
    void denyByPrincipalNamesThePolicy() {
        apply("DENY", "[{from: [{source: {principals: [cluster.local/ns/other/sa/stranger]}}]}]");
        mesh.awaitRefusal(stranger, server.ipv4(), 8080);
        mesh.assertAnswered(friend, server.ipv4(), 8080);
        assertThat(mesh.awaitAccessLog(2, "direction=\"inbound\"", "sa/stranger", "shop/server"))
                .contains("error=");
    }

    @Test
    void allowByNamespace() {
        apply("ALLOW", "[{from: [{source: {namespaces: [shop]}}]}]");
        mesh.awaitRefusal(stranger, server.ipv4(), 8080);
        mesh.assertAnswered(friend, server.ipv4(), 8080);
    }

    @Test
    void denyBySourceAddress() {
        apply("DENY", "[{from: [{source: {ipBlocks: [\"" + stranger.ipv4() + "\"]}}]}]");
        mesh.awaitRefusal(stranger, server.ipv4(), 8080);
        mesh.assertAnswered(friend, server.ipv4(), 8080);
    }

    @Test
    void denyByPort() {
        apply("DENY", "[{to: [{operation: {ports: [\"9090\"]}}]}]");
        mesh.awaitRefusal(friend, server.ipv4(), 9090);
        mesh.assertAnswered(friend, server.ipv4(), 8080);
    }

    @Test
    void anAllowWithoutRulesDeniesAll() {
        apply("ALLOW", "[]");
        mesh.awaitRefusal(friend, server.ipv4(), 8080);
        mesh.assertRefused(stranger, server.ipv4(), 8080);
    }

    @Test
    void aDenyByHttpMethodThatCannotBeJudgedHereLetsNothingMoreThrough() {
        apply("DENY", "[{to: [{operation: {methods: [DELETE], ports: [\"8080\"]}}]}]");
        mesh.awaitRefusal(friend, server.ipv4(), 8080);
        mesh.assertAnswered(friend, server.ipv4(), 9090);
    }

    @Test
    void anOpenConnectionIsClosedWhenThePolicyChanges() throws Exception {
        try (SocketChannel open = mesh.lab.sockets().connect(friend.netns(), server.ipv4(), 8080)) {
            Streams.write(open, "before");
            assertThat(Streams.read(open, 6)).isEqualTo("before");
            apply("DENY", "[{from: [{source: {namespaces: [shop]}}]}]");
            assertThat(endOf(open).get(15, TimeUnit.SECONDS)).isLessThanOrEqualTo(0);
            assertThat(mesh.awaitAccessLog(2, "direction=\"inbound\"", "sa/friend", "error=", "shop/server"))
                    .contains("bytes_recv=6");
        }
    }

    private static CompletableFuture<Integer> endOf(SocketChannel open) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return open.read(ByteBuffer.allocate(1));
            } catch (IOException reset) {
                return -1;
            }
        });
    }
}

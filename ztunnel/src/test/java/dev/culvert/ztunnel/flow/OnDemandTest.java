package dev.culvert.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.state.MeshBatch;
import dev.culvert.mesh.state.MeshState;
import dev.culvert.mesh.xds.OnDemand;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.ztunnel.flow.DataPathLab.Pod;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Connections of a proxy that knows its own pods alone, and asks for everything else.
class OnDemandTest {
    private static final String CLIENT = "127.85.0.1";
    private static final String SERVER = "127.85.0.2";
    private static final String VIP = "127.85.0.7";
    private static final String STRANGER = "127.85.0.9";
    private static final MeshBatch NOTHING = MeshBatch.ofAddresses(List.of(), List.of(), List.of());

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    /// What the control plane says by name, and what it was asked; a name without an entry stays unanswered.
    private final Map<String, MeshBatch> answers = new ConcurrentHashMap<>();
    private final Queue<String> questions = new ConcurrentLinkedQueue<>();

    private final DataPathLab lab = new DataPathLab(leaks.allocator(), this::asking);
    private final Pod client = lab.pod("client", CLIENT);
    private final Pod server = lab.pod("server", SERVER);

    private OnDemand asking(MeshState mesh) {
        OnDemand[] made = new OnDemand[1];
        made[0] = OnDemand.asking(
                mesh,
                name -> {
                    questions.add(name);
                    MeshBatch answer = answers.get(name);
                    if (answer != null) {
                        mesh.thread().execute(() -> {
                            mesh.apply(answer);
                            made[0].answered(List.of(name));
                        });
                    }
                },
                _ -> {});
        return made[0];
    }

    @BeforeEach
    void start() {
        lab.tell(List.of(DataPathLab.workload("client", CLIENT).build()), List.of());
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    @Test
    void asksForADestinationOnceAndThenTunnelsToIt() throws Exception {
        answers.put(
                "/" + SERVER,
                MeshBatch.ofAddresses(
                        List.of(),
                        List.of(DataPathLab.workload("server", SERVER).build()),
                        List.of()));
        try (TestApplication app = TestApplication.echo(server.address())) {
            exchange(client.dial(SERVER, app.port()));
            exchange(client.dial(SERVER, app.port()));
        }
        assertThat(questions).containsExactly("/" + SERVER);
        await().untilAsserted(() ->
                assertThat(lab.completed(false)).containsExactly("client->server 1/1 ", "client->server 1/1 "));
    }

    @Test
    void asksForAServiceAndPassesThroughWhatTheControlPlaneDoesNotKnow() throws Exception {
        answers.put("/" + STRANGER, NOTHING);
        try (TestApplication app = TestApplication.echo(server.address());
                TestApplication stranger = TestApplication.echo(DataPathLab.ip(STRANGER))) {
            NamespacedHostname key = new NamespacedHostname("default", "server.example");
            Service service = Service.named(key.namespace(), key.hostname())
                    .vip(new NetworkAddress("", DataPathLab.ip(VIP)))
                    .port(80, app.port())
                    .build();
            answers.put(
                    "/" + VIP,
                    MeshBatch.ofAddresses(
                            List.of(),
                            List.of(DataPathLab.workload("server", SERVER)
                                    .service(key, PortMap.of(Map.of(80, app.port())))
                                    .build()),
                            List.of(service)));
            exchange(client.dial(VIP, 80));
            exchange(client.dial(STRANGER, stranger.port()));
        }
        assertThat(questions).containsExactly("/" + VIP, "/" + STRANGER);
        await().untilAsserted(
                        () -> assertThat(lab.completed(true)).containsExactly("client->server 1/1 ", "client-> 1/1 "));
    }

    @Test
    void refusesAConnectionWhoseDestinationStaysInTheDark() throws Exception {
        try (TestApplication app = TestApplication.echo(server.address());
                Socket socket = client.dial(SERVER, app.port())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(app.clients).isEmpty();
        }
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(lab.refused())
                        .containsExactly(
                                "the control plane has not told of /" + SERVER + " within 5000 ms; is it reachable?"));
    }

    private static void exchange(Socket socket) throws Exception {
        try (socket) {
            socket.getOutputStream().write(7);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).containsExactly(7);
        }
    }
}

package dev.culvert.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.Protocol;
import dev.culvert.hbone.ConnectReply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How the waypoint goes: nobody's request is lost who listens to what it says.
@Timeout(60)
class DrainTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: web\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    private final WaypointLab lab = new WaypointLab("MINIMUM_DRAIN_DURATION", "1500ms");

    DrainTest() throws IOException {}

    @AfterEach
    void close() {
        lab.close();
    }

    private CompletableFuture<Void> drain() {
        return lab.engine.drain(Duration.ofSeconds(8));
    }

    @Test
    void answersWhatComesAndSaysThatItIsTheLast() throws IOException {
        try (RecordingBackend backend = new RecordingBackend(OK)) {
            lab.serve(Protocol.HTTP1, List.of(), backend.port());
            InnerClient before = lab.client();
            before.send(GET);
            assertThat(before.awaitText("ok")).doesNotContain("connection: close");
            before.forget();
            CompletableFuture<Void> done = drain();
            Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            before.send(GET);
            assertThat(before.awaitEnd()).contains("connection: close\r\n").endsWith("ok");
            InnerClient during = lab.client();
            during.send(GET);
            assertThat(during.awaitEnd()).contains("connection: close\r\n").endsWith("ok");
            InnerClient idle = lab.client();
            idle.awaitEnd();
            assertThat(done).succeedsWithin(Duration.ofSeconds(5));
            assertThat(lab.connect(WaypointLab.VIP + ":80", new InnerClient())).isInstanceOf(ConnectReply.Failed.class);
        }
    }

    @Test
    void letsARequestEndThatIsRunning() throws IOException {
        try (RawBackend backend = new RawBackend()) {
            lab.serve(Protocol.HTTP1, List.of(), backend.port());
            InnerClient client = lab.client();
            client.send(GET);
            RawBackend.Connection connection = backend.take();
            connection.readHead();
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nha");
            client.awaitText("ha");
            CompletableFuture<Void> done = drain();
            Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> !done.isDone());
            connection.write("lf");
            assertThat(client.awaitText("half")).startsWith("HTTP/1.1 200 OK\r\n");
            client.close();
            assertThat(done).succeedsWithin(Duration.ofSeconds(5));
        }
    }

    @Test
    void losesNoRequestWhileAnotherReplicaTakesOver() throws IOException {
        AtomicInteger answered = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        try (RecordingBackend backend = new RecordingBackend(OK);
                WaypointLab second = new WaypointLab()) {
            lab.serve(Protocol.HTTP1, List.of(), backend.port());
            second.serve(Protocol.HTTP1, List.of(), backend.port());
            List<CompletableFuture<Void>> clients = Stream.generate(() -> CompletableFuture.runAsync(() -> {
                        InnerClient client = null;
                        while (!stop.get()) {
                            client = client == null ? open(second) : client;
                            client.send(GET);
                            String answer = client.awaitText("ok");
                            answered.incrementAndGet();
                            client.forget();
                            client = answer.contains("connection: close") ? null : client;
                        }
                    }))
                    .limit(4)
                    .toList();
            Awaitility.await().until(() -> answered.get() > 200);
            CompletableFuture<Void> done = drain();
            assertThat(done).succeedsWithin(Duration.ofSeconds(9));
            int sofar = answered.get();
            Awaitility.await().until(() -> answered.get() > sofar + 200);
            stop.set(true);
            clients.forEach(each -> assertThat(each).succeedsWithin(Duration.ofSeconds(10)));
        }
    }

    private InnerClient open(WaypointLab second) {
        InnerClient client = new InnerClient();
        return lab.connect(WaypointLab.VIP + ":80", client) instanceof ConnectReply.Accepted ? client : second.client();
    }

    @Test
    void tellsClientsOfHttp2AndLetsTheirStreamsEnd() {
        H2Backend backend = new H2Backend(100, true);
        try {
            lab.serve(Protocol.HTTP2, List.of(), backend.port());
            H2Client client = new H2Client(lab);
            H2Stream running = client.request("GET", "/1", true);
            H2Stream served = backend.take();
            served.awaitHead();
            CompletableFuture<Void> done = drain();
            Awaitility.await().until(() -> !client.goAways().isEmpty());
            assertThat(client.goAways()).containsOnly(0L);
            Awaitility.await().until(() -> client.goAways().size() == 2);
            served.head(false, ":status", "200");
            served.data("whole", true);
            assertThat(running.awaitEnd()).isEqualTo("whole");
            assertThat(done).succeedsWithin(Duration.ofSeconds(5));
            assertThat(client.isOpen()).isFalse();
        } finally {
            backend.close();
        }
    }
}

package dev.culvert.agent.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.agent.event.PluginEventServer.Answer;
import dev.culvert.plugin.AgentClient;
import dev.culvert.process.Metrics;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PluginEventServerTest {
    private static final Duration BRISK = Duration.ofMillis(300);
    private static final int PLACES = 4;

    private final Metrics metrics = new Metrics();
    private Path dir;
    private Path socket;
    private PluginEventServer server;

    @BeforeEach
    void start() throws IOException {
        dir = Files.createTempDirectory(Path.of("/tmp"), "plugin-events");
        socket = dir.resolve("pluginevent.sock");
        server = new PluginEventServer(
                socket,
                request -> new Answer(200, request.path()),
                metrics.counter("requests_total", "Requests", "code"),
                new PluginEventServer.Limits(PLACES, BRISK));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        Files.delete(dir);
    }

    private String ask() throws IOException {
        return new AgentClient(socket, Duration.ofSeconds(10))
                .post("/status", "{}", Map.of())
                .body();
    }

    private SocketChannel dial() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return channel;
    }

    @Test
    void belongsToItsOwnerAlone() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(ask()).isEqualTo("/status");
    }

    @Test
    void doesNotAnswerAnotherUserEvenWhenTheModeLetsItIn() throws Exception {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        Process stranger = new ProcessBuilder(
                        "setpriv", "--reuid=65534", "--clear-groups", "socat", "-t5", "-", "UNIX-CONNECT:" + socket)
                .redirectErrorStream(true)
                .start();
        try (OutputStream out = stranger.getOutputStream()) {
            out.write("POST /status HTTP/1.1\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(new String(stranger.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .doesNotContain("HTTP/1.1")
                .doesNotContain("denied");
        assertThat(metrics.text()).doesNotContain("requests_total{");
    }

    @Test
    void endsPeersThatSendNothingSoThatOthersGetTheirPlaces() throws Exception {
        List<SocketChannel> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * PLACES; i++) {
                idle.add(dial());
            }
            assertThat(ask()).isEqualTo("/status");
            assertThat(idle.getFirst().read(ByteBuffer.allocate(1))).isNegative();
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
    }

    @Test
    void endsAPeerWhoseRequestDripsIn() throws Exception {
        try (SocketChannel channel = dial()) {
            ByteBuffer head = ByteBuffer.wrap("POST /status HTTP/1.1\r\nx: ".getBytes(StandardCharsets.US_ASCII));
            channel.write(head);
            await().pollInterval(Duration.ofMillis(20)).until(() -> !took(channel));
        }
    }

    private static boolean took(SocketChannel channel) {
        try {
            return channel.write(ByteBuffer.wrap(new byte[] {'a'})) == 1;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void endsAPeerWhoseRequestIsTooLong() throws Exception {
        try (SocketChannel channel = dial()) {
            String head = "POST /gc HTTP/1.1\r\nContent-Length: " + (256 * 1024 + 1) + "\r\n\r\n";
            channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
            assertThat(channel.read(ByteBuffer.allocate(1))).isNegative();
        }
    }
}

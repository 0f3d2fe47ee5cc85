package dev.culvert.agent.event;

import dev.culvert.process.CounterFamily;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The plugin's socket: HTTP/1.1, one request a connection, each on a virtual thread. Thread-safe.
///
/// Anyone on the node may connect, as with Istio's agent; what can be asked changes only what the
/// sources say anyway.
public final class PluginEventServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PluginEventServer.class);

    /// What answers a request; it may wait.
    @FunctionalInterface
    interface Handler {
        Answer answer(PluginRequest request) throws IOException, InterruptedException;
    }

    /// An answer: 200 and what was asked for, 400 for a request that is none, 404 for an unknown
    /// pod or path, 500 with the reason for what could not be done.
    record Answer(int status, String body) {
        static final Answer OK = new Answer(200, "");
    }

    private final Path path;
    private final ServerSocketChannel server;
    private final Handler handler;
    private final CounterFamily requests;

    /// Listens at `path`, in place of a stale socket.
    PluginEventServer(Path path, Handler handler, CounterFamily requests) throws IOException {
        this.path = path;
        this.handler = handler;
        this.requests = requests;
        Files.deleteIfExists(path);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        Thread.ofPlatform().name("plugin-events").daemon(true).start(this::acceptAll);
    }

    private void acceptAll() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Thread.ofVirtual().name("plugin-event").start(() -> serve(channel));
            } catch (IOException e) {
                if (server.isOpen()) {
                    log.atWarn().addKeyValue("error", e.getMessage()).log("cannot accept a plugin");
                }
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel;
                InputStream in = new BufferedInputStream(Channels.newInputStream(channel))) {
            PluginRequest request = PluginRequest.read(in);
            Answer answer = answer(request);
            requests.with(String.valueOf(answer.status)).increment();
            if (answer.status >= 500) {
                log.atWarn()
                        .addKeyValue("path", request.path())
                        .addKeyValue("body", request.body())
                        .addKeyValue("error", answer.body)
                        .log("plugin request failed");
            }
            write(channel, answer);
        } catch (IOException e) {
            log.atDebug().addKeyValue("error", e.getMessage()).log("plugin connection failed");
        }
    }

    private Answer answer(PluginRequest request) {
        try {
            return handler.answer(request);
        } catch (IllegalArgumentException e) {
            return new Answer(400, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            return new Answer(500, e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(500, "the agent is stopping");
        }
    }

    private static void write(SocketChannel channel, Answer answer) throws IOException {
        byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + answer.status + (answer.status == 200 ? " OK" : " Failed")
                + "\r\nContent-Type: "
                + (answer.body.startsWith("{") ? "application/json" : "text/plain; charset=utf-8")
                + "\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer whole = ByteBuffer.allocate(start.length + body.length)
                .put(start)
                .put(body)
                .flip();
        while (whole.hasRemaining()) {
            channel.write(whole);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.atDebug().addKeyValue("error", e.getMessage()).log("plugin socket was not removed");
        }
    }
}

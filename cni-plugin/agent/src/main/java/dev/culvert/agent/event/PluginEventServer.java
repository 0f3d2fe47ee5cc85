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
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The plugin's socket: HTTP/1.1, one request a connection, each on a virtual thread. Thread-safe.
///
/// What can be asked here decides which namespace is served under a pod's name, so only root and
/// the agent's own user may ask: the socket's mode is 0600, and each peer's credentials are looked
/// at. Peers are few and must be brisk, see [Limits]; those beyond the number wait in the kernel's
/// queue.
public final class PluginEventServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PluginEventServer.class);
    /// A failure to accept, such as for want of descriptors, lasts; it must not fill processor and log.
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

    /// What answers a request; it may wait.
    @FunctionalInterface
    interface Handler {
        Answer answer(PluginRequest request) throws IOException, InterruptedException;
    }

    /// What peers may ask of the server.
    ///
    /// @param connections how many are served at a time
    /// @param brisk how long a peer may take to send its request, and to take its answer
    record Limits(int connections, Duration brisk) {
        static final Limits DEFAULT = new Limits(256, Duration.ofSeconds(5));
    }

    /// An answer: 200 and what was asked for, 400 for a request that is none, 403 for one that
    /// cannot be right, 404 for an unknown pod or path, 500 with the reason for what could not be done.
    record Answer(int status, String body) {
        static final Answer OK = new Answer(200, "");
    }

    private final Path path;
    private final ServerSocketChannel server;
    private final Handler handler;
    private final CounterFamily requests;
    private final Limits limits;
    private final Semaphore places;
    private final Set<String> users;
    private final ScheduledThreadPoolExecutor deadlines;

    /// Listens at `path`, in place of a stale socket.
    PluginEventServer(Path path, Handler handler, CounterFamily requests, Limits limits) throws IOException {
        this.path = path;
        this.handler = handler;
        this.requests = requests;
        this.limits = limits;
        this.places = new Semaphore(limits.connections);
        Files.deleteIfExists(path);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            users = new HashSet<>(List.of("root", "0", Files.getOwner(path).getName()));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        deadlines = new ScheduledThreadPoolExecutor(
                1,
                task -> Thread.ofPlatform()
                        .name("plugin-deadlines")
                        .daemon(true)
                        .unstarted(task));
        deadlines.setRemoveOnCancelPolicy(true);
        Thread.ofPlatform().name("plugin-events").daemon(true).start(this::acceptAll);
    }

    private void acceptAll() {
        while (server.isOpen()) {
            places.acquireUninterruptibly();
            try {
                SocketChannel channel = server.accept();
                Thread.ofVirtual().name("plugin-event").start(() -> {
                    serve(channel);
                    places.release();
                });
            } catch (IOException e) {
                places.release();
                if (server.isOpen()) {
                    log.atWarn().addKeyValue("error", e.getMessage()).log("cannot accept a plugin");
                    LockSupport.parkNanos(AFTER_FAILURE.toNanos());
                }
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel;
                InputStream in = new BufferedInputStream(Channels.newInputStream(channel))) {
            String user =
                    channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
            if (!users.contains(user)) {
                log.atWarn().addKeyValue("user", user).log("a user that is not root called the plugin's socket");
                return;
            }
            ScheduledFuture<?> reading = closeLater(channel);
            PluginRequest request = PluginRequest.read(in);
            reading.cancel(false);
            Answer answer = answer(request);
            requests.with(String.valueOf(answer.status)).increment();
            if (answer.status >= 500 || answer.status == 403) {
                log.atWarn()
                        .addKeyValue("path", request.path())
                        .addKeyValue("body", request.body())
                        .addKeyValue("error", answer.body)
                        .log("plugin request failed");
            }
            ScheduledFuture<?> writing = closeLater(channel);
            write(channel, answer);
            writing.cancel(false);
        } catch (IOException | RuntimeException e) {
            log.atDebug().addKeyValue("error", e.getMessage()).log("plugin connection failed");
        }
    }

    /// Ends a peer that is not brisk; what waits for it fails then.
    private ScheduledFuture<?> closeLater(SocketChannel channel) {
        return deadlines.schedule(
                () -> {
                    channel.close();
                    return null;
                },
                limits.brisk.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private Answer answer(PluginRequest request) {
        try {
            return handler.answer(request);
        } catch (RefusedException e) {
            return new Answer(403, String.valueOf(e.getMessage()));
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
        deadlines.shutdownNow();
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            log.atDebug().addKeyValue("error", e.getMessage()).log("plugin socket was not removed");
        }
    }
}

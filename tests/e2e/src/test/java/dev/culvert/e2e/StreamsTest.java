package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.Streams;
import dev.culvert.testkit.netns.TcpServer;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Bytes: all of them, in both directions, however the application ends its streams.
class StreamsTest {
    private static final long BULK = 200L * 1024 * 1024;
    private static MeshCase mesh;
    private static LabPod client;
    private static LabPod server;
    private static final List<AutoCloseable> OPEN = new ArrayList<>();

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("streams")));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
        server = mesh.lab.run(PodSpec.of("shop", "server", "server"), 2);
        mesh.echo(server, 8080);
        serve(8081, connection -> {
            Streams.Sum sum = Streams.receive(connection);
            Streams.write(connection, sum.bytes() + " " + sum.crc());
            connection.shutdownOutput();
        });
        serve(8082, connection -> {
            Streams.send(connection, BULK, 7);
            connection.shutdownOutput();
            Streams.receive(connection);
        });
        serve(8083, connection -> {
            Streams.write(connection, "bye");
            connection.shutdownOutput();
            OPEN_SUMS.complete(Streams.receive(connection));
        });
        mesh.awaitAnswer(client, server.ipv4(), 8080);
    }

    private static final CompletableFuture<Streams.Sum> OPEN_SUMS = new CompletableFuture<>();

    private static void serve(int port, TcpServer.Service service) {
        OPEN.add(TcpServer.start(mesh.lab.sockets(), server.netns(), port, service));
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable open : OPEN) {
            open.close();
        }
        mesh.close();
    }

    @Test
    void manyBytesArriveExactly() throws IOException {
        try (SocketChannel channel = mesh.lab.sockets().connect(client.netns(), server.ipv4(), 8081)) {
            Streams.Sum sent = Streams.send(channel, BULK, 42);
            channel.shutdownOutput();
            assertThat(Streams.read(channel, 100)).isEqualTo(sent.bytes() + " " + sent.crc());
        }
    }

    @Test
    void manyBytesComeBackExactly() throws IOException {
        try (SocketChannel channel = mesh.lab.sockets().connect(client.netns(), server.ipv4(), 8082)) {
            Streams.Sum got = Streams.receive(channel);
            assertThat(got).isEqualTo(new Streams.Sum(BULK, expected()));
        }
    }

    private static long expected() throws IOException {
        try (var pipe = java.nio.channels.ServerSocketChannel.open()) {
            pipe.bind(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0));
            CompletableFuture<Streams.Sum> sum = CompletableFuture.supplyAsync(() -> {
                try (SocketChannel to = SocketChannel.open(pipe.getLocalAddress())) {
                    return Streams.send(to, BULK, 7);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            try (SocketChannel from = pipe.accept()) {
                Streams.receive(from);
            }
            return sum.join().crc();
        }
    }

    @Test
    void theClientMayEndItsHalfFirst() throws IOException {
        try (SocketChannel channel = mesh.lab.sockets().connect(client.netns(), server.ipv4(), 8081)) {
            Streams.Sum sent = Streams.send(channel, 1000, 1);
            channel.shutdownOutput();
            assertThat(Streams.read(channel, 100)).isEqualTo(sent.bytes() + " " + sent.crc());
        }
    }

    @Test
    void theServerMayEndItsHalfFirst() throws Exception {
        try (SocketChannel channel = mesh.lab.sockets().connect(client.netns(), server.ipv4(), 8083)) {
            assertThat(Streams.receive(channel).bytes()).isEqualTo(3);
            Streams.Sum sent = Streams.send(channel, 100_000, 3);
            channel.shutdownOutput();
            assertThat(OPEN_SUMS.get(20, TimeUnit.SECONDS)).isEqualTo(sent);
        }
    }

    @Test
    void fiveHundredConnectionsAtOnce() throws Exception {
        List<SocketChannel> channels = new ArrayList<>();
        try (var executor = Executors.newFixedThreadPool(32)) {
            List<Callable<SocketChannel>> dials = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                dials.add(() -> mesh.lab.sockets().connect(client.netns(), server.ipv4(), 8080));
            }
            for (Future<SocketChannel> dialled : executor.invokeAll(dials)) {
                channels.add(dialled.get());
            }
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < channels.size(); i++) {
                    Streams.write(channels.get(i), text(round, i));
                }
                for (int i = 0; i < channels.size(); i++) {
                    assertThat(Streams.read(channels.get(i), text(round, i).length()))
                            .isEqualTo(text(round, i));
                }
            }
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    private static String text(int round, int index) {
        return "round " + round + " connection " + index;
    }
}

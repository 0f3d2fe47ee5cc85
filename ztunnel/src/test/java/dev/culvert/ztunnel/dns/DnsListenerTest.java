package dev.culvert.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.ztunnel.config.DnsConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DnsListenerTest {
    private static final Duration PATIENT = Duration.ofSeconds(30);
    private static final Duration IMPATIENT = Duration.ofSeconds(2);

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final LoopbackSockets sockets = new LoopbackSockets();
    private DatagramSocket nameserver;
    private DatagramSocket client;
    private DnsListener listener;

    @BeforeEach
    void open() throws Exception {
        nameserver = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        nameserver.setSoTimeout(30_000);
        client = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        client.setSoTimeout(30_000);
        listener = listener(upstream(), PATIENT);
    }

    private InetSocketAddress upstream() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), nameserver.getLocalPort());
    }

    /// From now on a query that nobody answers is given up soon.
    private void hurry() throws Exception {
        listener.close();
        sockets.datagrams.clear();
        listener = listener(upstream(), IMPATIENT);
    }

    @AfterEach
    void close() {
        listener.close();
        nameserver.close();
        client.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private DnsListener listener(InetSocketAddress upstream, Duration timeout) throws Exception {
        DnsConfig config = new DnsConfig(
                true,
                new DnsConfig.Listen.Address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                List.of(upstream),
                null);
        DnsListener opened = new DnsListener(loops.next(), sockets, config, new DnsLimits(2, 2, 4, 512, timeout));
        opened.open().get();
        return opened;
    }

    @Test
    void passesAQueryOnUnderAnotherIdAndTheAnswerBackUnderItsOwn() throws Exception {
        ask(query(0x1234));
        DatagramPacket asked = receive(nameserver);
        byte[] forwarded = bytes(asked);
        forwarded[2] |= (byte) 0x80;
        nameserver.send(new DatagramPacket(forwarded, forwarded.length, asked.getSocketAddress()));
        byte[] answer = bytes(receive(client));
        assertThat(id(answer)).isEqualTo(0x1234);
        assertThat(answer[2] & 0x80).isEqualTo(0x80);
    }

    @Test
    void ignoresAnAnswerToAnotherQuestionOrUnderAnotherId() throws Exception {
        hurry();
        ask(query(7));
        DatagramPacket asked = receive(nameserver);
        byte[] wrongId = bytes(asked);
        wrongId[0] ^= 1;
        wrongId[2] |= (byte) 0x80;
        nameserver.send(new DatagramPacket(wrongId, wrongId.length, asked.getSocketAddress()));
        byte[] wrongName = bytes(asked);
        wrongName[13] ^= 1;
        wrongName[2] |= (byte) 0x80;
        nameserver.send(new DatagramPacket(wrongName, wrongName.length, asked.getSocketAddress()));
        byte[] answer = bytes(receive(client));
        assertThat(answer[3] & 0x0f).isEqualTo(DnsMessage.SERVER_FAILURE);
    }

    @Test
    void answersWithAFailureWhenNobodyDoesOrTooManyWait() throws Exception {
        hurry();
        ask(query(1));
        ask(query(2));
        ask(query(3));
        byte[] refused = bytes(receive(client));
        assertThat(id(refused)).isEqualTo(3);
        assertThat(refused[3] & 0x0f).isEqualTo(DnsMessage.SERVER_FAILURE);
        assertThat(List.of(id(bytes(receive(client))), id(bytes(receive(client)))))
                .containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void dropsWhatIsNoQuery() throws Exception {
        hurry();
        byte[] response = query(1);
        response[2] |= (byte) 0x80;
        ask(response);
        ask(new byte[] {1, 2, 3});
        ask(new byte[513]);
        ask(query(9));
        receive(nameserver);
        assertThat(id(bytes(receive(client)))).isEqualTo(9);
    }

    @Test
    void passesQueriesOfAConnectionOnOverConnections() throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            listener.close();
            listener = listener(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream.getLocalPort()), IMPATIENT);
            Thread.ofVirtual().start(() -> answerOnce(upstream));
            InetSocketAddress address = sockets.streams.getLast();
            try (Socket connection = new Socket(address.getAddress(), address.getPort())) {
                connection.setSoTimeout(30_000);
                DataOutputStream out = new DataOutputStream(connection.getOutputStream());
                byte[] query = query(77);
                out.writeShort(query.length);
                out.write(query);
                DataInputStream in = new DataInputStream(connection.getInputStream());
                byte[] answer = in.readNBytes(in.readUnsignedShort());
                assertThat(id(answer)).isEqualTo(77);
                assertThat(answer[2] & 0x80).isEqualTo(0x80);
                assertThat(in.read()).isEqualTo(-1);
            }
        }
    }

    private static void answerOnce(ServerSocket upstream) {
        try (Socket socket = upstream.accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] query = in.readNBytes(in.readUnsignedShort());
            query[2] |= (byte) 0x80;
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(query.length);
            out.write(query);
            out.flush();
            socket.getInputStream().read();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void ask(byte[] query) throws IOException {
        client.send(new DatagramPacket(query, query.length, sockets.datagrams.getFirst()));
    }

    private static DatagramPacket receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[1_024], 1_024);
        socket.receive(packet);
        return packet;
    }

    private static byte[] bytes(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static int id(byte[] message) {
        return ByteBuffer.wrap(message).getShort() & 0xffff;
    }

    /// A question for the address of `ab.c`.
    private static byte[] query(int id) {
        return ByteBuffer.allocate(22)
                .putShort((short) id)
                .put(new byte[] {1, 0, 0, 1, 0, 0, 0, 0, 0, 0})
                .put(new byte[] {2, 'a', 'b', 1, 'c', 0, 0, 1, 0, 1})
                .array();
    }

    /// Ordinary sockets on loopback; remembers where the listeners are.
    private static final class LoopbackSockets implements DnsSockets {
        private final List<InetSocketAddress> datagrams = new CopyOnWriteArrayList<>();
        private final List<InetSocketAddress> streams = new CopyOnWriteArrayList<>();

        @Override
        public Future<? extends Channel> bindDatagram(EventLoop loop, InetSocketAddress local, ChannelHandler handler) {
            return channel(loop, datagrams(loop, handler).bind(local), datagrams);
        }

        @Override
        public Future<? extends Channel> connectDatagram(
                EventLoop loop, InetSocketAddress remote, ChannelHandler handler) {
            return channel(loop, datagrams(loop, handler).connect(remote), null);
        }

        private static Bootstrap datagrams(EventLoop loop, ChannelHandler handler) {
            return new Bootstrap().group(loop).channel(NioDatagramChannel.class).handler(handler);
        }

        @Override
        public Future<? extends Channel> listenStream(EventLoop loop, InetSocketAddress local, ChannelHandler child) {
            return channel(
                    loop,
                    new ServerBootstrap()
                            .group(loop)
                            .channel(NioServerSocketChannel.class)
                            .childHandler(child)
                            .bind(local),
                    streams);
        }

        @Override
        public Future<? extends Channel> connectStream(
                EventLoop loop, InetSocketAddress remote, ChannelHandler handler) {
            return channel(
                    loop,
                    new Bootstrap()
                            .group(loop)
                            .channel(NioSocketChannel.class)
                            .handler(handler)
                            .connect(remote),
                    null);
        }

        private static Future<Channel> channel(
                EventLoop loop, ChannelFuture future, @Nullable List<InetSocketAddress> bound) {
            Promise<Channel> promise = loop.newPromise();
            var _ = future.addListener((ChannelFuture done) -> {
                if (done.isSuccess()) {
                    if (bound != null) {
                        bound.add((InetSocketAddress) done.channel().localAddress());
                    }
                    promise.setSuccess(done.channel());
                } else {
                    promise.setFailure(done.cause());
                }
            });
            return promise;
        }

        @Override
        public boolean ipv6Loopback() {
            return false;
        }
    }
}

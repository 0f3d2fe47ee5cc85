package dev.culvert.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.ca.IstioCertificateRequest;
import dev.culvert.api.ca.IstioCertificateServiceGrpc;
import dev.culvert.controlplane.caller.Caller;
import dev.culvert.controlplane.caller.CallerIdentity;
import dev.culvert.controlplane.caller.CallerInterceptor;
import dev.culvert.controlplane.connection.ConnectionLimits;
import dev.culvert.controlplane.connection.ConnectionTable;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the gRPC ports hold for callers that show no valid token, or too much of one.
@Timeout(60)
class ControlPortTest {
    private static final byte SETTINGS = 4;
    private static final byte PING = 6;
    private static final byte GOAWAY = 7;
    private static final Duration LONG = Duration.ofMinutes(5);

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Queue<String> closed = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private int port;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }

    /// A port that knows one token, `good`, and has no service.
    private void start(ConnectionLimits limits) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ConnectionTable connections = new ConnectionTable(limits, closed::add);
        CallerInterceptor callers = new CallerInterceptor(
                List.of(token -> token.equals("good") ? new Caller(new CallerIdentity.Node("n1"), token) : null),
                List.of(),
                _ -> {},
                connections,
                Clock.systemUTC());
        Server server = ControlPort.start(
                ControlPort.builder(
                        any,
                        List.of(new IstioCertificateServiceGrpc.IstioCertificateServiceImplBase() {}),
                        callers,
                        Runnable::run,
                        loops,
                        connections),
                "a test",
                0);
        port = server.getPort();
        opened.add(() -> server.shutdownNow().awaitTermination());
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        opened.add(socket);
        return socket;
    }

    private ManagedChannel client() {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        opened.add(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
        return channel;
    }

    /// How a call ends; UNIMPLEMENTED is that of one that was let through.
    private static Status.Code call(ManagedChannel channel, String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        try {
            var _ = IstioCertificateServiceGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .withDeadlineAfter(Duration.ofSeconds(10))
                    .createCertificate(IstioCertificateRequest.getDefaultInstance());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    @Test
    void theNumbersInForceAreThose() {
        assertThat(ConnectionLimits.of(ConnectionLimits.DEFAULT_UNPROVEN))
                .isEqualTo(new ConnectionLimits(1_000, Duration.ofSeconds(20), 200, 10, Duration.ofMinutes(1)));
    }

    @Test
    void aConnectionThatMakesNoCallIsSentAwayAndClosed() throws Exception {
        start(new ConnectionLimits(10, LONG, 10, 10, Duration.ofMillis(300)));
        Socket client = dial();
        OutputStream out = client.getOutputStream();
        preface(out);
        assertThat(wasSentAway(new DataInputStream(client.getInputStream()), out))
                .isTrue();
    }

    @Test
    void oneThatShowsNoTokenInTimeIsClosedWhateverItSends() throws Exception {
        start(new ConnectionLimits(10, Duration.ofMillis(500), 10, 10, LONG));
        Socket silent = dial();
        Socket polite = dial();
        preface(polite.getOutputStream());
        ManagedChannel stranger = client();
        assertThat(call(stranger, "bad")).isEqualTo(Status.Code.UNAUTHENTICATED);
        silent.getInputStream().readAllBytes();
        polite.getInputStream().readAllBytes();
        await().untilAsserted(() ->
                assertThat(closed).containsExactly("NOT_PROVEN_IN_TIME", "NOT_PROVEN_IN_TIME", "NOT_PROVEN_IN_TIME"));
    }

    @Test
    void theOldestWithoutATokenMakesRoomAndOneWithATokenStays() throws Exception {
        start(new ConnectionLimits(2, LONG, 10, 10, LONG));
        ManagedChannel good = client();
        assertThat(call(good, "good")).isEqualTo(Status.Code.UNIMPLEMENTED);
        List<Socket> silent = List.of(dial(), dial(), dial(), dial());
        silent.get(0).getInputStream().readAllBytes();
        silent.get(1).getInputStream().readAllBytes();
        assertThat(call(good, "good")).isEqualTo(Status.Code.UNIMPLEMENTED);
        silent.get(3).setSoTimeout(200);
        assertThatThrownBy(() -> silent.get(3).getInputStream().readAllBytes()).hasMessageContaining("timed out");
        assertThat(closed).containsExactly("TOO_MANY_UNPROVEN", "TOO_MANY_UNPROVEN");
    }

    @Test
    void refusedCallsEndTheirConnection() throws Exception {
        start(new ConnectionLimits(10, LONG, 10, 3, LONG));
        ManagedChannel stranger = client();
        for (int i = 0; i < 3; i++) {
            assertThat(call(stranger, "bad")).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
        assertThat(closed).isEmpty();
        var _ = call(stranger, "bad");
        assertThat(closed).containsExactly("TOO_MANY_REFUSED_CALLS");
    }

    @Test
    void oneTokenHasOnlySoManyConnectionsAtATime() throws Exception {
        start(new ConnectionLimits(10, LONG, 2, 10, LONG));
        ManagedChannel first = client();
        assertThat(call(first, "good")).isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(call(client(), "good")).isEqualTo(Status.Code.UNIMPLEMENTED);
        ManagedChannel third = client();
        assertThat(call(third, "good")).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        first.shutdownNow();
        await().untilAsserted(() -> assertThat(call(third, "good")).isEqualTo(Status.Code.UNIMPLEMENTED));
    }

    private static void preface(OutputStream out) throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.write(frame(SETTINGS, 0, new byte[0]));
    }

    /// Reads to the end, answering each PING (RFC 9113, section 6.7), and tells whether GOAWAY came.
    private static boolean wasSentAway(DataInputStream in, OutputStream out) throws IOException {
        boolean away = false;
        for (int high = in.read(); high >= 0; high = in.read()) {
            int length = high << 16 | in.readUnsignedShort();
            byte type = in.readByte();
            boolean acknowledged = (in.readByte() & 1) != 0;
            in.readInt();
            byte[] payload = in.readNBytes(length);
            away |= type == GOAWAY;
            if (type == PING && !acknowledged) {
                out.write(frame(PING, 1, payload));
            }
        }
        return away;
    }

    private static byte[] frame(byte type, int flags, byte[] payload) {
        byte[] frame = new byte[9 + payload.length];
        frame[2] = (byte) payload.length;
        frame[3] = type;
        frame[4] = (byte) flags;
        System.arraycopy(payload, 0, frame, 9, payload.length);
        return frame;
    }
}

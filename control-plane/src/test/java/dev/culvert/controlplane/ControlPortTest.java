package dev.culvert.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ControlPortTest {
    private static final byte SETTINGS = 4;
    private static final byte PING = 6;
    private static final byte GOAWAY = 7;

    private static final ServerInterceptor OPEN = new ServerInterceptor() {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return next.startCall(call, headers);
        }
    };

    @Test
    void aConnectionThatMakesNoCallIsSentAwayAndClosed() throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Server server = ControlPort.start(
                ControlPort.builder(any, List.of(), OPEN, Runnable::run, Duration.ofMillis(300)), "a test", 0);
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
            OutputStream out = client.getOutputStream();
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.write(frame(SETTINGS, 0, new byte[0]));
            assertThat(wasSentAway(new DataInputStream(client.getInputStream()), out))
                    .isTrue();
        } finally {
            server.shutdownNow();
        }
        assertThat(ControlPort.IDLE).isEqualTo(Duration.ofMinutes(1));
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

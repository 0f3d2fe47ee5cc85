package dev.culvert.waypoint.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The server name in the first bytes of a connection.
class ClientHelloTest {
    private static final int RECORD_HEADER = 5;

    @Test
    void readsTheNameThatTheJdkAsksFor() throws Exception {
        assertThat(peek(hello("shop.example.org"))).isEqualTo(new ClientHello.Result.Hello("shop.example.org"));
        assertThat(peek(hello(""))).isEqualTo(new ClientHello.Result.Hello(""));
    }

    @Test
    void needsEveryByteOfTheMessage() throws Exception {
        byte[] hello = hello("shop.example.org");
        for (int length = 0; length < hello.length; length++) {
            ByteBuf part = Unpooled.wrappedBuffer(hello, 0, length);
            assertThat(ClientHello.peek(part)).as("%s bytes", length).isInstanceOf(ClientHello.Result.Incomplete.class);
            assertThat(part.readerIndex()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 33, 100, 1000})
    void theMessageMayBeSpreadOverRecords(int size) throws Exception {
        byte[] message = message(hello("shop.example.org"));

        assertThat(peek(records(message, size))).isEqualTo(new ClientHello.Result.Hello("shop.example.org"));
    }

    @Test
    void tooManyRecordsAreRefused() throws Exception {
        byte[] message = message(hello("shop.example.org"));

        assertThat(peek(records(message, 3))).isInstanceOf(ClientHello.Result.NotTls.class);
    }

    @Test
    void tooLargeAMessageIsRefusedBeforeItIsThere() {
        byte[] header = {22, 3, 1, 0x40, 0, 1, 0x00, 0x40, 0x01};

        assertThat(peek(header)).isInstanceOf(ClientHello.Result.NotTls.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1",
                "SSH-2.0-x",
                "\u0016\u0002",
                "\u0016\u0003\u0001\u0000\u0000",
                "\u0016\u0003\u0001\u0000\u0001\u0002"
            })
    void whatIsNoTlsIsToldByItsFirstBytes(String text) {
        assertThat(peek(text.getBytes(StandardCharsets.ISO_8859_1))).isInstanceOf(ClientHello.Result.NotTls.class);
    }

    @Test
    void aDamagedMessageNeverThrows() throws Exception {
        byte[] hello = hello("shop.example.org");
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = hello.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            assertThat(peek(damaged)).isNotNull();
        }
    }

    private static ClientHello.Result peek(byte[] bytes) {
        return ClientHello.peek(Unpooled.wrappedBuffer(bytes));
    }

    private static byte[] hello(String serverName) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(serverName.isEmpty() ? List.of() : List.of(new SNIHostName(serverName)));
        engine.setSSLParameters(parameters);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    /// The handshake message of a hello in one record.
    private static byte[] message(byte[] hello) {
        byte[] message = new byte[hello.length - RECORD_HEADER];
        System.arraycopy(hello, RECORD_HEADER, message, 0, message.length);
        return message;
    }

    private static byte[] records(byte[] message, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += size) {
            int length = Math.min(size, message.length - at);
            out.writeBytes(new byte[] {22, 3, 1, (byte) (length >> 8), (byte) length});
            out.write(message, at, length);
        }
        return out.toByteArray();
    }
}

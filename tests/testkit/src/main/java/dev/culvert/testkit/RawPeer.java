package dev.culvert.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// An HBONE peer on raw frames, either end: the JDK's TLS, blocking sockets, and frames written byte by byte, so
/// that it may also say what no sound peer would. None of our code is in it. For one thread at a time.
public final class RawPeer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final SSLSocket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

    private RawPeer(SSLSocket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    /// TLS with a certificate of ours, or none when `own` has no chain, that trusts the roots in `own`.
    public static SSLContext tls(TestCa.Issued own) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            if (!own.chain().isEmpty()) {
                keys.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(new Certificate[0]));
            }
            KeyStore roots = KeyStore.getInstance("PKCS12");
            roots.load(null, null);
            for (X509Certificate root : own.roots()) {
                roots.setCertificateEntry(root.getSerialNumber().toString(), root);
            }
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
            keyManagers.init(keys, new char[0]);
            TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
            trustManagers.init(roots);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException("cannot set up TLS of a test peer", broken);
        }
    }

    /// A client that has shaken hands and said nothing yet.
    public static RawPeer connect(InetSocketAddress to, SSLContext tls) throws IOException {
        return new RawPeer((SSLSocket) tls.getSocketFactory().createSocket(to.getAddress(), to.getPort()));
    }

    /// A socket that asks clients for a certificate; give it to [#accept].
    public static SSLServerSocket listen(SSLContext tls) throws IOException {
        SSLServerSocket listening = (SSLServerSocket)
                tls.getServerSocketFactory().createServerSocket(0, 16, InetAddress.getLoopbackAddress());
        listening.setNeedClientAuth(true);
        listening.setSoTimeout(TIMEOUT_MILLIS);
        return listening;
    }

    /// A server's end, after the handshake and the client's preface.
    public static RawPeer accept(SSLServerSocket listening) throws IOException {
        RawPeer peer = new RawPeer((SSLSocket) listening.accept());
        peer.in.readNBytes(24);
        return peer;
    }

    /// The preface and empty settings, as a client begins.
    public RawPeer greet() throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        send(RawFrame.SETTINGS, 0, 0);
        return this;
    }

    /// Sends a SETTINGS frame of identifiers and values in turn.
    public void settings(int... idsAndValues) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(idsAndValues.length * 3);
        for (int i = 0; i < idsAndValues.length; i += 2) {
            payload.putShort((short) idsAndValues[i]).putInt(idsAndValues[i + 1]);
        }
        send(RawFrame.SETTINGS, 0, 0, payload.array());
    }

    public void send(int type, int flags, int stream, byte... payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        out.write(frame.array());
        out.flush();
    }

    /// Sends a frame whose payload is one number.
    public void number(int type, int stream, int number) throws IOException {
        send(type, 0, stream, ByteBuffer.allocate(4).putInt(number).array());
    }

    /// A header block of names and values in turn.
    public byte[] block(String... namesAndValues) {
        Http2Headers fields = new DefaultHttp2Headers(false);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(1, fields, block);
        } catch (Http2Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    /// A whole HEADERS frame that leaves the stream open.
    public void headers(int stream, String... namesAndValues) throws IOException {
        send(RawFrame.HEADERS, 4, stream, block(namesAndValues));
    }

    /// A CONNECT to `authority`.
    public void connect(int stream, String authority) throws IOException {
        headers(stream, ":method", "CONNECT", ":authority", authority);
    }

    public RawFrame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = in.readNBytes(length);
        return new RawFrame(type, flags, stream, payload);
    }

    /// The next frame of that type; what comes before it is passed over.
    public RawFrame await(int type) throws IOException {
        return await(frame -> frame.type() == type);
    }

    public RawFrame await(Predicate<RawFrame> wanted) throws IOException {
        while (true) {
            RawFrame frame = read();
            if (wanted.test(frame)) {
                return frame;
            }
        }
    }

    /// Reads to the GOAWAY that names an error, and gives its code.
    public int awaitError() throws IOException {
        return await(frame -> frame.type() == RawFrame.GOAWAY && frame.number(4) != 0)
                .number(4);
    }

    /// The fields of a HEADERS frame. To be called for each, in order.
    public Http2Headers decode(RawFrame frame) {
        try {
            return decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
        } catch (Http2Exception malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

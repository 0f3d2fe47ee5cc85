package dev.culvert.hbone.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.hbone.Acceptors;
import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelRig;
import dev.culvert.testkit.LeakGuard;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NegotiationTest {
    private static final int KEY_SHARE = 51;
    private static final int X25519MLKEM768 = 0x11ec;

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    /// TLS 1.2 has no such exchange, so it must not be a way around.
    private static final TlsOffer POST_QUANTUM_ONLY = new TlsOffer(true, true);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ourEndsAgreeOnThePostQuantumGroup(boolean alone) throws IOException {
        ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
        try (TunnelRig rig = new TunnelRig(
                        HboneLimits.DEFAULT, leaks.allocator(), alone ? POST_QUANTUM_ONLY : TlsOffer.STANDARD);
                ServerSocket between = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var served = rig.serve(Acceptors.echoing());
            Thread.ofVirtual().start(() -> passOn(between, served.address(), fromServer));
            var address = new InetSocketAddress(between.getInetAddress(), between.getLocalPort());

            var answer = rig.connect(rig.key(address, TunnelRig.BOB), "10.0.0.1:80");

            assertThat(answer.reply()).isInstanceOf(ConnectReply.Accepted.class);
            await().until(() -> fromServer.size() > 200);
            assertThat(groupOfServerHello(ByteBuffer.wrap(fromServer.toByteArray())))
                    .isEqualTo(X25519MLKEM768);
            assertThat(rig.tls.size()).isEqualTo(2);
        }
    }

    /// The JDK's TLS offers classic groups alone; its handshake is done before the server asks who it is.
    @Test
    void aPeerWithClassicKeyExchangeIsRefusedWherePolicyForbidsIt() throws Exception {
        try (TunnelRig rig = new TunnelRig(HboneLimits.DEFAULT, leaks.allocator())) {
            var served = rig.serve(Acceptors.echoing());
            assertThat(classicHandshake(served.address(), "TLSv1.3")).isEqualTo("TLSv1.3");
        }
        try (TunnelRig rig = new TunnelRig(HboneLimits.DEFAULT, leaks.allocator(), POST_QUANTUM_ONLY)) {
            var served = rig.serve(Acceptors.echoing());
            assertThatThrownBy(() -> classicHandshake(served.address(), "TLSv1.3"))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> classicHandshake(served.address(), "TLSv1.2"))
                    .isInstanceOf(IOException.class);
        }
    }

    private static String classicHandshake(InetSocketAddress to, String protocol) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(to.getAddress(), to.getPort())) {
            socket.setSoTimeout(10_000);
            socket.setEnabledProtocols(new String[] {protocol});
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    private static void passOn(ServerSocket between, InetSocketAddress server, ByteArrayOutputStream fromServer) {
        try (Socket client = between.accept();
                Socket upstream = new Socket(server.getAddress(), server.getPort())) {
            Thread.ofVirtual().start(() -> {
                try {
                    client.getInputStream().transferTo(upstream.getOutputStream());
                } catch (IOException closed) {
                    // the test is over
                }
            });
            InputStream from = upstream.getInputStream();
            OutputStream to = client.getOutputStream();
            byte[] buffer = new byte[8_192];
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                fromServer.write(buffer, 0, count);
                to.write(buffer, 0, count);
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    /// The group that a ServerHello names in its key share (RFC 8446 section 4.2.8).
    private static int groupOfServerHello(ByteBuffer records) {
        records.position(5 + 4 + 2 + 32);
        int session = records.get() & 0xff;
        records.position(records.position() + session + 3);
        int end = records.getShort() + records.position();
        while (records.position() < end) {
            int type = records.getShort() & 0xffff;
            int length = records.getShort() & 0xffff;
            if (type == KEY_SHARE) {
                return records.getShort() & 0xffff;
            }
            records.position(records.position() + length);
        }
        return -1;
    }
}

package dev.culvert.hbone.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.hbone.Acceptors;
import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelRig;
import dev.culvert.testkit.LeakGuard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NegotiationTest {
    private static final int KEY_SHARE = 51;
    private static final int X25519MLKEM768 = 0x11ec;

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    @Test
    void ourEndsAgreeOnThePostQuantumGroup() throws IOException {
        ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
        try (TunnelRig rig = new TunnelRig(HboneLimits.DEFAULT, leaks.allocator());
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

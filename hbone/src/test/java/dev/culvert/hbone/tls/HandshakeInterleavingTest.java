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
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The seam between TLS and HTTP/2, with the network cutting the bytes where it hurts most.
@Timeout(60)
class HandshakeInterleavingTest {
    private static final int QUIET_MILLIS = 150;

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    /// How what one end sends reaches the other.
    enum Network {
        /// All that an end says before it waits comes in one read: the client's Finished with its preface, settings and
        /// request; the server's session tickets with its settings and answer.
        GATHERED,
        /// Every byte comes in a read of its own.
        SINGLE_BYTES
    }

    @ParameterizedTest
    @EnumSource(Network.class)
    void aTunnelComesUpAndCarriesBytesHoweverTheHandshakeAndTheFirstRequestAreCut(Network network) throws IOException {
        try (TunnelRig rig = new TunnelRig(HboneLimits.DEFAULT, leaks.allocator());
                ServerSocket between = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var served = rig.serve(Acceptors.echoing());
            Thread.ofVirtual().start(() -> join(between, served.address(), network));
            var address = new InetSocketAddress(between.getInetAddress(), between.getLocalPort());

            var answer = rig.connect(rig.key(address, TunnelRig.BOB), "10.0.0.1:80");

            assertThat(answer.reply()).isInstanceOf(ConnectReply.Accepted.class);
            answer.recorder().send("hello");
            await().until(() -> answer.recorder().text().equals("hello"));
            answer.recorder().end();
            await().until(() -> answer.recorder().ended);
        }
    }

    private static void join(ServerSocket between, InetSocketAddress server, Network network) {
        try (Socket client = between.accept();
                Socket upstream = new Socket(server.getAddress(), server.getPort())) {
            Thread requests = Thread.ofVirtual().start(() -> pass(client, upstream, network));
            pass(upstream, client, network);
            requests.join();
        } catch (IOException | InterruptedException over) {
            // the test is over
        }
    }

    private static void pass(Socket source, Socket sink, Network network) {
        try {
            source.setSoTimeout(QUIET_MILLIS);
            sink.setTcpNoDelay(true);
            InputStream from = source.getInputStream();
            OutputStream to = sink.getOutputStream();
            for (byte[] said = untilQuiet(from); said != null; said = untilQuiet(from)) {
                if (network == Network.GATHERED) {
                    to.write(said);
                } else {
                    for (byte one : said) {
                        to.write(one);
                    }
                }
            }
            sink.shutdownOutput();
        } catch (IOException over) {
            // the test is over
        }
    }

    /// What comes until the source is quiet; null at its end.
    private static byte @Nullable [] untilQuiet(InputStream from) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        byte[] buffer = new byte[16_384];
        while (true) {
            try {
                int count = from.read(buffer);
                if (count < 0) {
                    return said.size() == 0 ? null : said.toByteArray();
                }
                said.write(buffer, 0, count);
            } catch (SocketTimeoutException quiet) {
                if (said.size() > 0) {
                    return said.toByteArray();
                }
            }
        }
    }
}

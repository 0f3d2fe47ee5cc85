package dev.culvert.hbone.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.hbone.Acceptors;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelRig;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.testkit.TestCa;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A peer that resumes its TLS session shows no certificate, and so could not be told who it is, or that it was revoked
/// since.
@Timeout(30)
class ResumptionTest {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final int SETTINGS = 4;

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    @Test
    void aClientThatLikesToResumeIsTakenWithAFullHandshakeEachTime() throws Exception {
        try (TunnelRig rig = new TunnelRig(HboneLimits.DEFAULT, leaks.allocator())) {
            var served = rig.serve(Acceptors.echoing());
            SSLContext client = client(rig.ca.issue(TunnelRig.ALICE));

            for (int i = 0; i < 5; i++) {
                assertThat(firstFrame(client, served.address()))
                        .as("connection %s", i)
                        .isEqualTo(SETTINGS);
            }
        }
    }

    /// The JDK's client keeps sessions and resumes them with the same peer.
    private static SSLContext client(TestCa.Issued own) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        return context;
    }

    /// The type of the server's first frame; tickets arrive before it.
    private static int firstFrame(SSLContext client, InetSocketAddress to) throws IOException {
        try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket(to.getAddress(), to.getPort())) {
            socket.setSoTimeout(10_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            socket.getOutputStream().write(PREFACE);
            InputStream in = socket.getInputStream();
            byte[] head = in.readNBytes(9);
            return head.length < 9 ? -1 : head[3];
        }
    }
}

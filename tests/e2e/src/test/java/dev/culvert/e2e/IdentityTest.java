package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.TestCa;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is let in to a pod's HBONE port: certificates of our mesh's authority and trust domain, and nobody else.
///
/// The caller is the JDK's TLS in a pod outside the mesh; the authority is plugged in, so that the test can sign too.
class IdentityTest {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int SETTINGS = 4;

    @TempDir
    private static Path authority;

    private static TestCa ca;
    private static MeshCase mesh;
    private static LabPod caller;
    private static LabPod server;

    @BeforeAll
    static void start() {
        ca = TestCa.create("the mesh's root");
        ca.writeTo(authority);
        mesh = new MeshCase(
                MeshLab.start(Labs.twoNodes("identity").withControlPlane("ROOT_CA_DIR", authority.toString())));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        mesh.lab.manifests().namespace("legacy", Map.of());
        caller = mesh.lab.run(PodSpec.of("legacy", "caller", "caller"), 1);
        LabPod client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
        server = mesh.lab.run(PodSpec.of("shop", "server", "server"), 2);
        mesh.echo(server, 8080);
        mesh.awaitAnswer(client, server.ipv4(), 8080);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void ourTrustDomainIsGreeted() throws Exception {
        assertThat(greeting(ca.issue(Duration.ofHours(1), "spiffe://cluster.local/ns/legacy/sa/caller")))
                .isEqualTo(SETTINGS);
    }

    @Test
    void anotherTrustDomainOfTheSameRootIsRefused() throws Exception {
        assertThat(greeting(ca.issue(Duration.ofHours(1), "spiffe://evil.example/ns/shop/sa/client")))
                .isNegative();
        assertThat(mesh.awaitRefusedHandshake(2)).contains("evil.example");
    }

    @Test
    void anotherRootIsRefused() throws Exception {
        TestCa other = TestCa.create("another root");
        assertThat(greeting(other.issue(Duration.ofHours(1), "spiffe://cluster.local/ns/shop/sa/client")))
                .isNegative();
    }

    @Test
    void aCertificateThatHasEndedIsRefused() throws Exception {
        assertThat(greeting(ca.issue(Duration.ofMinutes(-5), "spiffe://cluster.local/ns/shop/sa/client")))
                .isNegative();
    }

    @Test
    void aCertificateWithoutASpiffeNameIsRefused() throws Exception {
        assertThat(greeting(ca.issue(Duration.ofHours(1), "https://cluster.local/ns/shop/sa/client")))
                .isNegative();
    }

    /// The type of the first HTTP/2 frame that the server's node sends; -1 when it ends or resets the connection.
    private static int greeting(TestCa.Issued identity) throws Exception {
        try (SocketChannel tcp = mesh.lab.sockets().connect(caller.netns(), server.ipv4(), 15008)) {
            CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> {
                try (SSLSocket tls = (SSLSocket)
                        context(identity).getSocketFactory().createSocket(tcp.socket(), server.ipv4(), 15008, true)) {
                    var parameters = tls.getSSLParameters();
                    parameters.setApplicationProtocols(new String[] {"h2"});
                    parameters.setProtocols(new String[] {"TLSv1.3"});
                    tls.setSSLParameters(parameters);
                    tls.getOutputStream().write(PREFACE);
                    tls.getOutputStream().flush();
                    byte[] head = tls.getInputStream().readNBytes(9);
                    return head.length == 9 ? (int) head[3] : -1;
                } catch (IOException refused) {
                    return -1;
                } catch (GeneralSecurityException e) {
                    throw new IllegalStateException(e);
                }
            });
            return first.get(10, TimeUnit.SECONDS);
        }
    }

    private static SSLContext context(TestCa.Issued identity) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("own", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, new char[0]);
        KeyStore roots = KeyStore.getInstance("PKCS12");
        roots.load(null, null);
        roots.setCertificateEntry("root", ca.root());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), new SecureRandom());
        return context;
    }
}

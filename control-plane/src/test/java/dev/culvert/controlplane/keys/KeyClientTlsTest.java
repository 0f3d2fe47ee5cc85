package dev.culvert.controlplane.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Keys over TLS, from a server whose certificate is for `localhost`.
@Timeout(30)
final class KeyClientTlsTest {
    private static final AddressGuard GUARD = new AddressGuard(/* loopback= */ true);
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final char[] PASSWORD = "password".toCharArray();

    private HttpsServer server;
    private X509Certificate certificate;

    @BeforeEach
    void start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair key = generator.generateKeyPair();
        certificate = certificate(key);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(key)));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/jwks", exchange -> {
            byte[] body = "{\"keys\": []}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/plain", exchange -> {
            exchange.getResponseHeaders().set("location", "http://localhost:1/jwks");
            exchange.sendResponseHeaders(301, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static X509Certificate certificate(KeyPair key) throws Exception {
        X500Name name = new X500Name("CN=localhost");
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(now.minusSeconds(60)),
                        Date.from(now.plusSeconds(3600)),
                        name,
                        key.getPublic())
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    }

    private SSLContext tls(KeyPair key) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        store.setKeyEntry("key", key.getPrivate(), PASSWORD, new X509Certificate[] {certificate});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private KeyClient trusting() throws IOException {
        return new KeyClient(
                GUARD,
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(certificate)
                        .build());
    }

    private String url(String host, String path) {
        return "https://" + host + ":" + server.getAddress().getPort() + path;
    }

    @Test
    void takesTheKeysOfAServerThatIsTrusted() throws Exception {
        try (KeyClient client = trusting()) {
            assertThat(client.get(url("localhost", "/jwks"), SOON)).isEqualTo("{\"keys\": []}");
        }
    }

    @Test
    void refusesACertificateThatNobodyTrustsOrThatIsForAnotherName() throws Exception {
        try (KeyClient stranger = new KeyClient(GUARD)) {
            assertThatThrownBy(() -> stranger.get(url("localhost", "/jwks"), SOON))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("certification path");
        }
        try (KeyClient client = trusting()) {
            assertThatThrownBy(() -> client.get(url("127.0.0.1", "/jwks"), SOON))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1");
        }
    }

    @Test
    void doesNotFollowARedirectOutOfTls() throws Exception {
        try (KeyClient client = trusting()) {
            assertThatThrownBy(() -> client.get(url("localhost", "/plain"), SOON))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not protected by TLS");
        }
    }
}

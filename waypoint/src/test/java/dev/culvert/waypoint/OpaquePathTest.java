package dev.culvert.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.AuthorizationPolicy;
import dev.culvert.api.waypoint.Backend;
import dev.culvert.api.waypoint.Policies;
import dev.culvert.api.waypoint.Protocol;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Connections that are no HTTP.
@Timeout(60)
class OpaquePathTest {
    private final WaypointLab lab = new WaypointLab("CULVERT_SNIFF_TIMEOUT", "1s");
    private final RawBackend backend = new RawBackend();

    OpaquePathTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        backend.close();
        lab.close();
    }

    private ExchangeRecord ended() {
        Awaitility.await().until(() -> !lab.ended().isEmpty());
        return lab.ended().getFirst();
    }

    private static byte[] hello(String serverName) {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            engine.setSSLParameters(parameters);
            ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), out);
            out.flip();
            byte[] bytes = new byte[out.remaining()];
            out.get(bytes);
            return bytes;
        } catch (GeneralSecurityException | SSLException e) {
            throw new AssertionError(e);
        }
    }

    private static RouteSet byName(String cluster, String... names) {
        return RouteSet.newBuilder()
                .addTcp(TcpRule.newBuilder()
                        .setName("TLSRoute shop/" + cluster)
                        .addAllServerNames(List.of(names))
                        .addBackends(Backend.newBuilder()
                                .setCluster("shop/" + cluster)
                                .setPort(80)
                                .setWeight(1)))
                .build();
    }

    @Test
    void passesBytesBothWaysAndEachEndByItself() {
        lab.serve(Protocol.TCP, List.of(), backend.port());
        InnerClient client = lab.client();
        client.send("\1\2GET / HTTP/1.1\r\n\r\n");
        RawBackend.Connection connection = backend.take();
        assertThat(connection.read(20)).isEqualTo("\1\2GET / HTTP/1.1\r\n\r\n");
        client.endOutput();
        assertThat(connection.isAtEnd()).isTrue();
        connection.write("answer");
        connection.close();
        assertThat(client.awaitEnd()).isEqualTo("answer");
        assertThat(ended().protocol).isEqualTo("TCP");
        assertThat(ended().requestBytes).isEqualTo(20);
        assertThat(ended().responseBytes).isEqualTo(6);
    }

    @Test
    void letsABackendSpeakFirst() {
        lab.serve(Protocol.TCP, List.of(), backend.port());
        InnerClient client = lab.client();
        RawBackend.Connection connection = backend.take();
        connection.write("220 ready\r\n");
        client.awaitText("220 ready");
        client.close();
        assertThat(connection.isAtEnd()).isTrue();
    }

    @Test
    void takesASilentClientForOneWhoseServerSpeaksFirst() {
        lab.serve(Protocol.SNIFF, List.of(), backend.port());
        InnerClient client = lab.client();
        RawBackend.Connection connection = backend.take();
        connection.write("220 ready\r\n");
        client.awaitText("220 ready");
        client.close();
    }

    @Test
    void tellsHttpFromWhatIsNot() {
        lab.serve(Protocol.SNIFF, List.of(), backend.port());
        InnerClient opaque = lab.client();
        opaque.send("\26\3\1");
        RawBackend.Connection first = backend.take();
        assertThat(first.read(3)).isEqualTo("\26\3\1");
        opaque.close();
        InnerClient http = lab.client();
        for (char each : "GET / HTTP/1.1\r\nHost: web\r\n\r\n".toCharArray()) {
            http.send(String.valueOf(each));
        }
        assertThat(backend.take().readHead()).contains("x-request-id: ");
        http.close();
    }

    @Test
    void resetsAClientWhoseBackendBreaksOff() {
        lab.serve(Protocol.TCP, List.of(), backend.port());
        InnerClient client = lab.client();
        client.send("x");
        RawBackend.Connection connection = backend.take();
        connection.read(1);
        connection.reset();
        client.awaitEnd();
        assertThat(ended().flags).containsExactly("UC");
    }

    @Test
    void closesAConnectionThatPolicyDenies() {
        lab.cluster("web", Protocol.TCP, backend.port());
        lab.service(
                Protocol.TCP,
                List.of(),
                Policies.newBuilder()
                        .addAuthorization(AuthorizationPolicy.newBuilder()
                                .setNamespace("shop")
                                .setName("none")
                                .setAction(AuthorizationPolicy.Action.DENY)
                                .addRules(AuthorizationPolicy.Rule.newBuilder()
                                        .addFrom(AuthorizationPolicy.Source.newBuilder()
                                                .addNamespaces("shop"))))
                        .build());
        InnerClient client = lab.client();
        client.awaitEnd();
        assertThat(ended().flags).containsExactly("RBAC");
        assertThat(backend.waiting()).isZero();
    }

    @Test
    void sendsAClientOfTlsToTheBackendOfTheNameThatItAsksFor() throws IOException {
        try (RawBackend other = new RawBackend()) {
            lab.cluster("web", Protocol.TLS, backend.port());
            lab.cluster("b", Protocol.TLS, other.port());
            lab.service(
                    Protocol.TLS,
                    List.of(byName("b", "b.example.org", "*.b.example.org")),
                    Policies.getDefaultInstance());
            InnerClient client = lab.client();
            byte[] hello = hello("x.b.example.org");
            client.sendBytes(hello);
            RawBackend.Connection connection = other.take();
            assertThat(connection.read(hello.length)).hasSize(hello.length);
            connection.write("there");
            client.awaitText("there");
            client.close();
            assertThat(ended().serverName).isEqualTo("x.b.example.org");
            assertThat(ended().routeName).isEqualTo("TLSRoute shop/b");
            InnerClient lost = lab.client();
            lost.sendBytes(hello("c.example.org"));
            lost.awaitEnd();
            InnerClient plain = lab.client();
            plain.send("no TLS at all");
            plain.awaitEnd();
            assertThat(other.waiting()).isZero();
        }
    }

    @Test
    void judgesAClientByTheNameThatItAsksFor() {
        lab.cluster("web", Protocol.SNIFF, backend.port());
        lab.service(
                Protocol.SNIFF,
                List.of(),
                Policies.newBuilder()
                        .addAuthorization(AuthorizationPolicy.newBuilder()
                                .setNamespace("shop")
                                .setName("names")
                                .setAction(AuthorizationPolicy.Action.ALLOW)
                                .addRules(AuthorizationPolicy.Rule.newBuilder()
                                        .addWhen(AuthorizationPolicy.Condition.newBuilder()
                                                .setKey("connection.sni")
                                                .addValues("good.example.org"))))
                        .build());
        InnerClient bad = lab.client();
        bad.sendBytes(hello("bad.example.org"));
        bad.awaitEnd();
        assertThat(ended().flags).containsExactly("RBAC");
        InnerClient good = lab.client();
        byte[] hello = hello("good.example.org");
        for (int from = 0; from < hello.length; from += 50) {
            good.sendBytes(Arrays.copyOfRange(hello, from, Math.min(from + 50, hello.length)));
        }
        assertThat(backend.take().read(hello.length)).hasSize(hello.length);
        good.close();
    }

    @Test
    void waitsForAHelloThatDoesNotEndForABoundedTime() {
        lab.serve(Protocol.TLS, List.of(), backend.port());
        InnerClient client = lab.client();
        client.send("\26\3\1");
        assertThat(backend.take().read(3)).isEqualTo("\26\3\1");
        client.close();
        assertThat(ended().serverName).isEmpty();
    }
}

package dev.culvert.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.Protocol;
import dev.culvert.hbone.ConnectReply;
import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Http1PathTest {
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

    private final WaypointLab lab = lab();
    private RawBackend backend;

    Http1PathTest() throws IOException {
        backend = new RawBackend();
    }

    private static WaypointLab lab() {
        try {
            return new WaypointLab();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void serve() {
        lab.serve(Protocol.HTTP1, List.of(), backend.port());
    }

    @AfterEach
    void close() throws IOException {
        backend.close();
        lab.close();
    }

    @Test
    void carriesARequestToABackendAndItsAnswerBack() {
        InnerClient client = lab.client();
        client.send("GET /a?b=c HTTP/1.1\r\nHost: web\r\nX-One: 1\r\n\r\n");
        RawBackend.Connection connection = backend.take();
        assertThat(connection.readHead())
                .startsWith("GET /a?b=c HTTP/1.1\r\n")
                .contains("X-One: 1\r\n", "host: web\r\n", "x-request-id: ", "x-forwarded-proto: http\r\n");
        connection.write(OK);
        assertThat(client.awaitText("hello"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("server: istio-envoy\r\n", "x-envoy-upstream-service-time: ");
        Awaitility.await().until(() -> lab.ended().size() == 1);
        assertThat(lab.ended().getFirst().status).isEqualTo(200);
        assertThat(lab.ended().getFirst().details).isEqualTo("via_upstream");
    }

    @Test
    void servesRequestsThatWereSentAtOnceInTheirOrder() {
        InnerClient client = lab.client();
        client.send("GET /1 HTTP/1.1\r\nHost: web\r\n\r\nGET /2 HTTP/1.1\r\nHost: web\r\n\r\n");
        RawBackend.Connection connection = backend.take();
        assertThat(connection.readHead()).startsWith("GET /1 ");
        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none");
        assertThat(connection.readHead()).startsWith("GET /2 ");
        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\ntwo");
        assertThat(client.awaitText("two")).containsSubsequence("one", "two");
        assertThat(backend.waiting()).isZero();
    }

    @Test
    void passesABodyOnWithItsLengthOrInChunksWithTrailers() {
        InnerClient client = lab.client();
        client.send("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 4\r\n\r\nbody");
        RawBackend.Connection connection = backend.take();
        assertThat(connection.readHead()).contains("Content-Length: 4\r\n").doesNotContain("chunked");
        assertThat(connection.read(4)).isEqualTo("body");
        connection.write(OK);
        client.awaitText("hello");
        client.forget();
        client.send("POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("3;a=b\r\nabc\r\n0\r\nx-trailer: t\r\n\r\n");
        assertThat(connection.readHead()).contains("transfer-encoding: chunked\r\n");
        assertThat(connection.readHead()).isEqualTo("3\r\nabc\r\n0\r\nx-trailer: t\r\n\r\n");
        connection.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-end: e\r\n\r\n");
        assertThat(client.awaitText("x-end: e\r\n\r\n")).contains("transfer-encoding: chunked\r\n", "2\r\nok\r\n0\r\n");
    }

    @Test
    void asksTheBackendBeforeTheClientSendsItsBody() {
        InnerClient client = lab.client();
        client.send("PUT / HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        RawBackend.Connection connection = backend.take();
        assertThat(connection.readHead()).contains("Expect: 100-continue\r\n");
        connection.write("HTTP/1.1 100 Continue\r\n\r\n");
        client.awaitText("HTTP/1.1 100 Continue\r\n\r\n");
        client.send("ok");
        assertThat(connection.read(2)).isEqualTo("ok");
        connection.write(OK);
        client.awaitText("hello");
    }

    @Test
    void switchesProtocolsAndPassesBytesBothWays() {
        InnerClient client = lab.client();
        client.send("GET /ws HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        RawBackend.Connection connection = backend.take();
        assertThat(connection.readHead()).contains("Upgrade: websocket\r\n", "connection: upgrade\r\n");
        connection.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nfirst");
        assertThat(client.awaitText("first")).contains("HTTP/1.1 101 ", "connection: upgrade\r\n");
        client.send("ping");
        assertThat(connection.read(4)).isEqualTo("ping");
        connection.write("pong");
        client.awaitText("pong");
        client.endOutput();
        assertThat(connection.isAtEnd()).isTrue();
        connection.write("rest");
        connection.close();
        assertThat(client.awaitEnd()).endsWith("rest");
    }

    @Test
    void endsAResponseWithoutALengthWithItsConnection() {
        InnerClient client = lab.client();
        client.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        RawBackend.Connection connection = backend.take();
        connection.readHead();
        connection.write("HTTP/1.1 200 OK\r\n\r\nall of it");
        connection.close();
        assertThat(client.awaitText("0\r\n\r\n")).contains("transfer-encoding: chunked\r\n", "all of it");
    }

    @Test
    void givesNoBodyToHeadNorWith204Or304() {
        InnerClient client = lab.client();
        client.send("HEAD / HTTP/1.1\r\nHost: web\r\n\r\n");
        RawBackend.Connection connection = backend.take();
        connection.readHead();
        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
        assertThat(client.awaitText("\r\n\r\n"))
                .contains("content-length: 5\r\n")
                .endsWith("\r\n\r\n");
        client.forget();
        client.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        connection.readHead();
        connection.write("HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n");
        client.awaitText("304 Not Modified");
        client.forget();
        client.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        connection.readHead();
        connection.write("HTTP/1.1 204 No Content\r\n\r\n");
        assertThat(client.awaitText("204 No Content")).doesNotContain("transfer-encoding");
    }

    @Test
    void triesAnotherBackendWhenOneCannotBeReached() throws IOException {
        RawBackend gone = new RawBackend();
        gone.close();
        lab.serve(Protocol.HTTP1, List.of(), gone.port(), backend.port());
        backend.answerAll(OK);
        InnerClient client = lab.client();
        for (int i = 0; i < 20; i++) {
            client.forget();
            client.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
            assertThat(client.awaitText("hello")).startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void saysWhyThereIsNoAnswer() throws IOException {
        lab.serve(Protocol.HTTP1, List.of());
        InnerClient client = lab.client();
        client.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        assertThat(client.awaitText("no healthy upstream")).startsWith("HTTP/1.1 503 ");
        RawBackend gone = new RawBackend();
        gone.close();
        lab.serve(Protocol.HTTP1, List.of(), gone.port());
        client.forget();
        client.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        assertThat(client.awaitText("remote connection failure")).startsWith("HTTP/1.1 503 ");
        assertThat(lab.ended().getLast().flags).containsExactly("UF");
        assertThat(lab.ended().getLast().attempts).isEqualTo(3);
    }

    @Test
    void refusesATunnelToWhatIsNotServedHere() {
        assertThat(lab.connect("240.240.0.9:80", new InnerClient()))
                .isInstanceOfSatisfying(
                        ConnectReply.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(404));
        assertThat(lab.connect(WaypointLab.VIP + ":81", new InnerClient())).isInstanceOf(ConnectReply.Refused.class);
    }

    @Test
    void resetsTheClientWhenAResponseBreaksOff() {
        InnerClient client = lab.client();
        client.send("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        RawBackend.Connection connection = backend.take();
        connection.readHead();
        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nsome");
        client.awaitText("some");
        connection.reset();
        client.awaitEnd();
        Awaitility.await().until(() -> lab.ended().size() == 1);
        assertThat(lab.ended().getFirst().flags).containsExactly("UC");
    }

    @Test
    void leavesTheBackendWhenTheClientHasGone() {
        InnerClient client = lab.client();
        client.send("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 10\r\n\r\nhalf");
        RawBackend.Connection connection = backend.take();
        connection.readHead();
        client.close();
        Awaitility.await().until(connection::isAtEnd);
        Awaitility.await().until(() -> lab.ended().size() == 1);
        assertThat(lab.ended().getFirst().flags).containsExactly("DC");
    }
}

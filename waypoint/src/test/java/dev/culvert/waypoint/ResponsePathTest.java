package dev.culvert.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.Protocol;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Responses that two clients might read in two ways.
@Timeout(60)
class ResponsePathTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: web\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final WaypointLab lab = new WaypointLab();
    private final RawBackend backend = new RawBackend();

    ResponsePathTest() throws IOException {}

    @BeforeEach
    void serve() {
        lab.serve(Protocol.HTTP1, List.of(), backend.port());
    }

    @AfterEach
    void close() throws IOException {
        backend.close();
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK + "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
                OK + "content-length: 2\r\ncontent-length: 3\r\n\r\nokk",
                OK + "content-length: 2, 2\r\n\r\nok",
                OK + "content-length: -2\r\n\r\nok",
                OK + "transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                OK + "x: y\r\n z\r\ncontent-length: 2\r\n\r\nok",
                OK + "x: y\ncontent-length: 2\r\n\r\nok",
                OK + "x: y\rcontent-length: 5\r\ncontent-length: 2\r\n\r\nok",
                OK + "x : y\r\ncontent-length: 2\r\n\r\nok",
                OK + "x: y\0z\r\ncontent-length: 2\r\n\r\nok",
                "HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
                "HTTP/1.1 2x0 OK\r\ncontent-length: 2\r\n\r\nok",
                "nonsense\r\n\r\n",
            })
    void refusesAHeadThatCanBeReadInTwoWays(String response) {
        InnerClient client = lab.client();
        client.send(GET);
        RawBackend.Connection connection = backend.take();
        connection.readHead();
        connection.write(response);
        assertThat(client.awaitText("\r\n\r\n")).startsWith("HTTP/1.1 502 ");
        assertThat(connection.isAtEnd()).isTrue();
        Awaitility.await().until(() -> lab.ended().size() == 1);
        assertThat(lab.ended().getFirst().flags).containsExactly("UPE");
        client.close();
    }

    @Test
    void breaksOffABodyThatCanBeReadInTwoWays() {
        InnerClient client = lab.client();
        client.send(GET);
        RawBackend.Connection connection = backend.take();
        connection.readHead();
        connection.write(OK + "transfer-encoding: chunked\r\n\r\n2\r\nok\r\n");
        client.awaitText("ok");
        connection.write("2\nno\r\n0\r\n\r\n");
        assertThat(client.awaitEnd()).doesNotContain("no", "0\r\n\r\n");
        assertThat(connection.isAtEnd()).isTrue();
    }

    @Test
    void takesNothingForTheNextResponseThatNobodyAskedFor() {
        InnerClient client = lab.client();
        client.send(GET + GET);
        RawBackend.Connection first = backend.take();
        first.readHead();
        first.write(OK + "content-length: 2\r\n\r\nok" + OK + "content-length: 4\r\n\r\nevil");
        RawBackend.Connection second = backend.take();
        second.readHead();
        second.write(OK + "content-length: 4\r\n\r\ngood");
        assertThat(client.awaitText("good")).doesNotContain("evil");
        assertThat(first.isAtEnd()).isTrue();
        client.close();
    }

    @Test
    void bringsAnInterimResponseToTheClientAndNotAsTheAnswer() {
        InnerClient client = lab.client();
        client.send(GET);
        RawBackend.Connection connection = backend.take();
        connection.readHead();
        connection.write("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n");
        assertThat(client.awaitText("103 Early Hints\r\n")).contains("HTTP/1.1 103 ");
        connection.write(OK + "content-length: 2\r\n\r\nok");
        assertThat(client.awaitText("\r\n\r\nok")).contains("link: </a>\r\n", OK);
        client.close();
    }

    @Test
    void refusesAHeadOfHttp2ThatWouldBeTwoInHttp1() {
        H2Backend evil = new H2Backend(100, true);
        try {
            lab.serve(Protocol.HTTP2, List.of(), evil.port());
            InnerClient client = lab.client();
            client.send(GET);
            H2Stream served = evil.take();
            served.awaitHead();
            served.head(true, ":status", "200", "x-a", "b\r\ncontent-length: 4");
            assertThat(client.awaitText("\r\n\r\n")).startsWith("HTTP/1.1 502 ");
            client.close();
        } finally {
            evil.close();
        }
    }

    @Test
    void speaksHttp1ToABackendForAClientOfHttp2() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("POST", "/a", false);
        call.data("body", false);
        RawBackend.Connection connection = backend.take();
        assertThat(connection.readHead()).contains("transfer-encoding: chunked\r\n");
        assertThat(connection.read(9)).isEqualTo("4\r\nbody\r\n");
        connection.write(
                OK + "transfer-encoding: chunked\r\nconnection: x-hop\r\nhop: 1\r\n\r\n2\r\nok\r\n0\r\nx-t: u\r\n\r\n");
        call.data("", true);
        Http2Headers trailers = call.awaitTrailers();
        assertThat(call.awaitHead().contains("transfer-encoding")).isFalse();
        assertThat(call.body()).isEqualTo("ok");
        assertThat(trailers.get("x-t")).hasToString("u");
        client.close();
    }
}

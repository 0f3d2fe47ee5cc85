package dev.culvert.waypoint;

import static dev.culvert.waypoint.H2Wire.CONTINUATION;
import static dev.culvert.waypoint.H2Wire.DATA;
import static dev.culvert.waypoint.H2Wire.END_HEADERS;
import static dev.culvert.waypoint.H2Wire.END_STREAM;
import static dev.culvert.waypoint.H2Wire.GOAWAY;
import static dev.culvert.waypoint.H2Wire.HEADERS;
import static dev.culvert.waypoint.H2Wire.PING;
import static dev.culvert.waypoint.H2Wire.PRIORITY;
import static dev.culvert.waypoint.H2Wire.RST_STREAM;
import static dev.culvert.waypoint.H2Wire.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.Protocol;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What one client can make the waypoint do and hold, while another one is served.
@Timeout(60)
class LimitsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    private static final String GET = "GET / HTTP/1.1\r\nHost: web\r\n\r\n";
    /// Of GET /, every field literal.
    private static final String HEAD =
            H2Wire.block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "web");

    private static final long MUCH = 4 << 20;

    private final WaypointLab lab = new WaypointLab(
            "CULVERT_HEADER_TIMEOUT", "700ms",
            "CULVERT_REQUEST_IDLE_TIMEOUT", "700ms",
            "CULVERT_CLIENT_IDLE_TIMEOUT", "2s",
            "CULVERT_MAX_HEADER_BYTES", "8192",
            "CULVERT_MAX_HEADERS", "20",
            "CULVERT_MAX_STREAMS", "10",
            "CULVERT_MAX_RESETS", "50",
            "CULVERT_MAX_SETTINGS", "50",
            "CULVERT_MAX_PINGS", "50",
            "CULVERT_MAX_IGNORED_FRAMES", "50");
    private final RecordingBackend backend = new RecordingBackend(OK);

    LimitsTest() throws IOException {
        lab.serve(Protocol.HTTP1, List.of(), backend.port());
    }

    @AfterEach
    void close() throws IOException {
        assertThat(lab.usedBytes()).isLessThan(MUCH);
        InnerClient other = lab.client();
        other.send(GET);
        assertThat(other.awaitText("ok")).startsWith("HTTP/1.1 200 OK\r\n");
        other.close();
        backend.close();
        lab.close();
    }

    private String answer(String request) {
        InnerClient client = lab.client();
        client.send(request);
        return client.awaitEnd();
    }

    // HTTP/1

    @Test
    void aHeadHasAMostOfBytes() {
        assertThat(answer("GET / HTTP/1.1\r\nHost: web\r\nX: " + "y".repeat(8_192) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(answer("GET / HTTP/1.1\r\nHost: web\r\nX: " + "y".repeat(1 << 20)))
                .startsWith("HTTP/1.1 431 ");
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void aRequestLineHasAMostOfBytes() {
        assertThat(answer("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: web\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(answer("G".repeat(9_000))).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void aHeadHasAMostOfFields() {
        assertThat(answer("GET / HTTP/1.1\r\nHost: web\r\n" + "x: y\r\n".repeat(20) + "\r\n"))
                .startsWith("HTTP/1.1 431 ");
        InnerClient client = lab.client();
        client.send("GET / HTTP/1.1\r\nHost: web\r\n" + "x: y\r\n".repeat(19) + "\r\n");
        assertThat(client.awaitText("ok")).startsWith("HTTP/1.1 200 ");
        client.close();
    }

    @Test
    void aHeadHasATimeToCome() {
        assertThat(answer("GET / HTTP/1.1\r\nHost:")).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void aBodyMustGoOn() {
        assertThat(answer("POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 10\r\n\r\nhalf"))
                .startsWith("HTTP/1.1 408 ");
        Awaitility.await().until(() -> lab.ended().size() == 1);
        assertThat(lab.ended().getFirst().flags).containsExactly("SI");
    }

    @Test
    void aConnectionWithoutRequestsIsClosed() {
        InnerClient client = lab.client();
        client.send(GET);
        client.awaitText("ok");
        client.awaitEnd();
    }

    @Test
    void requestsThatAreSentAtOnceWaitForTheirTurn() {
        InnerClient client = lab.client();
        int count = 2_000;
        client.send(GET.repeat(count));
        client.await(so -> so.length() >= count * 50 && occurrences(so) == count);
        assertThat(backend.requests()).hasSize(count);
        assertThat(lab.usedBytes()).isLessThan(MUCH);
        client.close();
    }

    private static int occurrences(String text) {
        return (text.length() - text.replace("HTTP/1.1 200 OK", "").length()) / "HTTP/1.1 200 OK".length();
    }

    @Test
    void requestsThatNobodyAnswersWaitInTheClientsWindow() throws IOException {
        RawBackend silent = new RawBackend();
        lab.serve(Protocol.HTTP1, List.of(), silent.port());
        InnerClient client = lab.client();
        client.send(GET.repeat(300_000));
        silent.take().readHead();
        Awaitility.await().during(Duration.ofMillis(300)).until(() -> lab.usedBytes() < MUCH);
        client.close();
        silent.close();
        lab.serve(Protocol.HTTP1, List.of(), backend.port());
    }

    // HTTP/2

    private InnerClient http2(String frames) {
        InnerClient client = lab.client();
        client.send(H2Wire.preface() + frames);
        return client;
    }

    private static H2Wire.Frame awaitGoAway(InnerClient client) {
        String all = client.await(so -> H2Wire.parse(so).stream().anyMatch(each -> each.type() == GOAWAY));
        return H2Wire.parse(all).stream()
                .filter(each -> each.type() == GOAWAY)
                .findFirst()
                .orElseThrow();
    }

    private static void awaitCalm(InnerClient client) {
        assertThat(awaitGoAway(client).code()).isEqualTo((int) Http2Error.ENHANCE_YOUR_CALM.code());
        client.awaitEnd();
    }

    private static String head(int stream, boolean last) {
        return H2Wire.frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, HEAD);
    }

    @Test
    void streamsHaveAMostThatAreOpenAtOnce() throws IOException {
        RawBackend silent = new RawBackend();
        lab.serve(Protocol.HTTP1, List.of(), silent.port());
        StringBuilder frames = new StringBuilder();
        for (int i = 0; i < 15; i++) {
            frames.append(head(1 + 2 * i, true));
        }
        InnerClient client = http2(frames.toString());
        client.await(so -> H2Wire.parse(so).stream()
                        .filter(each -> each.type() == RST_STREAM && each.code() == Http2Error.REFUSED_STREAM.code())
                        .count()
                == 5);
        assertThat(H2Wire.parse(client.await(_ -> true)))
                .filteredOn(each -> each.type() == SETTINGS && each.flags() == 0)
                .isNotEmpty();
        client.close();
        silent.close();
        lab.serve(Protocol.HTTP1, List.of(), backend.port());
    }

    @Test
    void resetsHaveAMost() {
        StringBuilder frames = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            frames.append(head(1 + 2 * i, true)).append(H2Wire.frame(RST_STREAM, 0, 1 + 2 * i, "\0\0\0\10"));
        }
        awaitCalm(http2(frames.toString()));
    }

    @Test
    void resetsThatAClientProvokesHaveAMost() {
        StringBuilder frames = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            // a window that grows beyond its bound makes us reset the stream
            frames.append(head(1 + 2 * i, false))
                    .append(H2Wire.frame(H2Wire.WINDOW_UPDATE, 0, 1 + 2 * i, "\u007f\u00ff\u00ff\u00ff"));
        }
        awaitCalm(http2(frames.toString()));
    }

    @Test
    void aBlockOfFieldsHasAMostOfFrames() {
        String begin = H2Wire.frame(HEADERS, END_STREAM, 1, HEAD);
        awaitCalm(http2(begin + H2Wire.frame(CONTINUATION, 0, 1, "").repeat(100)));
    }

    @Test
    void aBlockOfFieldsHasAMostOfBytes() {
        String begin = H2Wire.frame(HEADERS, END_STREAM, 1, HEAD);
        String more = H2Wire.block("x", "y".repeat(4_000));
        InnerClient client =
                http2(begin + H2Wire.frame(CONTINUATION, 0, 1, more).repeat(100));
        awaitGoAway(client);
        client.awaitEnd();
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void aBlockOfFieldsHasAMostOfFields() {
        String many = HEAD + H2Wire.block("x", "y").repeat(60);
        InnerClient client = http2(H2Wire.frame(HEADERS, END_HEADERS | END_STREAM, 1, many));
        List<H2Wire.Frame> frames = H2Wire.parse(client.await(H2Wire::isAnswered));
        assertThat(frames)
                .filteredOn(each -> each.type() == HEADERS)
                .singleElement()
                .satisfies(each -> assertThat(each.status()).isEqualTo(431));
        assertThat(backend.requests()).isEmpty();
        client.close();
    }

    @Test
    void aFieldThatIsNamedAgainAndAgainCountsEachTime() {
        // one entry of 3,000 bytes in the table, and a byte for each time that it is meant
        String entry = "\100" + H2Wire.block("x", "y".repeat(3_000)).substring(1);
        InnerClient client =
                http2(H2Wire.frame(HEADERS, END_HEADERS | END_STREAM, 1, HEAD + entry + "\u00be".repeat(10_000)));
        List<H2Wire.Frame> frames = H2Wire.parse(client.await(H2Wire::isAnswered));
        assertThat(frames).filteredOn(each -> each.type() == HEADERS).allMatch(each -> each.status() == 431);
        assertThat(backend.requests()).isEmpty();
        client.close();
    }

    @Test
    void settingsHaveAMost() {
        awaitCalm(http2(H2Wire.frame(SETTINGS, 0, 0, "").repeat(100)));
    }

    @Test
    void pingsHaveAMost() {
        awaitCalm(http2(H2Wire.frame(PING, 0, 0, "12345678").repeat(100)));
    }

    @Test
    void pingsBetweenResponsesMayBeMore() {
        InnerClient client = http2("");
        for (int i = 0; i < 4; i++) {
            int stream = 1 + 2 * i;
            client.send(H2Wire.frame(PING, 0, 0, "12345678").repeat(40) + head(stream, true));
            client.await(
                    so -> H2Wire.parse(so).stream().anyMatch(each -> each.stream() == stream && each.type() == DATA));
        }
        client.close();
    }

    @Test
    void framesThatAreIgnoredHaveAMost() {
        awaitCalm(http2(H2Wire.frame(PRIORITY, 0, 1, "\0\0\0\0\1").repeat(100)));
        awaitCalm(http2(H2Wire.frame(77, 0, 0, "x").repeat(100)));
    }

    @Test
    void emptyPiecesOfABodyHaveAMost() {
        InnerClient client = http2(head(1, false) + H2Wire.frame(DATA, 0, 1, "").repeat(100));
        awaitGoAway(client);
        client.awaitEnd();
    }

    @Test
    void aBlockOfFieldsHasATimeToCome() {
        awaitCalm(http2(H2Wire.frame(HEADERS, END_STREAM, 1, HEAD)));
        awaitCalm(http2(H2Wire.frame(HEADERS, END_HEADERS | END_STREAM, 1, HEAD).substring(0, 12)));
    }

    @Test
    void settingsHaveATimeToCome() {
        InnerClient client = lab.client();
        client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        awaitCalm(client);
    }

    @Test
    void aBodyOfHttp2MustGoOn() {
        InnerClient client = http2(head(1, false) + H2Wire.frame(DATA, 0, 1, "half"));
        List<H2Wire.Frame> frames = H2Wire.parse(client.await(H2Wire::isAnswered));
        assertThat(frames)
                .filteredOn(each -> each.type() == HEADERS)
                .singleElement()
                .satisfies(each -> assertThat(each.status()).isEqualTo(408));
        client.close();
    }

    @Test
    void aConnectionOfHttp2WithoutRequestsIsClosed() {
        InnerClient client = http2("");
        awaitGoAway(client);
        client.awaitEnd();
    }

    @Test
    void responsesThatNobodyReadsAreNotGathered() {
        backend.respond("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n" + "x".repeat(1_000_000));
        List<InnerClient> clients = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            StringBuilder frames = new StringBuilder(H2Wire.frame(SETTINGS, 0, 0, "\0\4\0\0\0\0"));
            for (int i = 0; i < 10; i++) {
                frames.append(head(1 + 2 * i, true));
            }
            clients.add(http2(frames.toString()));
        }
        Awaitility.await().until(() -> backend.requests().size() == 40);
        Awaitility.await().during(Duration.ofMillis(500)).until(() -> lab.usedBytes() < 4 * MUCH);
        clients.forEach(InnerClient::close);
        backend.respond(OK);
        Awaitility.await().until(() -> lab.usedBytes() < MUCH);
    }
}

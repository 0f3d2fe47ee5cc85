package dev.culvert.waypoint;

import static dev.culvert.waypoint.H2Wire.CONTINUATION;
import static dev.culvert.waypoint.H2Wire.DATA;
import static dev.culvert.waypoint.H2Wire.END_HEADERS;
import static dev.culvert.waypoint.H2Wire.END_STREAM;
import static dev.culvert.waypoint.H2Wire.HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.Protocol;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests of HTTP/2 that would be something else in HTTP/1, on their way to a backend that speaks HTTP/1.
@Timeout(30)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DowngradeTest {
    private static final String ADDED = "x-request-id: r\r\nx-forwarded-proto: http\r\nx-envoy-attempt-count: 1\r\n";

    private WaypointLab lab;
    private RecordingBackend backend;

    @BeforeAll
    void start() throws IOException {
        lab = new WaypointLab();
        backend = new RecordingBackend("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        lab.serve(Protocol.HTTP1, List.of(), backend.port());
    }

    @AfterAll
    void stop() throws IOException {
        backend.close();
        lab.close();
    }

    @BeforeEach
    void forget() {
        backend.forget();
    }

    record Sent(String name, String frames, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Sent fields(String name, String... fields) {
        return new Sent(name, H2Wire.frame(HEADERS, END_HEADERS | END_STREAM, 1, H2Wire.block(fields)), "");
    }

    private static Sent extra(String name, String field, String value) {
        return fields(name, ":method", "GET", ":scheme", "http", ":path", "/a", ":authority", "web", field, value);
    }

    private static Sent path(String name, String path) {
        return fields(name, ":method", "GET", ":scheme", "http", ":path", path, ":authority", "web");
    }

    private static Sent authority(String name, String authority) {
        return fields(name, ":method", "GET", ":scheme", "http", ":path", "/a", ":authority", authority);
    }

    /// @param length empty for none
    private static Sent body(String name, String length, String content, String... trailers) {
        String fields = H2Wire.block(":method", "POST", ":scheme", "http", ":path", "/a", ":authority", "web");
        String head = H2Wire.frame(
                HEADERS, END_HEADERS, 1, fields + (length.isEmpty() ? "" : H2Wire.block("content-length", length)));
        String data = H2Wire.frame(DATA, trailers.length == 0 ? END_STREAM : 0, 1, content);
        String last =
                trailers.length == 0 ? "" : H2Wire.frame(HEADERS, END_HEADERS | END_STREAM, 1, H2Wire.block(trailers));
        return new Sent(name, head + data + last, "");
    }

    static Stream<Sent> ambiguous() {
        return Stream.concat(fieldsOnly(), pseudoFieldsAndBodies());
    }

    private static Stream<Sent> fieldsOnly() {
        return Stream.of(
                extra("CR LF in a value", "x-a", "b\r\nTransfer-Encoding: chunked"),
                extra("LF in a value", "x-a", "b\nhost: other"),
                extra("CR in a value", "x-a", "b\rhost: other"),
                extra("NUL in a value", "x-a", "b\0c"),
                extra("CR LF in a name", "x-a\r\nhost", "other"),
                extra("a colon in a name", "transfer-encoding: chunked\r\nx", "y"),
                extra("a space in a name", "x a", "b"),
                extra("capitals in a name", "X-A", "b"),
                extra("an empty name", "", "b"),
                extra("a coding", "transfer-encoding", "chunked"),
                extra("a connection", "connection", "close"),
                extra("keep-alive", "keep-alive", "5"),
                extra("a proxy's connection", "proxy-connection", "keep-alive"),
                extra("an upgrade", "upgrade", "h2c"),
                extra("te other than trailers", "te", "gzip"),
                extra("another host", "host", "other"),
                extra("a pseudo field behind a field", ":path", "/b"),
                extra("an unknown pseudo field", ":other", "x"));
    }

    private static Stream<Sent> pseudoFieldsAndBodies() {
        return Stream.of(
                path("a path with a space", "/a HTTP/1.1 x"),
                path("a path with CR LF", "/a HTTP/1.1\r\nHost: other\r\n\r\nGET /b"),
                path("a path with a fragment", "/a#b"),
                path("an empty path", ""),
                path("a path without a slash", "a"),
                path("an absolute path", "http://other/a"),
                path("an asterisk for GET", "*"),
                path("a path beyond ASCII", "/\u00e4"),
                authority("an authority with a user", "me@web"),
                authority("an authority with a path", "web/x"),
                authority("an authority with CR LF", "web\r\nx: y"),
                authority("an empty authority", ""),
                fields("no authority", ":method", "GET", ":scheme", "http", ":path", "/a"),
                fields("no method", ":scheme", "http", ":path", "/a", ":authority", "web"),
                fields("no path", ":method", "GET", ":scheme", "http", ":authority", "web"),
                fields("no scheme", ":method", "GET", ":path", "/a", ":authority", "web"),
                fields(
                        "two paths",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/a",
                        ":path",
                        "/b",
                        ":authority",
                        "web"),
                fields(
                        "a method with a space",
                        ":method",
                        "GET /b HTTP/1.1",
                        ":scheme",
                        "http",
                        ":path",
                        "/a",
                        ":authority",
                        "web"),
                fields(
                        "another scheme",
                        ":method",
                        "GET",
                        ":scheme",
                        "http://other/",
                        ":path",
                        "/a",
                        ":authority",
                        "web"),
                fields("CONNECT", ":method", "CONNECT", ":authority", "web:80"),
                body("a body longer than its length", "2", "body"),
                body("a body shorter than its length", "8", "body"),
                body("a length with a plus", "+4", "body"),
                body("a list of lengths that differ", "4, 5", "body"),
                body("a pseudo field behind the body", "", "body", ":path", "/b"),
                body("a coding behind the body", "", "body", "transfer-encoding", "chunked"));
    }

    @ParameterizedTest
    @MethodSource("ambiguous")
    void refusesWhatWouldBeSomethingElseInHttp1(Sent given) {
        InnerClient client = lab.client();
        client.send(H2Wire.preface() + given.frames());
        List<H2Wire.Frame> frames = H2Wire.parse(client.await(H2Wire::isAnswered));
        assertThat(frames)
                .as("%s", frames)
                .filteredOn(each -> each.type() == HEADERS)
                .allMatch(each -> each.status() == 400 || each.status() == 405);
        assertThat(backend.requests()).isEmpty();
        assertThat(backend.others()).noneMatch(each -> each.contains("other") || each.contains("/b"));
        client.close();
    }

    static Stream<Sent> plain() {
        String head = " HTTP/1.1\r\n";
        return Stream.of(
                new Sent(
                        "crumbs of a cookie",
                        H2Wire.frame(
                                HEADERS,
                                END_HEADERS | END_STREAM,
                                1,
                                H2Wire.block(
                                        ":method",
                                        "GET",
                                        ":scheme",
                                        "http",
                                        ":path",
                                        "/a?b=c",
                                        ":authority",
                                        "web",
                                        "cookie",
                                        "a=1",
                                        "cookie",
                                        "b=2",
                                        "x-request-id",
                                        "r")),
                        "GET /a?b=c" + head + "cookie: a=1; b=2\r\n" + ADDED + "host: web\r\n\r\n"),
                new Sent(
                        "the same host twice",
                        H2Wire.frame(
                                HEADERS,
                                END_HEADERS | END_STREAM,
                                1,
                                H2Wire.block(
                                        ":method",
                                        "GET",
                                        ":scheme",
                                        "http",
                                        ":path",
                                        "/",
                                        ":authority",
                                        "web",
                                        "host",
                                        "web",
                                        "te",
                                        "trailers",
                                        "x-request-id",
                                        "r")),
                        "GET /" + head + ADDED + "host: web\r\n\r\n"),
                new Sent(
                        "a request in a body without a length",
                        H2Wire.frame(HEADERS, 0, 1, H2Wire.block(":method", "POST", ":scheme", "http", ":path", "/a"))
                                + H2Wire.frame(
                                        CONTINUATION,
                                        END_HEADERS,
                                        1,
                                        H2Wire.block(":authority", "web", "x-request-id", "r"))
                                + H2Wire.frame(DATA, END_STREAM, 1, "0\r\n\r\nGET /"),
                        "POST /a" + head + ADDED
                                + "host: web\r\ntransfer-encoding: chunked\r\n\r\na\r\n0\r\n\r\nGET /\r\n0\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("plain")
    void passesOnWhatIsTheSameInHttp1(Sent given) {
        InnerClient client = lab.client();
        client.send(H2Wire.preface() + given.frames());
        List<H2Wire.Frame> frames = H2Wire.parse(client.await(H2Wire::isAnswered));
        assertThat(frames)
                .as("%s", frames)
                .filteredOn(each -> each.type() == HEADERS)
                .singleElement()
                .satisfies(each -> assertThat(each.status()).isEqualTo(200));
        assertThat(String.join("", backend.requests())).isEqualTo(given.expected());
        client.close();
    }
}

package dev.culvert.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.Protocol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests of HTTP/1 that two servers might read in two ways: each is refused, or comes to the backend in the one
/// form that nobody can misread.
@Timeout(30)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {
    /// What would be served if somebody read a body as a request.
    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: web\r\n\r\n";

    private static final String ADDED = "x-forwarded-proto: http\r\nx-envoy-attempt-count: 1\r\nhost: web\r\n";

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

    /// @param request as the client sends it
    record Refused(String name, int status, String request) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// @param expected every byte that the backend gets
    record Forwarded(String name, String request, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("heads")
    void refusesWhatCanBeReadInTwoWays(Refused given) {
        InnerClient client = lab.client();
        client.send(given.request());
        String answer = client.awaitEnd();
        assertThat(answer).startsWith("HTTP/1.1 " + given.status() + " ").contains("connection: close\r\n");
        assertThat(answer.split("HTTP/1\\.1 ", -1)).hasSize(2);
        assertThat(backend.requests()).isEmpty();
        assertThat(backend.others()).isEmpty();
    }

    static Stream<Refused> heads() {
        List<Refused> all = new ArrayList<>();
        lengths(all);
        codings(all);
        lines(all);
        targets(all);
        return all.stream();
    }

    private static Refused fields(String name, String fields) {
        return new Refused(name, 400, "POST /a HTTP/1.1\r\nHost: web\r\n" + fields + "\r\n" + HIDDEN);
    }

    private static void lengths(List<Refused> all) {
        all.add(fields("two lengths that differ", "Content-Length: 0\r\nContent-Length: 35\r\n"));
        all.add(fields("two lengths that are the same", "Content-Length: 35\r\nContent-Length: 35\r\n"));
        all.add(fields("a list of lengths", "Content-Length: 35, 35\r\n"));
        all.add(fields("a length with a plus", "Content-Length: +35\r\n"));
        all.add(fields("a length with a minus", "Content-Length: -35\r\n"));
        all.add(fields("a hexadecimal length", "Content-Length: 0x23\r\n"));
        all.add(fields("a length with a space", "Content-Length: 3 5\r\n"));
        all.add(fields("a length with something behind", "Content-Length: 35;\r\n"));
        all.add(fields("an empty length", "Content-Length:\r\n"));
        all.add(fields("a length beyond any number", "Content-Length: 99999999999999999999\r\n"));
        all.add(fields("a length in other digits", "Content-Length: \u00b3\u00b5\r\n"));
        all.add(fields("a length in quotes", "Content-Length: \"35\"\r\n"));
        all.add(fields("a length with a fraction", "Content-Length: 35.0\r\n"));
        all.add(fields("a length and chunks", "Content-Length: 35\r\nTransfer-Encoding: chunked\r\n"));
        all.add(fields("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 35\r\n"));
        all.add(fields("a length and an empty coding", "Content-Length: 35\r\nTransfer-Encoding:\r\n"));
        all.add(fields(
                "a length and a coding in small letters", "content-length: 35\r\ntransfer-encoding: chunked\r\n"));
    }

    private static void codings(List<Refused> all) {
        for (String coding : List.of(
                "identity",
                "chunked, identity",
                "identity, chunked",
                "gzip, chunked",
                "chunked, chunked",
                "xchunked",
                "chunkedx",
                "chunked;q=1",
                "\"chunked\"",
                "chunked,",
                ",chunked",
                "\u00a0chunked",
                "chunked\u00a0",
                "ch\u00fcnked",
                "cow")) {
            all.add(fields("coding " + coding, "Transfer-Encoding: " + coding + "\r\n"));
        }
        all.add(fields("two lines of coding", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"));
        all.add(fields("two lines that differ", "Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n"));
        all.add(fields("a vertical tab before the coding", "Transfer-Encoding: \u000bchunked\r\n"));
        all.add(fields("a form feed behind the coding", "Transfer-Encoding: chunked\f\r\n"));
        all.add(fields("a space before the colon", "Transfer-Encoding : chunked\r\n"));
        all.add(fields("a tab before the colon", "Transfer-Encoding\t: chunked\r\n"));
        all.add(fields("a coding on the next line", "Transfer-Encoding:\r\n chunked\r\n"));
        all.add(fields("a coding behind a tab on the next line", "Transfer-Encoding:\r\n\tchunked\r\n"));
    }

    private static void lines(List<Refused> all) {
        all.add(fields("a bare CR in a value", "X-A: b\rTransfer-Encoding: chunked\r\n"));
        all.add(fields("a bare LF in a value", "X-A: b\nTransfer-Encoding: chunked\r\n"));
        all.add(fields("CR CR LF", "X-A: b\r\r\nTransfer-Encoding: chunked\r\n"));
        all.add(fields("NUL in a value", "X-A: b\0c\r\n"));
        all.add(fields("NUL in a name", "X\0A: b\r\n"));
        all.add(fields("DEL in a value", "X-A: b\u007f\r\n"));
        all.add(fields("a folded line", "X-A: b\r\n c: d\r\n"));
        all.add(fields("a folded first line", " X-A: b\r\n"));
        all.add(fields("a line without a colon", "X-A\r\n"));
        all.add(fields("an empty name", ": b\r\n"));
        all.add(fields("a name with a bracket", "X(A: b\r\n"));
        all.add(fields("a name with a space", "X A: b\r\n"));
        all.add(fields("a name beyond ASCII", "X-\u00c4: b\r\n"));
        all.add(new Refused("lines that end with LF", 400, "GET /a HTTP/1.1\nHost: web\n\n"));
        all.add(new Refused("an end of LF LF", 400, "GET /a HTTP/1.1\r\nHost: web\r\n\n" + HIDDEN));
        all.add(new Refused("a space before the method", 400, " GET /a HTTP/1.1\r\nHost: web\r\n\r\n"));
        all.add(new Refused("a bare CR in the first line", 400, "GET /a\rb HTTP/1.1\r\nHost: web\r\n\r\n"));
        all.add(new Refused("tabs in the first line", 400, "GET\t/a\tHTTP/1.1\r\nHost: web\r\n\r\n"));
        all.add(new Refused("NUL in the first line", 400, "GET /a\0 HTTP/1.1\r\nHost: web\r\n\r\n"));
        all.add(new Refused("a target with a space", 400, "GET /a b HTTP/1.1\r\nHost: web\r\n\r\n"));
        all.add(new Refused("no version", 400, "GET /a\r\nHost: web\r\n\r\n"));
        all.add(new Refused("a version that is none", 400, "GET /a HTTP/1.1.1\r\nHost: web\r\n\r\n"));
        all.add(new Refused("a version of two digits", 400, "GET /a HTTP/1.10\r\nHost: web\r\n\r\n"));
        all.add(new Refused("version 2 in a line", 505, "GET /a HTTP/2.0\r\nHost: web\r\n\r\n"));
        all.add(new Refused("version 1.0", 426, "GET /a HTTP/1.0\r\nHost: web\r\n\r\n"));
    }

    private static Refused target(String name, String target, String host) {
        return new Refused(name, 400, "GET " + target + " HTTP/1.1\r\n" + host + "\r\n" + HIDDEN);
    }

    private static void targets(List<Refused> all) {
        all.add(target("no host", "/a", ""));
        all.add(target("two hosts", "/a", "Host: web\r\nHost: other\r\n"));
        all.add(target("the same host twice", "/a", "Host: web\r\nHost: web\r\n"));
        all.add(target("an empty host", "/a", "Host:\r\n"));
        all.add(target("a list of hosts", "/a", "Host: web, other\r\n"));
        all.add(target("a host with a path", "/a", "Host: web/x\r\n"));
        all.add(target("a host with a user", "/a", "Host: me@web\r\n"));
        all.add(target("a host with two ports", "/a", "Host: web:80:81\r\n"));
        all.add(target("a host with a fragment", "/a", "Host: web#x\r\n"));
        all.add(target("a host with a space", "/a", "Host: web x\r\n"));
        all.add(target("another host in the target", "http://other/a", "Host: web\r\n"));
        all.add(target("another port in the target", "http://web:81/a", "Host: web\r\n"));
        all.add(target("a user in the target", "http://me@web/a", "Host: web\r\n"));
        all.add(target("another scheme in the target", "ftp://web/a", "Host: web\r\n"));
        all.add(target("a target without a slash", "a", "Host: web\r\n"));
        all.add(target("an authority as target", "web:80", "Host: web\r\n"));
        all.add(target("an asterisk for GET", "*", "Host: web\r\n"));
        all.add(target("a fragment in the target", "/a#b", "Host: web\r\n"));
        all.add(new Refused("CONNECT", 405, "CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void cutsOffABodyThatCanBeReadInTwoWays(Refused given) {
        InnerClient client = lab.client();
        client.send("POST /a HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n" + given.request());
        String answer = client.awaitEnd();
        assertThat(answer).startsWith("HTTP/1.1 " + given.status() + " ");
        assertThat(answer.split("HTTP/1\\.1 ", -1)).hasSize(2);
        assertThat(backend.requests()).isEmpty();
        assertThat(backend.others()).noneMatch(each -> each.contains("hidden"));
    }

    static Stream<Refused> bodies() {
        return Stream.of(
                new Refused("a size with 0x", 400, "0x4\r\nbody\r\n0\r\n\r\n"),
                new Refused("a size with a plus", 400, "+4\r\nbody\r\n0\r\n\r\n"),
                new Refused("a size with a minus", 400, "-4\r\nbody\r\n0\r\n\r\n"),
                new Refused("a space before the size", 400, " 4\r\nbody\r\n0\r\n\r\n"),
                new Refused("a space behind the size", 400, "4 \r\nbody\r\n0\r\n\r\n"),
                new Refused("an empty size", 400, "\r\nbody\r\n0\r\n\r\n"),
                new Refused("a size beyond any number", 400, "10000000000000004\r\nbody\r\n0\r\n\r\n"),
                new Refused("a size in other digits", 400, "\u00b3\r\nabc\r\n0\r\n\r\n"),
                new Refused("a size that ends with LF", 400, "4\nbody\r\n0\r\n\r\n" + HIDDEN),
                new Refused("a size that ends with CR", 400, "4\rXbody\r\n0\r\n\r\n"),
                new Refused("an extension with a bare LF", 400, "4;a\nb\r\nbody\r\n0\r\n\r\n"),
                new Refused("an extension with a bare CR", 400, "4;a\rb\r\nbody\r\n0\r\n\r\n"),
                new Refused("an extension that does not end", 400, "4;" + "a".repeat(1_000) + "\r\nbody\r\n0\r\n\r\n"),
                new Refused("a chunk longer than its size", 400, "4\r\nbody!\r\n0\r\n\r\n"),
                new Refused("a chunk that ends with LF", 400, "4\r\nbody\n0\r\n\r\n" + HIDDEN),
                new Refused("a chunk that ends with two bytes of something", 400, "4\r\nbodyXX0\r\n\r\n"),
                new Refused("a folded trailer", 400, "0\r\nx: y\r\n z\r\n\r\n"),
                new Refused("a trailer that ends with LF", 400, "0\r\nx: y\n\r\n" + HIDDEN),
                new Refused("a trailer with a bare CR", 400, "0\r\nx: y\rz\r\n\r\n"),
                new Refused("a trailer without a colon", 400, "0\r\nx\r\n\r\n"),
                new Refused("a space before the colon of a trailer", 400, "0\r\nContent-Length : 4\r\n\r\n"),
                new Refused("a trailer with NUL", 400, "0\r\nx: y\0z\r\n\r\n"),
                new Refused("trailers that do not end", 431, "0\r\nx: " + "y".repeat(80_000) + "\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("plain")
    void passesOnWhatCanBeReadInOneWayInItsPlainForm(Forwarded given) {
        InnerClient client = lab.client();
        client.send(given.request());
        client.awaitText("\r\n\r\nok");
        assertThat(String.join("", backend.requests())).isEqualTo(given.expected());
        client.close();
    }

    private static Forwarded request(String name, String line, String fields, String expectedLine, String expected) {
        return new Forwarded(
                name,
                line + " HTTP/1.1\r\nX-Request-Id: r\r\n" + fields,
                expectedLine + " HTTP/1.1\r\nX-Request-Id: r\r\n" + expected);
    }

    private static Forwarded chunked(String name, String coding, String body, String expectedBody) {
        return request(
                name,
                "POST /a",
                "Host: web\r\nTransfer-Encoding: " + coding + "\r\n\r\n" + body,
                "POST /a",
                ADDED + "transfer-encoding: chunked\r\n\r\n" + expectedBody);
    }

    static Stream<Forwarded> plain() {
        return Stream.concat(whole(), chunks());
    }

    private static Stream<Forwarded> whole() {
        String hidden = Integer.toString(HIDDEN.length());
        return Stream.of(
                request("a plain request", "GET /a", "Host: web\r\n\r\n", "GET /a", ADDED + "\r\n"),
                new Forwarded(
                        "empty lines before it",
                        "\r\n\r\nGET /a HTTP/1.1\r\nX-Request-Id: r\r\nHost: web\r\n\r\n",
                        "GET /a HTTP/1.1\r\nX-Request-Id: r\r\n" + ADDED + "\r\n"),
                request(
                        "a request in a body",
                        "POST /a",
                        "Host: web\r\nContent-Length: " + hidden + "\r\n\r\n" + HIDDEN,
                        "POST /a",
                        "Content-Length: " + hidden + "\r\n" + ADDED + "\r\n" + HIDDEN),
                request(
                        "a body of GET",
                        "GET /a",
                        "Host: web\r\nContent-Length: 4\r\n\r\nbody",
                        "GET /a",
                        "Content-Length: 4\r\n" + ADDED + "\r\nbody"),
                request(
                        "a length that begins with a zero",
                        "POST /a",
                        "Host: web\r\nContent-Length: 010\r\n\r\n0123456789",
                        "POST /a",
                        "content-length: 10\r\n" + ADDED + "\r\n0123456789"),
                request(
                        "a target with its host",
                        "GET http://web/a?b",
                        "Host: web\r\n\r\n",
                        "GET /a?b",
                        ADDED + "\r\n"),
                request("a target with its host alone", "GET http://web", "Host: web\r\n\r\n", "GET /", ADDED + "\r\n"),
                request("an asterisk for OPTIONS", "OPTIONS *", "Host: web\r\n\r\n", "OPTIONS *", ADDED + "\r\n"),
                request("two spaces", "GET  /a", "Host: web\r\n\r\n", "GET /a", ADDED + "\r\n"),
                request(
                        "a wish for h2c",
                        "GET /a",
                        "Host: web\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n\r\n",
                        "GET /a",
                        ADDED + "\r\n"),
                request(
                        "a connection that names the length",
                        "POST /a",
                        "Host: web\r\nConnection: Content-Length\r\nContent-Length: 4\r\n\r\nbody",
                        "POST /a",
                        "Content-Length: 4\r\n" + ADDED + "\r\nbody"),
                request(
                        "a connection that names a field",
                        "GET /a",
                        "Host: web\r\nConnection: keep-alive, Hop\r\nHop: 1\r\nKeep-Alive: 5\r\n\r\n",
                        "GET /a",
                        ADDED + "\r\n"),
                request(
                        "a field like a coding",
                        "POST /a",
                        "Host: web\r\nTransfer_Encoding: chunked\r\nContent-Length: 4\r\n\r\nbody",
                        "POST /a",
                        "Transfer_Encoding: chunked\r\nContent-Length: 4\r\n" + ADDED + "\r\nbody"));
    }

    private static Stream<Forwarded> chunks() {
        String four = "4\r\nbody\r\n0\r\n\r\n";
        return Stream.of(
                chunked("chunks", "chunked", four, four),
                chunked("a coding in capitals", "CHUNKED", four, four),
                chunked("spaces round the coding", "  chunked \t", four, four),
                chunked("extensions", "chunked", "4;a=b;c\r\nbody\r\n0;d\r\n\r\n", four),
                chunked("zeros before a size", "chunked", "0004\r\nbody\r\n000\r\n\r\n", four),
                chunked(
                        "a request in a chunk",
                        "chunked",
                        "23\r\n" + HIDDEN + "\r\n0\r\n\r\n",
                        "23\r\n" + HIDDEN + "\r\n0\r\n\r\n"),
                chunked("a trailer", "chunked", "0\r\nx-a: b\r\n\r\n", "0\r\nx-a: b\r\n\r\n"),
                chunked(
                        "trailers about framing",
                        "chunked",
                        "0\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nHost: other\r\nAuthorization: x\r\n\r\n",
                        "0\r\n\r\n"));
    }
}

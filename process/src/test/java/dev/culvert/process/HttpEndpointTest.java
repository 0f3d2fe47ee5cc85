package dev.culvert.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
final class HttpEndpointTest {
    private static final String BIG = "0123456789".repeat(10_000);

    private final HttpEndpoint endpoint = new HttpEndpoint(new HttpLimits(
            4, 8 * 1024, 1024, Duration.ofMillis(1_000), Duration.ofMillis(1_500), Duration.ofSeconds(3)));
    private final Routes routes = new Routes()
            .get("/hello", _ -> Response.text(200, "hello"))
            .get("/big", _ -> Response.text(200, BIG))
            .get("/huge", _ -> Response.text(200, BIG.repeat(200)))
            .post("/echo", request -> Response.text(200, request.body() + request.parameter("q")))
            .any("/any", request -> Response.text(200, request.method()))
            .get("/broken", _ -> {
                throw new IllegalStateException("broken on purpose");
            });
    private final HttpEndpoint.Listener listener = endpoint.listen(HttpBind.loopback(0), routes);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.close();
        endpoint.close();
    }

    @Test
    void answersItsRoutes() throws Exception {
        assertThat(get("/hello").body()).isEqualTo("hello");
        assertThat(get("/hello?x=1").statusCode()).isEqualTo(200);
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/hello", "").statusCode()).isEqualTo(405);
        assertThat(send("POST", "/echo?q=%C3%A4", "body").body()).isEqualTo("bodyä");
        assertThat(send("PUT", "/any", "").body()).isEqualTo("PUT");
        assertThat(get("/broken").statusCode()).isEqualTo(500);
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        String answer = raw("HEAD /hello HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("content-length: 5")
                .endsWith("\r\n\r\n");
    }

    /// Whoever is silent is closed upon without an answer, so an answer shows that nothing was waited for.
    @Test
    void refusesGarbageAtOnceAndCloses() throws Exception {
        assertThat(raw("GARBAGE-GARBAGE\r\n\r\n")).startsWith("HTTP/1.1 400").hasSizeGreaterThan(15);
        assertThat(raw("\u0001\u0002 \u0003 x\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(raw("GET /hello HTTP/1.1\r\nbad header\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void refusesHeadsThatAreTooLarge() throws Exception {
        assertThat(raw("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 414");
        assertThat(raw("GET / HTTP/1.1\r\na: " + "b".repeat(9_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(send("POST", "/echo", BIG).statusCode()).isEqualTo(413);
    }

    @Test
    void closesAConnectionWhoseRequestDripsIn() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /hello HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket silent = connect()) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void closesAConnectionWhoseBytesKeepDripping() throws Exception {
        for (String start :
                List.of("GET /hello HTTP/1.1\r\nx: ", "POST /echo HTTP/1.1\r\ncontent-length: 900\r\n\r\n")) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
                long begin = System.nanoTime();
                await().pollInterval(Duration.ofMillis(50)).until(() -> !took(socket));
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    private static boolean took(Socket socket) {
        try {
            socket.getOutputStream().write('a');
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// As long as they are held, places are taken; that one becomes free shows that they are not held for ever.
    @Test
    void closesConnectionsThatDoNotTakeTheirAnswer() throws Exception {
        List<Socket> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Socket socket = connect();
            held.add(socket);
            socket.getOutputStream().write("GET /huge HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }
        assertThat(raw("")).startsWith("HTTP/1.1 503");
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(get("/hello").statusCode()).isEqualTo(200));
        for (Socket socket : held) {
            socket.close();
        }
    }

    @Test
    void keepsAConnectionForAWhile() throws Exception {
        try (Socket socket = connect()) {
            byte[] request = "GET /hello HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream().write(request);
                assertThat(readUntil(socket.getInputStream(), "hello")).startsWith("HTTP/1.1 200");
            }
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void closingClosesConnectionsThatAreKept() throws Exception {
        try (Socket socket = connect()) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write("GET /hello HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(readUntil(socket.getInputStream(), "hello")).startsWith("HTTP/1.1 200");

            endpoint.close();

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void answersRequestsSentAheadInOrder() throws Exception {
        String host = "HTTP/1.1\r\nhost: x\r\n";
        String last = "GET /nothing " + host + "connection: close\r\n\r\n";
        String answer = raw("GET /hello " + host + "\r\nPUT /any " + host + "\r\n" + last);
        assertThat(answer).containsSubsequence("200 OK", "hello", "200 OK", "PUT", "404", "not found");
    }

    @Test
    void turnsAwayMoreConnectionsThanItsLimit() throws Exception {
        List<Socket> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(connect());
        }
        assertThat(raw("")).startsWith("HTTP/1.1 503");
        for (Socket socket : held) {
            socket.close();
        }
        // the endpoint learns of the closed ones a moment later
        await().untilAsserted(() -> assertThat(get("/hello").body()).isEqualTo("hello"));
    }

    @Test
    void compressesWhatTheClientAccepts() throws Exception {
        HttpResponse<byte[]> gzip = big("gzip");
        assertThat(gzip.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(gzip.body().length).isLessThan(BIG.length() / 10);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(BIG);
        HttpResponse<byte[]> deflate = big("br;q=1.0, deflate;q=0.5");
        assertThat(new InflaterInputStream(new ByteArrayInputStream(deflate.body())).readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(BIG);
        assertThat(big("identity").body()).hasSize(BIG.length());
    }

    @Test
    void saysWhichAddressIsTaken() {
        assertThatThrownBy(() -> endpoint.listen(HttpBind.loopback(listener.port()), routes))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot listen on 127.0.0.1 port " + listener.port());
    }

    @Test
    void listensOnBothFamilies() throws Exception {
        HttpEndpoint.Listener wild = endpoint.listen(HttpBind.wildcard(0), routes);
        for (String host : List.of("127.0.0.1", "[::1]")) {
            for (int port : List.of(listener.port(), wild.port())) {
                URI uri = URI.create("http://" + host + ":" + port + "/hello");
                assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .body())
                        .isEqualTo("hello");
            }
        }
    }

    private HttpResponse<byte[]> big(String encoding) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri("/big"))
                        .header("accept-encoding", encoding)
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, "");
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listener.port() + path);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        socket.setSoTimeout(5_000);
        return socket;
    }

    /// Everything the server says until it closes.
    private String raw(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = in.read();
            assertThat(next).as("the connection closed after: " + text).isNotNegative();
            text.append((char) next);
        }
        return text.toString();
    }
}

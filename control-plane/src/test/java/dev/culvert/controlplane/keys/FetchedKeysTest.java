package dev.culvert.controlplane.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.culvert.controlplane.gateway.AuthenticationMessages.Keys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class FetchedKeysTest {
    private static final String KEYS = "{\"keys\": [{\"kty\": \"oct\", \"k\": \"AAAA\"}]}";

    private final Map<String, Page> pages = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final BlockingQueue<Keys> found = new LinkedBlockingQueue<>();
    private HttpServer server;
    private FetchedKeys keys;

    /// @param location empty for none
    private record Page(int status, String location, String body) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        keys = fetched(new AddressGuard(/* loopback= */ true));
    }

    private static FetchedKeys fetched(AddressGuard guard) throws IOException {
        return new FetchedKeys(
                new KeyClient(guard), new FetchedKeys.Pace(Duration.ofMillis(50), Duration.ofMillis(10)));
    }

    @AfterEach
    void stop() {
        ended.countDown();
        keys.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        String path = exchange.getRequestURI().toString();
        if (path.equals("/slow")) {
            try {
                ended.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        Page page = pages.getOrDefault(path, new Page(404, "", ""));
        byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
        if (!page.location().isEmpty()) {
            exchange.getResponseHeaders().set("location", page.location());
        }
        exchange.sendResponseHeaders(page.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private void want(String path) {
        keys.want(new KeyNeed(url(path), false, Duration.ofSeconds(1)), found::add);
    }

    private Keys next() throws InterruptedException {
        return Objects.requireNonNull(found.poll(10, TimeUnit.SECONDS), "nothing found");
    }

    @Test
    void tellsTheKeysAndThoseThatTakeTheirPlace() throws Exception {
        pages.put("/jwks?a=b", new Page(200, "", KEYS));
        want("/jwks?a=b");
        assertThat(next()).isEqualTo(new Keys(KEYS, ""));
        String other = "{\"keys\": []}";
        pages.put("/jwks?a=b", new Page(200, "", other));
        Keys now = next();
        while (now.keys().equals(KEYS)) {
            now = next();
        }
        assertThat(now).isEqualTo(new Keys(other, ""));
    }

    @Test
    void keysThatCannotBeFetchedAgainStay() throws Exception {
        pages.put("/jwks", new Page(200, "", KEYS));
        want("/jwks");
        assertThat(next().keys()).isEqualTo(KEYS);
        pages.remove("/jwks");
        int before = asked.get();
        while (asked.get() < before + 5) {
            Thread.onSpinWait();
        }
        found.forEach(each -> assertThat(each.error()).isEmpty());
    }

    @Test
    void saysWhyThereAreNoneAndGoesOnTrying() throws Exception {
        want("/jwks");
        assertThat(next().error()).contains("404");
        pages.put("/jwks", new Page(200, "", KEYS));
        Keys now = next();
        while (now.keys().isEmpty()) {
            now = next();
        }
        assertThat(now).isEqualTo(new Keys(KEYS, ""));
    }

    @Test
    void findsTheKeysOfAnIssuerByDiscovery() throws Exception {
        pages.put(
                "/.well-known/openid-configuration",
                new Page(200, "", "{\"issuer\": \"x\", \"jwks_uri\": \"" + url("/jwks") + "\"}"));
        pages.put("/jwks", new Page(200, "", KEYS));
        keys.want(new KeyNeed(url("/.well-known/openid-configuration"), true, Duration.ofSeconds(1)), found::add);
        assertThat(next()).isEqualTo(new Keys(KEYS, ""));
    }

    @Test
    void followsARedirectButNotInCircles() throws Exception {
        pages.put("/old", new Page(302, "/jwks", ""));
        pages.put("/jwks", new Page(200, "", KEYS));
        want("/old");
        assertThat(next().keys()).isEqualTo(KEYS);
        pages.put("/loop", new Page(302, "/loop", ""));
        found.clear();
        keys.want(new KeyNeed(url("/loop"), false, Duration.ofSeconds(1)), found::add);
        Keys now = next();
        while (now.error().isEmpty()) {
            now = next();
        }
        assertThat(now.error()).contains("redirects more than 3 times");
    }

    @Test
    void refusesWhatIsNoKeySetTooLongOrTooSlow() throws Exception {
        pages.put("/text", new Page(200, "", "hello"));
        want("/text");
        assertThat(next().error()).contains("no JSON object");
        keys.forget(new KeyNeed(url("/text"), false, Duration.ofSeconds(1)));
        pages.put("/other", new Page(200, "", "{\"a\": 1}"));
        assertThat(error("/other")).contains("it has no keys");
        pages.put("/long", new Page(200, "", "{\"keys\": [" + " ".repeat(KeyClient.MOST_BYTES) + "]}"));
        assertThat(error("/long")).contains("has more than 1048576 bytes");
        assertThat(error("/slow")).contains("within 1000 ms");
    }

    private String error(String path) throws Exception {
        BlockingQueue<Keys> own = new LinkedBlockingQueue<>();
        keys.want(new KeyNeed(url(path), false, Duration.ofSeconds(1)), own::add);
        return Objects.requireNonNull(own.poll(10, TimeUnit.SECONDS), path).error();
    }

    @Test
    void asksNoAddressThatTheGuardRefusesNotEvenByName() throws Exception {
        try (FetchedKeys guarded = fetched(new AddressGuard(/* loopback= */ false))) {
            for (String host : new String[] {"127.0.0.1", "localhost", "169.254.169.254", "[::ffff:127.0.0.1]"}) {
                String address = "http://" + host + ":" + server.getAddress().getPort() + "/jwks";
                guarded.want(new KeyNeed(address, false, Duration.ofSeconds(1)), found::add);
                assertThat(next().error()).as(host).contains("own host, its link or a metadata service");
                guarded.forget(new KeyNeed(address, false, Duration.ofSeconds(1)));
                found.clear();
            }
        }
        assertThat(asked).hasValue(0);
    }

    @Test
    void stopsWhenNobodyNeedsTheKeys() throws Exception {
        pages.put("/jwks", new Page(200, "", KEYS));
        want("/jwks");
        next();
        keys.forget(new KeyNeed(url("/jwks"), false, Duration.ofSeconds(1)));
        AtomicInteger seen = new AtomicInteger();
        await().during(Duration.ofMillis(300)).until(() -> seen.getAndSet(asked.get()) == asked.get());
    }
}

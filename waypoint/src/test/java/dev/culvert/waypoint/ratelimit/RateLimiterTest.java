package dev.culvert.waypoint.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.culvert.api.SpiffeId;
import dev.culvert.api.waypoint.Policies;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Limits that are counted here.
class RateLimiterTest {
    private static final String TWO_A_SECOND = limit("requests: 2 per { seconds: 1 }");
    private static final InternalCalls NO_CALLS = _ -> {
        throw new AssertionError("nobody is to be called");
    };

    private long now = Long.MAX_VALUE - 5;

    @Test
    void admitsAsManyAsTheLimitAndThenAsTheyComeBack() {
        RateLimiter limiter = limiter(TWO_A_SECOND);

        assertThat(admitted(limiter, get("/"), 5)).isEqualTo(2);
        pass(Duration.ofMillis(499));
        assertThat(admitted(limiter, get("/"), 5)).isZero();
        pass(Duration.ofMillis(1));
        assertThat(admitted(limiter, get("/"), 5)).isEqualTo(1);
        pass(Duration.ofHours(1));
        assertThat(admitted(limiter, get("/"), 5)).isEqualTo(2);
    }

    @Test
    void aBurstIsHowManyMayComeAtOnce() {
        RateLimiter limiter = limiter(limit("requests: 2 per { seconds: 1 } burst: 10"));

        assertThat(admitted(limiter, get("/"), 20)).isEqualTo(10);
        pass(Duration.ofSeconds(1));
        assertThat(admitted(limiter, get("/"), 20)).isEqualTo(2);
    }

    @Test
    void aRefusalTellsWhenToComeBack() {
        RateLimiter limiter = limiter(limit("requests: 1 per { seconds: 60 }"));
        admitted(limiter, get("/"), 1);
        pass(Duration.ofMillis(500));

        LocalReply reply = ((RateVerdict.Refuse) judge(limiter, get("/"))).reply();

        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.flag()).isEqualTo("RL");
        assertThat(fields(reply))
                .containsEntry("retry-after", "60")
                .containsEntry("x-ratelimit-limit", "1")
                .containsEntry("x-ratelimit-remaining", "0")
                .containsEntry("x-ratelimit-reset", "60")
                .containsEntry("x-envoy-ratelimited", "true")
                .containsEntry("grpc-status", "8");
    }

    @Test
    void theResponseOfAnAdmittedRequestTellsOfTheTightestLimit() {
        RateLimiter limiter =
                limiter(limit("requests: 100 per { seconds: 1 }") + limit("requests: 3 per { seconds: 30 }"));

        RateVerdict.Admit admit = (RateVerdict.Admit) judge(limiter, get("/"));

        assertThat(admit.responseFields())
                .containsExactly(
                        Map.entry("x-ratelimit-limit", "3"),
                        Map.entry("x-ratelimit-remaining", "2"),
                        Map.entry("x-ratelimit-reset", "10"));
    }

    @Test
    void aLimitOfNoneRefusesEverything() {
        assertThat(admitted(limiter(limit("requests: 0 per { seconds: 1 }")), get("/"), 5))
                .isZero();
    }

    @Test
    void onlyRequestsThatMatchAreCounted() {
        RateLimiter limiter = limiter(limit("requests: 1 per { seconds: 1 }"
                + " match { methods: 'GET' path_prefix: '/api/' header: 'x-plan' header_value: 'free' }"));

        assertThat(admitted(limiter, request("POST", "/api", "x-plan", "free"), 3))
                .isEqualTo(3);
        assertThat(admitted(limiter, request("GET", "/apis", "x-plan", "free"), 3))
                .isEqualTo(3);
        assertThat(admitted(limiter, request("GET", "/api", "x-plan", "paid"), 3))
                .isEqualTo(3);
        assertThat(admitted(limiter, request("GET", "/api", "x-other", "free"), 3))
                .isEqualTo(3);
        assertThat(admitted(limiter, request("GET", "/api/x?y", "X-Plan", "free"), 3))
                .isEqualTo(1);
    }

    @Test
    void onlyRequestsThatTookTheRouteAreCounted() {
        RateLimiter limiter = limiter("rate_limits { namespace: 'n' name: 'l' route: 'HTTPRoute n/r'"
                + " local { requests: 1 per { seconds: 1 } } }");

        assertThat(admitted(limiter, ruled("HTTPRoute n/r2 rule 0"), 3)).isEqualTo(3);
        assertThat(admitted(limiter, ruled(""), 3)).isEqualTo(3);
        assertThat(admitted(limiter, ruled("HTTPRoute n/r rule 0"), 3)).isEqualTo(1);
    }

    @Test
    void keysAreCountedApart() {
        RateLimiter byHeader = limiter(limit("requests: 1 per { seconds: 1 } key: HEADER key_header: 'x-user'"));
        RateLimiter byIdentity = limiter(limit("requests: 1 per { seconds: 1 } key: CLIENT_IDENTITY"));
        RateLimiter byAddress = limiter(limit("requests: 1 per { seconds: 1 } key: REMOTE_ADDRESS"));
        String veryLong = "x".repeat(9_000);

        assertThat(admitted(byHeader, request("GET", "/", "x-user", "a"), 2)).isEqualTo(1);
        assertThat(admitted(byHeader, request("GET", "/", "x-user", "b"), 2)).isEqualTo(1);
        assertThat(admitted(byHeader, request("GET", "/", "x-user", veryLong + "a"), 2))
                .isEqualTo(1);
        assertThat(admitted(byHeader, request("GET", "/", "x-user", veryLong + "b"), 2))
                .isEqualTo(1);
        assertThat(admitted(byHeader, get("/"), 2)).isEqualTo(1);
        assertThat(admitted(byIdentity, of("a", "10.0.0.1"), 2)).isEqualTo(1);
        assertThat(admitted(byIdentity, of("b", "10.0.0.1"), 2)).isEqualTo(1);
        assertThat(admitted(byAddress, of("a", "10.0.0.1"), 2)).isEqualTo(1);
        assertThat(admitted(byAddress, of("b", "10.0.0.1"), 2)).isZero();
        assertThat(admitted(byAddress, of("b", "10.0.0.2"), 2)).isEqualTo(1);
    }

    @Test
    void whatOneLimitRefusesCostsTheOthersNothing() {
        RateLimiter limiter = limiter(limit("requests: 4 per { seconds: 1 }")
                + limit("requests: 1 per { seconds: 1 } key: HEADER key_header: 'x-user'"));

        assertThat(admitted(limiter, request("GET", "/", "x-user", "greedy"), 50))
                .isEqualTo(1);
        assertThat(admitted(limiter, request("GET", "/", "x-user", "a"), 1)).isEqualTo(1);
        assertThat(admitted(limiter, request("GET", "/", "x-user", "b"), 1)).isEqualTo(1);
        assertThat(admitted(limiter, request("GET", "/", "x-user", "c"), 1)).isEqualTo(1);
        assertThat(admitted(limiter, request("GET", "/", "x-user", "d"), 1)).isZero();
    }

    @Test
    void aLimitThatStaysAsItWasGoesOnCounting() {
        RateLimiter first = limiter(TWO_A_SECOND);
        admitted(first, get("/"), 2);

        RateLimiter same = RateLimiter.compile(limits(TWO_A_SECOND), () -> now, first);
        RateLimiter other = RateLimiter.compile(limits(limit("requests: 3 per { seconds: 1 }")), () -> now, first);

        assertThat(admitted(same, get("/"), 5)).isZero();
        assertThat(admitted(other, get("/"), 5)).isEqualTo(3);
    }

    @Test
    void manyLoopsTogetherGetNoMoreThanTheLimit() throws Exception {
        RateLimiter limiter = limiter(limit("requests: 1000 per { seconds: 3600 }"));
        AtomicInteger admitted = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                threads.submit(() -> {
                    start.await();
                    return admitted.addAndGet(admitted(limiter, get("/"), 2_000));
                });
            }
            start.countDown();
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(admitted).hasValue(1_000);
    }

    @Test
    void theNumberOfKeysIsBoundedAndTheLeastRecentlyUsedGoFirst() {
        BucketTable table = new BucketTable();
        TokenBucket kept = table.get("kept", now);
        for (int i = 0; i < 3 * BucketTable.MAX_KEYS; i++) {
            now++;
            table.get("key " + i, now);
            assertThat(table.get("kept", now)).isSameAs(kept);
            assertThat(table.size()).isLessThanOrEqualTo(BucketTable.MAX_KEYS);
        }
        assertThat(table.size()).isGreaterThan(BucketTable.MAX_KEYS / 2);
    }

    private int admitted(RateLimiter limiter, RateRequest request, int times) {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            admitted += judge(limiter, request) instanceof RateVerdict.Admit ? 1 : 0;
        }
        return admitted;
    }

    private static RateVerdict judge(RateLimiter limiter, RateRequest request) {
        return limiter.judge(request, NO_CALLS).toCompletableFuture().join();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private RateLimiter limiter(String policies) {
        return RateLimiter.compile(limits(policies), () -> now, RateLimiter.NONE);
    }

    private static String limit(String local) {
        return "rate_limits { namespace: 'n' name: 'l" + local.hashCode() + "' local { " + local + " } }\n";
    }

    static java.util.List<dev.culvert.api.waypoint.RateLimit> limits(String policies) {
        try {
            return TextFormat.parse(policies, Policies.class).getRateLimitsList();
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(policies, e);
        }
    }

    static Map<String, String> fields(LocalReply reply) {
        Map<String, String> fields = new HashMap<>();
        reply.fields().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    static RateRequest get(String target) {
        return request("GET", target, "x", "y");
    }

    static RateRequest request(String method, String target, String header, String value) {
        RequestHead head = new RequestHead(method, "http", "echo", target, new DefaultHttpHeaders());
        head.headers().add(header, value);
        return new RateRequest(head, client("a"), "10.0.0.1", "", "echo.shop.svc.cluster.local");
    }

    private static RateRequest ruled(String rule) {
        return new RateRequest(get("/").head(), client("a"), "10.0.0.1", rule, "echo");
    }

    private static RateRequest of(String account, String address) {
        return new RateRequest(get("/").head(), client(account), address, "", "echo");
    }

    private static Client client(String account) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        return new Client(new SpiffeId("cluster.local", "shop", account), address, address, null);
    }
}

package dev.culvert.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.AuthorizationPolicy;
import dev.culvert.api.waypoint.Backend;
import dev.culvert.api.waypoint.Fault;
import dev.culvert.api.waypoint.Filter;
import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.Mirror;
import dev.culvert.api.waypoint.OutlierDetection;
import dev.culvert.api.waypoint.PathEdit;
import dev.culvert.api.waypoint.PathMatch;
import dev.culvert.api.waypoint.Policies;
import dev.culvert.api.waypoint.Protocol;
import dev.culvert.api.waypoint.RateLimit;
import dev.culvert.api.waypoint.Redirect;
import dev.culvert.api.waypoint.RetryPolicy;
import dev.culvert.api.waypoint.Rewrite;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TrafficPolicy;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Rules, policies, faults, limits and retries on real connections.
@Timeout(60)
class TrafficTest {
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    private static final String OTHER = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nother";
    private static final String BAD = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 3\r\n\r\nbad";

    private final WaypointLab lab = new WaypointLab();
    private final RecordingBackend backend = new RecordingBackend(OK);
    private final RecordingBackend other = new RecordingBackend(OTHER);

    TrafficTest() throws IOException {
        lab.cluster("web", Protocol.HTTP1, backend.port());
        lab.cluster("other", Protocol.HTTP1, other.port());
    }

    @AfterEach
    void close() throws IOException {
        backend.close();
        other.close();
        lab.close();
    }

    private void rules(HttpRule.Builder... rules) {
        RouteSet.Builder set = RouteSet.newBuilder();
        for (HttpRule.Builder rule : rules) {
            set.addHttp(rule.setName("HTTPRoute shop/r"));
        }
        lab.service(Protocol.HTTP1, List.of(set.build()), Policies.getDefaultInstance());
    }

    private static HttpRule.Builder to(String cluster) {
        return HttpRule.newBuilder().addBackends(backend(cluster, 1));
    }

    private static Backend.Builder backend(String cluster, int weight) {
        return Backend.newBuilder().setCluster("shop/" + cluster).setPort(80).setWeight(weight);
    }

    private static HttpMatch.Builder prefix(String path) {
        return HttpMatch.newBuilder().setPath(PathMatch.newBuilder().setSegmentPrefix(path));
    }

    private static com.google.protobuf.Duration millis(int count) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(count / 1_000)
                .setNanos(count % 1_000 * 1_000_000)
                .build();
    }

    private String get(String path) {
        InnerClient client = lab.client();
        client.send("GET " + path + " HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n");
        return client.awaitEnd();
    }

    private ExchangeRecord last(int count) {
        Awaitility.await().until(() -> lab.ended().size() == count);
        return lab.ended().getLast();
    }

    @Test
    void sendsRequestsByTheirRuleAndAnswersTheOthersWith404() {
        rules(to("other").addMatches(prefix("/other")));
        assertThat(get("/other/x")).endsWith("other");
        assertThat(last(1).routeName).isEqualTo("HTTPRoute shop/r");
        assertThat(get("/otherx")).startsWith("HTTP/1.1 404 ");
        assertThat(last(2).flags).containsExactly("NR");
    }

    @Test
    void sharesRequestsByWeight() {
        rules(HttpRule.newBuilder().addBackends(backend("web", 1)).addBackends(backend("other", 3)));
        for (int i = 0; i < 200; i++) {
            get("/");
        }
        assertThat(other.requests()).hasSizeBetween(120, 180);
        assertThat(backend.requests()).hasSize(200 - other.requests().size());
    }

    @Test
    void answersTheShareOfAnInvalidBackendWith500() {
        rules(HttpRule.newBuilder()
                .addBackends(backend("web", 1))
                .addBackends(backend("gone", 1).setInvalid("no such service")));
        int bad = 0;
        for (int i = 0; i < 100; i++) {
            bad += get("/").startsWith("HTTP/1.1 500 ") ? 1 : 0;
        }
        assertThat(bad).isBetween(25, 75);
    }

    @Test
    void redirectsAndRewrites() {
        rules(
                HttpRule.newBuilder()
                        .addMatches(prefix("/old"))
                        .addFilters(Filter.newBuilder()
                                .setRedirect(Redirect.newBuilder()
                                        .setHostname("new.example.org")
                                        .setStatus(301)
                                        .setPath(PathEdit.newBuilder().setPrefix("/new")))),
                to("web")
                        .addMatches(prefix("/a"))
                        .addFilters(Filter.newBuilder()
                                .setRewrite(Rewrite.newBuilder()
                                        .setHostname("inner")
                                        .setPath(PathEdit.newBuilder().setPrefix("/b")))));
        assertThat(get("/old/x?y=z"))
                .startsWith("HTTP/1.1 301 ")
                .contains("location: http://new.example.org/new/x?y=z\r\n");
        assertThat(get("/a/x")).startsWith("HTTP/1.1 200 ");
        assertThat(backend.requests().getFirst())
                .startsWith("GET /b/x HTTP/1.1\r\n")
                .contains("host: inner\r\n");
    }

    @Test
    void sendsACopyToAnotherBackendWhoseAnswerIsOfNoInterest() {
        rules(to("web")
                .addFilters(Filter.newBuilder()
                        .setMirror(Mirror.newBuilder()
                                .setBackend(backend("other", 1))
                                .setPerMillion(1_000_000))));
        InnerClient client = lab.client();
        client.send("POST /a HTTP/1.1\r\nHost: web\r\nContent-Length: 4\r\n\r\n");
        client.send("body");
        assertThat(client.awaitText("ok")).startsWith("HTTP/1.1 200 ");
        Awaitility.await().until(() -> other.requests().size() == 1);
        assertThat(other.requests().getFirst()).contains("host: web-shadow\r\n").endsWith("\r\n\r\nbody");
        client.close();
    }

    @Test
    void injectsDelaysAndAborts() {
        rules(
                to("web")
                        .addMatches(prefix("/slow"))
                        .setFault(Fault.newBuilder()
                                .setDelay(Fault.Delay.newBuilder()
                                        .setFixed(millis(300))
                                        .setPerMillion(1_000_000))),
                to("web")
                        .addMatches(prefix("/bad"))
                        .setFault(Fault.newBuilder()
                                .setAbort(Fault.Abort.newBuilder()
                                        .setHttpStatus(418)
                                        .setPerMillion(1_000_000))));
        long start = System.nanoTime();
        assertThat(get("/slow")).startsWith("HTTP/1.1 200 ");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
        assertThat(last(1).flags).containsExactly("DI");
        assertThat(get("/bad")).startsWith("HTTP/1.1 418 ");
        assertThat(last(2).flags).containsExactly("FI");
    }

    @Test
    void givesARequestNoMoreTimeThanItsRule() throws IOException {
        try (RawBackend silent = new RawBackend()) {
            lab.cluster("web", Protocol.HTTP1, silent.port());
            rules(to("web").setRequestTimeout(millis(200)));
            assertThat(get("/")).startsWith("HTTP/1.1 504 ").contains("upstream request timeout");
            assertThat(last(1).flags).containsExactly("UT");
            assertThat(lab.ended().getFirst().attempts).isEqualTo(1);
        }
    }

    @Test
    void givesEachTryItsTimeAndTakesAnotherBackendThen() throws IOException {
        try (RawBackend silent = new RawBackend()) {
            lab.cluster("web", Protocol.HTTP1, silent.port(), backend.port());
            rules(to("web")
                    .setRetry(
                            RetryPolicy.newBuilder().setAttempts(2).addOn("5xx").setPerTryTimeout(millis(200))));
            for (int i = 0; i < 10; i++) {
                assertThat(get("/")).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void hidesABackendThatFails() {
        other.respond(BAD);
        lab.cluster("web", Protocol.HTTP1, backend.port(), other.port());
        rules(to("web").setRetry(RetryPolicy.newBuilder().setAttempts(2).addOn("503")));
        for (int i = 0; i < 40; i++) {
            assertThat(get("/")).startsWith("HTTP/1.1 200 ");
        }
        assertThat(other.requests()).isNotEmpty();
    }

    @Test
    void ejectsABackendThatFails() {
        other.respond(BAD);
        lab.cluster(
                "web",
                Protocol.HTTP1,
                TrafficPolicy.newBuilder()
                        .setOutlierDetection(OutlierDetection.newBuilder()
                                .setConsecutive5Xx(2)
                                .setBaseEjectionTime(millis(60_000))
                                .setMaxEjectionPercent(50))
                        .build(),
                backend.port(),
                other.port());
        rules(to("web").setRetry(RetryPolicy.newBuilder().setAttempts(0)));
        for (int i = 0; i < 60; i++) {
            get("/");
        }
        assertThat(other.requests()).hasSizeLessThan(10);
        assertThat(get("/")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void deniesByMethodAndPathAndSaysSo() {
        lab.service(
                Protocol.HTTP1,
                List.of(),
                Policies.newBuilder()
                        .addAuthorization(AuthorizationPolicy.newBuilder()
                                .setNamespace("shop")
                                .setName("no-admin")
                                .setAction(AuthorizationPolicy.Action.DENY)
                                .addRules(AuthorizationPolicy.Rule.newBuilder()
                                        .addTo(AuthorizationPolicy.Operation.newBuilder()
                                                .addMethods("GET")
                                                .addPaths("/admin/*"))))
                        .build());
        assertThat(get("/admin/x")).startsWith("HTTP/1.1 403 ").endsWith("RBAC: access denied");
        assertThat(last(1).details).contains("ns[shop]-policy[no-admin]-rule[0]");
        assertThat(get("/public")).startsWith("HTTP/1.1 200 ");
        assertThat(get("/public/../admin/x")).startsWith("HTTP/1.1 403 ");
        assertThat(backend.requests()).hasSize(1);
    }

    @Test
    void keepsTheConnectionOfAClientThatIsRefusedAndHasSentAll() {
        rules(to("web").addMatches(prefix("/a")));
        InnerClient client = lab.client();
        client.send("GET /b HTTP/1.1\r\nHost: web\r\n\r\n");
        assertThat(client.awaitText("\r\n\r\n")).startsWith("HTTP/1.1 404 ").doesNotContain("connection: close");
        client.forget();
        client.send("GET /a HTTP/1.1\r\nHost: web\r\n\r\n");
        assertThat(client.awaitText("ok")).startsWith("HTTP/1.1 200 ");
        client.close();
    }

    @Test
    void tellsAClientThatIsRefusedWhileItSends() {
        rules(to("web").addMatches(prefix("/a")));
        InnerClient client = lab.client();
        client.send("POST /b HTTP/1.1\r\nHost: web\r\nContent-Length: 100000\r\n\r\nbegin");
        client.awaitText("\r\n\r\n");
        client.send("x".repeat(50_000));
        assertThat(client.awaitEnd()).startsWith("HTTP/1.1 404 ").contains("connection: close\r\n");
    }

    @Test
    void answersWhatIsBeyondALimitWith429() {
        lab.service(
                Protocol.HTTP1,
                List.of(),
                Policies.newBuilder()
                        .addRateLimits(RateLimit.newBuilder()
                                .setNamespace("shop")
                                .setName("few")
                                .addLocal(RateLimit.LocalLimit.newBuilder()
                                        .setName("all")
                                        .setRequests(2)
                                        .setPer(millis(60_000))
                                        .setBurst(2)))
                        .build());
        assertThat(get("/")).startsWith("HTTP/1.1 200 ").contains("x-ratelimit-remaining: 1\r\n");
        assertThat(get("/")).startsWith("HTTP/1.1 200 ");
        assertThat(get("/")).startsWith("HTTP/1.1 429 ").contains("x-ratelimit-limit: 2", "retry-after: ");
        assertThat(last(3).flags).containsExactly("RL");
    }

    @Test
    void tellsObserversOfEachExchangeOnce() {
        rules(to("web").addMatches(prefix("/a")));
        InnerClient client = lab.client();
        client.send("GET /a HTTP/1.1\r\nHost: web\r\n\r\nGET /b HTTP/1.1\r\nHost: web\r\n\r\nnonsense\r\n\r\n");
        client.awaitEnd();
        Awaitility.await().until(() -> lab.ended().size() == 3);
        assertThat(lab.ended()).extracting(each -> each.status).containsExactly(200, 404, 400);
    }
}

package dev.culvert.waypoint.route;

import static dev.culvert.waypoint.route.Requests.request;
import static dev.culvert.waypoint.route.Requests.routes;
import static dev.culvert.waypoint.route.Requests.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.waypoint.filter.FilterContext;
import dev.culvert.waypoint.filter.FilterOutcome;
import dev.culvert.waypoint.filter.MatchedPath;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which rule a request takes.
class RouteTableTest {
    private static final RouteTable MATCHING = table(
            rule(
                            "v1",
                            "matches { path { segment_prefix: '/' } }"
                                    + "matches { path { segment_prefix: '/' } headers { name: 'version' value { exact: 'one' } } }")
                    + rule(
                            "v2",
                            "matches { path { segment_prefix: '/v2' } }"
                                    + "matches { path { segment_prefix: '/' } headers { name: 'version' value { exact: 'two' } } }"));

    @ParameterizedTest
    @CsvSource({
        "GET /, v1",
        "GET /example, v1",
        "GET / Version: one, v1",
        "GET /v2, v2",
        "GET /v2/, v2",
        "GET /v2/example, v2",
        "GET /v2example, v1",
        "GET / version: two, v2",
        "GET /foo/v2/example, v1",
        "GET /v2?x=/, v2",
    })
    void prefixesMatchByWholeSegmentsAndHeadersByName(String request, String rule) {
        assertThat(decide(MATCHING, request)).isEqualTo(rule);
    }

    @ParameterizedTest
    @CsvSource({"GET /v1, echo-v1", "GET /v2, echo-v2", "GET /v1/, ''", "GET /V1, ''", "GET /, ''"})
    void exactPathsMatchNothingElse(String request, String rule) {
        RouteTable table = table(rule("echo-v1", "matches { path { exact: '/v1' } }")
                + rule("echo-v2", "matches { path { exact: '/v2' } }"));

        assertThat(decide(table, request)).isEqualTo(rule);
    }

    private static final RouteTable QUERIES = table(
            rule(
                            "v1",
                            "matches { path { segment_prefix: '/' }"
                                    + " query_parameters { name: 'animal' value { exact: 'whale' } } }")
                    + rule(
                            "v2",
                            "matches { path { segment_prefix: '/' }"
                                    + " query_parameters { name: 'animal' value { exact: 'dolphin' } } }"
                                    + "matches { path { segment_prefix: '/' }"
                                    + " query_parameters { name: 'animal' value { exact: 'dolphin' } }"
                                    + " query_parameters { name: 'color' value { exact: 'blue' } } }")
                    + rule(
                            "v3",
                            "matches { path { exact: '/path' }"
                                    + " query_parameters { name: 'animal' value { exact: 'whale' } } }")
                    + rule(
                            "v4",
                            "matches { path { segment_prefix: '/' }"
                                    + " query_parameters { name: 'animal' value { exact: 'whale' } }"
                                    + " headers { name: 'version' value { exact: 'one' } } }")
                    + rule(
                            "v5",
                            "matches { path { segment_prefix: '/' } query_parameters { name: 'a b' value { exact: 'c&d' } } }"));

    @ParameterizedTest
    @CsvSource({
        "GET /?animal=whale, v1",
        "GET /?animal=dolphin, v2",
        "GET /?animal=dolphin&color=blue, v2",
        "GET /?color=blue, ''",
        "GET /?animal=dog, ''",
        "GET /?animal=whaledolphin, ''",
        "GET /, ''",
        "GET /path?animal=whale, v3",
        "GET /path?animal=whale version: one, v3",
        "GET /?animal=whale version: one, v4",
        "GET /?animal=whale&animal=dolphin, v1",
        "GET /?animal=dog&animal=whale, ''",
        "GET /?anim%61l=wh%61le, v1",
        "GET /?a+b=c%26d, v5",
        "GET /?Animal=whale, ''",
        "GET /?animal, ''",
    })
    void queryParametersMatchByTheirFirstValueDecoded(String request, String rule) {
        assertThat(decide(QUERIES, request)).isEqualTo(rule);
    }

    private static final RouteTable PRECEDENCE = table(rule("regex", "matches { path { regex: '/a/.*' } }")
            + rule("root", "matches { path { segment_prefix: '/' } }")
            + rule("root-header", "matches { headers { name: 'h' value { exact: '1' } } }")
            + rule(
                    "root-headers",
                    "matches { headers { name: 'h' value { exact: '1' } }"
                            + " headers { name: 'i' value { exact: '2' } } }")
            + rule("root-query", "matches { query_parameters { name: 'q' value { exact: '1' } } }")
            + rule("root-method", "matches { method { exact: 'PUT' } }")
            + rule("a", "matches { path { segment_prefix: '/a' } }")
            + rule("a-again", "matches { path { segment_prefix: '/a/' } }")
            + rule("a-b", "matches { path { segment_prefix: '/a/b' } }")
            + rule("exact", "matches { path { exact: '/a/b/c' } }")
            + rule("exact-post", "matches { path { exact: '/a/b/c' } method { exact: 'POST' } }")
            + rule("grpc-method", "matches { grpc { service { exact: 'pkg.S' } method { exact: 'Do' } } }")
            + rule("grpc-service", "matches { grpc { service { exact: 'pkg.S' } } }")
            + rule(
                    "grpc-header",
                    "matches { grpc { service { exact: 'pkg.S' } }" + " headers { name: 'h' value { exact: '1' } } }")
            + rule("grpc-any", "matches { grpc { } }"));

    @ParameterizedTest
    @CsvSource({
        "GET /, root",
        "GET /x h: 1, root-header",
        "GET /x h: 1|i: 2, root-headers",
        "GET /x?q=1, root-query",
        "GET /x?q=1 h: 1, root-header",
        "PUT /x?q=1 h: 1|i: 2, root-method",
        "GET /a h: 1|i: 2, a",
        "GET /a/x, a",
        "GET /a/b, a-b",
        "PUT /a/b/d h: 1, a-b",
        "GET /a/b/c, exact",
        "POST /a/b/c, exact-post",
        "POST /pkg.S/Do content-type: application/grpc, grpc-method",
        "POST /pkg.S/Do content-type: application/grpc|h: 1, grpc-method",
        "POST /pkg.S/Other content-type: application/grpc+proto, grpc-service",
        "POST /pkg.S/Other content-type: application/grpc|h: 1, grpc-header",
        "POST /pkg.T/Do content-type: application/grpc, grpc-any",
        "POST /pkg.S/Do content-type: application/json, root",
        "POST /pkg.S content-type: application/grpc, root",
    })
    void theMostSpecificMatchWins(String request, String rule) {
        assertThat(decide(PRECEDENCE, request)).isEqualTo(rule);
    }

    @Test
    void amongEqualMatchesTheRuleThatIsListedFirstWins() {
        RouteTable table = table(rule("first", "matches { path { segment_prefix: '/a' } }")
                + rule("second", "matches { path { segment_prefix: '/a' } }"));

        assertThat(decide(table, "GET /a")).isEqualTo("first");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /api/v1/users, broad",
        "GET /api/, broad",
        "GET /other/7, regex",
        "GET /other/seven, ''",
        "GET /another/7, ''",
    })
    void inAListedOrderTheFirstMatchWins(String request, String rule) {
        RouteTable table = table("order: AS_LISTED " + rule("broad", "matches { path { text_prefix: '/api' } }")
                + rule("exact", "matches { path { exact: '/api/v1/users' } }")
                + rule("regex", "matches { path { regex: '/other/[0-9]+' } }"));

        assertThat(decide(table, request)).isEqualTo(rule);
    }

    @ParameterizedTest
    @CsvSource({
        "GET /x tenant: a|tenant: b, joined",
        "GET /x TENANT: ab, prefixed",
        "GET /x tenant: Zb, insensitive",
        "GET /x tenant: q9, regex",
        "GET /x tenant: q9x, present",
        "GET /x, absent",
        "GET /x cookie: a=1|cookie: b=2|tenant: , cookies",
    })
    void headersMatchAsOneValue(String request, String rule) {
        RouteTable table = table("order: AS_LISTED "
                + rule("joined", "matches { headers { name: 'Tenant' value { exact: 'a,b' } } }")
                + rule("prefixed", "matches { headers { name: 'tenant' value { prefix: 'a' } } }")
                + rule("insensitive", "matches { headers { name: 'tenant' value { exact: 'zB' ignore_case: true } } }")
                + rule("regex", "matches { headers { name: 'tenant' value { regex: 'q[0-9]' } } }")
                + rule("cookies", "matches { headers { name: 'cookie' value { exact: 'a=1; b=2' } } }")
                + rule("absent", "matches { headers { name: 'tenant' value { present: true } invert: true } }")
                + rule("present", "matches { headers { name: 'tenant' value { present: true } } }"));

        assertThat(decide(table, request)).isEqualTo(rule);
    }

    @Test
    void ofSeveralConditionsOnOneHeaderTheFirstCounts() {
        RouteTable table = table(rule(
                        "one",
                        "matches { headers { name: 'H' value { exact: '1' } }"
                                + " headers { name: 'h' value { exact: '2' } } }")
                + rule(
                        "two",
                        "matches { headers { name: 'h' value { exact: '1' } }"
                                + " headers { name: 'i' value { exact: '2' } } }"));

        assertThat(decide(table, "GET / h: 1")).isEqualTo("one");
        assertThat(decide(table, "GET / h: 2")).isEmpty();
        assertThat(decide(table, "GET / h: 1|i: 2")).isEqualTo("two");
    }

    @Test
    void schemeAuthorityAndPseudoHeadersCanBeMatched() {
        RouteTable table = table("order: AS_LISTED "
                + rule("https", "matches { scheme { exact: 'https' } }")
                + rule(
                        "host",
                        "matches { authority { exact: 'echo' } headers { name: ':method' value { exact: 'PUT' } } }")
                + rule("header", "matches { headers { name: 'host' value { suffix: 'cho' } } }"));

        assertThat(decide(table, "PUT /")).isEqualTo("host");
        assertThat(decide(table, "GET /")).isEqualTo("header");
    }

    @Test
    void pathsCanMatchWhateverTheirCase() {
        RouteTable table = table("order: AS_LISTED "
                + rule("exact", "matches { path { exact: '/Exact' ignore_case: true } }")
                + rule("segment", "matches { path { segment_prefix: '/Seg' ignore_case: true } }")
                + rule("text", "matches { path { text_prefix: '/Tex' ignore_case: true } }")
                + rule("regex", "matches { path { regex: '/re[g]ex' ignore_case: true } }"));

        assertThat(decide(table, "GET /eXACT")).isEqualTo("exact");
        assertThat(decide(table, "GET /sEG/x")).isEqualTo("segment");
        assertThat(decide(table, "GET /sEGx")).isEmpty();
        assertThat(decide(table, "GET /tEXt")).isEqualTo("text");
        assertThat(decide(table, "GET /REGEX")).isEqualTo("regex");
    }

    @Test
    void whereNoRuleMatchesThereIsNoMatchAndWhereThereAreNoRulesThereAreNoRoutes() {
        RouteTable table = table(rule("a", "matches { path { exact: '/a' } }"));

        assertThat(table.decide(request("GET /b"), "x")).isInstanceOf(RouteDecision.NoMatch.class);
        assertThat(RouteTable.EMPTY.decide(request("GET /b"), "x")).isInstanceOf(RouteDecision.NoRoutes.class);
        assertThat(table("tcp { name: 't' }").decide(request("GET /b"), "x"))
                .isInstanceOf(RouteDecision.NoRoutes.class);
    }

    @Test
    void routesOfAConsumerHoldForClientsOfItsNamespaceAlone() {
        RouteTable both = RouteTable.compile(
                List.of(routes(rule("producer", "")), routes("client_namespace: 'consumer' " + rule("consumer", ""))));
        RouteTable one = RouteTable.compile(List.of(routes("client_namespace: 'consumer' " + rule("consumer", ""))));

        assertThat(decide(both, "GET /", "consumer")).isEqualTo("consumer");
        assertThat(decide(both, "GET /", "other")).isEqualTo("producer");
        assertThat(one.decide(request("GET /"), "other")).isInstanceOf(RouteDecision.NoRoutes.class);
    }

    @Test
    void aRuleThatDoesNotCompileIsNamedAndAnswers500ByItself() {
        RouteTable table = table(rule("bad", "matches { path { regex: '/x(' } } matches { path { exact: '/bad' } }")
                + rule("good", "matches { path { segment_prefix: '/good' } }"));

        assertThat(table.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.rule()).isEqualTo("bad");
            assertThat(problem.what()).contains("/x(");
        });
        assertThat(decide(table, "GET /good/x")).isEqualTo("good");
        assertThat(status(table, "GET /bad")).isEqualTo(500);
        assertThat(status(table, "GET /xyz")).isEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {"((a{100}){100}){100}", "(x{1000}y{1000}){1000}", "((((((a{9}){9}){9}){9}){9}){9})"})
    void aRegularExpressionThatWouldBeHugeIsRefused(String regex) {
        RouteTable table = table(rule("huge", "matches { path { regex: '" + regex + "' } }"));

        assertThat(table.problems()).hasSize(1);
    }

    @Test
    void requestsAreSharedInProportionToTheWeights() {
        RouteTable table = table(
                "http { name: 'split' backends { cluster: 'a' port: 1 weight: 70 }"
                        + " backends { cluster: 'b' port: 1 weight: 30 } backends { cluster: 'c' port: 1 weight: 0 invalid: 'gone' } }");
        CompiledRule rule = matched(table, "GET /").rule();
        Random random = new Random(1);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            BackendChoice.Chosen chosen = (BackendChoice.Chosen) rule.choose(random);
            counts.merge(chosen.target().cluster(), 1, Integer::sum);
        }

        assertThat(counts.get("a")).isBetween(6_800, 7_200);
        assertThat(counts.get("b")).isBetween(2_800, 3_200);
        assertThat(counts).doesNotContainKey("c");
        assertThat(rule.problems()).containsExactly("backend c: gone");
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "backends { cluster: 'a' weight: 0 }",
        "backends { cluster: 'a' weight: 1 invalid: 'no such service' }"
    })
    void aShareThatHasNoBackendIsAnswered500(String backends) {
        CompiledRule rule =
                matched(table("http { name: 'r' " + backends + " }"), "GET /").rule();

        assertThat(rule.choose(new Random(1))).isInstanceOfSatisfying(BackendChoice.Refused.class, refused -> {
            assertThat(refused.reply().status()).isEqualTo(500);
            assertThat(refused.reply().fields()).containsExactly(Map.entry("grpc-status", "14"));
        });
    }

    @Test
    void timesAndRetriesAreThoseOfTheRule() {
        RouteTable table = RouteTable.compile(
                List.of(routes("http { name: 'own' matches { path { exact: '/own' } } request_timeout { seconds: 3 }"
                        + " backend_timeout { nanos: 5000000 } retry { attempts: 7 on: 'reset,503' }"
                        + " session { name: 'c' type: HEADER idle_timeout { seconds: 9 } } }"
                        + "http { name: 'default' }")),
                RetryRule.DEFAULT);
        CompiledRule own = matched(table, "GET /own").rule();
        CompiledRule other = matched(table, "GET /").rule();

        assertThat(own.requestTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(own.backendTimeout()).isEqualTo(Duration.ofMillis(5));
        assertThat(own.retry().attempts()).isEqualTo(7);
        assertThat(own.retry().statuses()).containsExactly(503);
        assertThat(own.retry().on())
                .containsExactlyInAnyOrder(RetryCondition.RESET, RetryCondition.RETRIABLE_STATUS_CODES);
        assertThat(own.retry().backoff()).isEqualTo(RetryRule.DEFAULT.backoff());
        assertThat(own.session()).isEqualTo(new SessionRule("c", false, Duration.ZERO, Duration.ofSeconds(9), false));
        assertThat(other.requestTimeout()).isZero();
        assertThat(other.retry()).isEqualTo(RetryRule.DEFAULT);
        assertThat(other.session()).isNull();
    }

    @Test
    void theMatchTellsWhichPrefixAFilterReplaces() {
        RouteTable table = table("order: AS_LISTED " + rule("s", "matches { name: 'm' path { segment_prefix: '/s/' } }")
                + rule("t", "matches { path { text_prefix: '/t' } }") + rule("any", ""));

        assertThat(matched(table, "GET /s/x").match()).isEqualTo(new RouteMatch("m", new MatchedPath.Segments("/s")));
        assertThat(matched(table, "GET /tx").match().path()).isEqualTo(new MatchedPath.Text("/t"));
        assertThat(matched(table, "GET /x").match().path()).isEqualTo(MatchedPath.ROOT);
    }

    private static int status(RouteTable table, String request) {
        RouteDecision.Matched matched = matched(table, request);
        FilterOutcome outcome = matched.rule()
                .filters()
                .onRequest(request(request), new FilterContext(matched.match().path(), 80, new Random(1)));
        return ((FilterOutcome.Reply) outcome).reply().status();
    }

    private static RouteDecision.Matched matched(RouteTable table, String request) {
        return (RouteDecision.Matched) table.decide(request(request), "client");
    }

    private static String decide(RouteTable table, String request) {
        return decide(table, request, "client");
    }

    private static String decide(RouteTable table, String request, String namespace) {
        return table.decide(request(request), namespace) instanceof RouteDecision.Matched matched
                ? matched.rule().name()
                : "";
    }

    private static RouteTable table(String text) {
        RouteSet set = routes(text);
        return RouteTable.compile(List.of(set));
    }
}

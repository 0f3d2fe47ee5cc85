package dev.culvert.waypoint.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What filters do to requests and responses.
class FilterChainTest {
    private static final MatchedPath ROOT = MatchedPath.ROOT;

    @ParameterizedTest
    @CsvSource({
        // Host and status.
        "hostname: 'example.org', /hostname-redirect, '', 80, 302, http://example.org/hostname-redirect",
        "hostname: 'example.org' status: 301, /host-and-status, '', 80, 301, http://example.org/host-and-status",
        "status: 303, /303, '', 80, 303, http://echo/303",
        "status: 307, /307, '', 80, 307, http://echo/307",
        "status: 308 hostname: 'example.org', /308, '', 80, 308, http://example.org/308",
        // Paths.
        "path { prefix: '/replacement-prefix' }, /original-prefix/lemon, /original-prefix, 80, 302, http://echo/replacement-prefix/lemon",
        "path { full: '/full-path-replacement' }, /full/path/original, /full, 80, 302, http://echo/full-path-replacement",
        "hostname: 'example.org' path { prefix: '/replacement-prefix' }, /path-and-host, /path-and-host, 80, 302, http://example.org/replacement-prefix",
        "path { prefix: '/r' } status: 301, /p/x?a=b&c, /p, 80, 301, http://echo/r/x?a=b&c",
        "path { full: '/r' }, /p/x?a=b, /p, 80, 302, http://echo/r?a=b",
        // Ports.
        "port: 8083, /port, '', 80, 302, http://echo:8083/port",
        "port: 8083 hostname: 'example.org' status: 301, /port, '', 80, 301, http://example.org:8083/port",
        "port: 80, /port, '', 8080, 302, http://echo/port",
        "hostname: 'example.org', /port, '', 8080, 302, http://example.org:8080/port",
        // Schemes: the port is that of the scheme when none is given.
        "scheme: 'https' hostname: 'example.org', /scheme, '', 80, 302, https://example.org/scheme",
        "scheme: 'https' hostname: 'example.org' status: 301, /scheme, '', 8080, 301, https://example.org/scheme",
        "scheme: 'https' port: 443, /scheme, '', 80, 302, https://echo/scheme",
        "scheme: 'https' port: 8443, /scheme, '', 80, 302, https://echo:8443/scheme",
        "scheme: 'https' port: 80, /scheme, '', 80, 302, https://echo:80/scheme",
        "scheme: 'http', /scheme, '', 8080, 302, http://echo/scheme",
        "scheme: 'HTTPS', /, '', 80, 302, https://echo/",
    })
    void redirects(String redirect, String target, String prefix, int port, int status, String location) {
        RequestHead head = get(target);
        FilterContext context = new FilterContext(new MatchedPath.Segments(prefix), port, new Random(1));

        LocalReply reply =
                reply(chain("filters { redirect { " + redirect + " } }").onRequest(head, context));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.fields()).containsExactly(Map.entry("location", location));
    }

    @ParameterizedTest
    @CsvSource({"echo:8080, echo", "[::1]:8080, [::1]", "[::1], [::1]", "::1, ::1", "echo, echo"})
    void aRedirectKeepsTheHostWithoutItsPort(String authority, String host) {
        RequestHead head = get("/");
        head.authority(authority);

        LocalReply reply = reply(chain("filters { redirect { status: 301 } }").onRequest(head, context(ROOT)));

        assertThat(reply.fields()).containsExactly(Map.entry("location", "http://" + host + "/"));
    }

    /// The table of HTTPPathModifier, and the prefix that every path has.
    @ParameterizedTest
    @CsvSource({
        "/foo/bar, /foo, /xyz, /xyz/bar",
        "/foo/bar, /foo, /xyz/, /xyz/bar",
        "/foo, /foo, /xyz, /xyz",
        "/foo/, /foo, /xyz, /xyz/",
        "/foo/bar, /foo, '', /bar",
        "/foo/, /foo, '', /",
        "/foo, /foo, '', /",
        "/foo/, /foo, /, /",
        "/foo, /foo, /, /",
        "/foo/bar, '', /xyz, /xyz/foo/bar",
        "/foo/bar, '', /, /foo/bar",
        "/foo?a=/foo, /foo, /xyz, /xyz?a=/foo",
        "/prefix/rewrite-path-and-modify-headers/one, /prefix/rewrite-path-and-modify-headers, /prefix, /prefix/one",
        "/strip-prefix/three, /strip-prefix, /, /three",
    })
    void replacesAPrefixOfWholeSegments(String target, String prefix, String replacement, String rewritten) {
        RequestHead head = get(target);

        chain("filters { rewrite { path { prefix: '" + replacement + "' } } }")
                .onRequest(head, context(new MatchedPath.Segments(prefix)));

        assertThat(head.target()).isEqualTo(rewritten);
    }

    @Test
    void replacesAPrefixOfTextAndAWholePath() {
        RequestHead text = get("/api-v1/x");
        RequestHead whole = get("/old?a=b");
        FilterChain chain = chain("filters { rewrite { path { prefix: '/new' } } }");

        chain.onRequest(text, context(new MatchedPath.Text("/api")));
        chain.onRequest(whole, context(new MatchedPath.Whole()));

        assertThat(text.target()).isEqualTo("/new-v1/x");
        assertThat(text.headers().get("x-envoy-original-path")).isEqualTo("/api-v1/x");
        assertThat(whole.target()).isEqualTo("/new?a=b");
    }

    @ParameterizedTest
    @CsvSource({
        "'/service/([^/]+)(/.*)', '\\\\2/instance/\\\\1', /service/foo/v1/api?q, /v1/api/instance/foo?q",
        "'one', 'two', /xxx/one/yyy/one/zzz, /xxx/two/yyy/two/zzz",
        "'(a)|(b)', '<\\\\2', /xaxbx, ''",
        "'^/', '', /x, /x",
        "'none', 'some', /x, /x",
    })
    void rewritesByARegularExpression(String pattern, String substitution, String target, String rewritten) {
        RequestHead head = get(target);

        FilterOutcome outcome = chain("filters { rewrite { path { regex { pattern: '" + pattern + "' substitution: '"
                        + substitution + "' } } } }")
                .onRequest(head, context(ROOT));

        if (rewritten.isEmpty()) {
            assertThat(reply(outcome).status()).isEqualTo(500);
        } else {
            assertThat(head.target()).isEqualTo(rewritten);
        }
    }

    @Test
    void rewritesTheHost() {
        RequestHead head = get("/a");

        chain("filters { rewrite { hostname: 'one.example.org' } }").onRequest(head, context(ROOT));

        assertThat(head.authority()).isEqualTo("one.example.org");
        assertThat(head.target()).isEqualTo("/a");
    }

    @Test
    void setsAddsAndRemovesFieldsWhateverTheCaseOfTheirNames() {
        RequestHead head = get("/");
        head.headers().add("X-Header-Set", "some-other-value");
        head.headers().add("x-header-add", "original");
        head.headers().add("X-HEADER-REMOVE", "gone");
        head.headers().add("x-other", "stays");

        chain("filters { request_headers {"
                        + " set { name: 'x-header-set' value: 'set' } set { name: 'X-Header-Set' value: 'ignored' }"
                        + " set { name: 'X-New' value: 'new' } add { name: 'X-Header-Add' value: 'added' }"
                        + " remove: 'x-header-remove' } }")
                .onRequest(head, context(ROOT));

        assertThat(head.headers().getAll("x-header-set")).containsExactly("set");
        assertThat(head.headers().getAll("x-new")).containsExactly("new");
        assertThat(head.headers().getAll("x-header-add")).containsExactly("original", "added");
        assertThat(head.headers().contains("x-header-remove")).isFalse();
        assertThat(head.headers().get("x-other")).isEqualTo("stays");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", ":authority"})
    void theHostIsSetAsTheAuthority(String name) {
        RequestHead head = get("/");

        chain("filters { request_headers { set { name: '" + name + "' value: 'other:81' } } }")
                .onRequest(head, context(ROOT));

        assertThat(head.authority()).isEqualTo("other:81");
        assertThat(head.headers().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "request_headers { set { name: 'Transfer-Encoding' value: 'chunked' } }",
                "request_headers { add { name: 'content-length' value: '0' } }",
                "response_headers { set { name: 'Connection' value: 'close' } }",
                "request_headers { set { name: ':path' value: '/admin' } }",
                "request_headers { set { name: 'a b' value: 'x' } }",
                "request_headers { set { name: 'a' value: 'x\\r\\ny: z' } }",
                "request_headers { remove: 'host' }",
                "request_headers { add { name: 'host' value: 'x' } }",
                "request_headers { set { name: 'host' value: 'a b' } }",
                "redirect { status: 200 }",
                "redirect { port: 70000 }",
                "redirect { hostname: 'a\\r\\nb' }",
                "rewrite { path { full: '/a b' } }",
                "rewrite { path { regex { pattern: '(' } } }",
                "rewrite { path { regex { pattern: 'a' substitution: '\\\\1' } } }",
                "respond { status: 99 }",
                "cors { allow_origins { regex: '(' } }",
                "unsupported: 'extension'",
                "",
            })
    void whatCannotBeCarriedOutIsNamedAndAnswers500(String filter) {
        FilterChain chain = chain("filters { " + filter + " }");

        assertThat(chain.problems()).hasSize(1);
        assertThat(chain.answersAll()).isTrue();
        assertThat(reply(chain.onRequest(get("/"), context(ROOT))).status()).isEqualTo(500);
    }

    @Test
    void aFieldOfTheConnectionNeedsNoRemoval() {
        assertThat(chain("filters { request_headers { remove: 'Connection' remove: 'x' } }")
                        .problems())
                .isEmpty();
    }

    @Test
    void responsesAreChangedToo() {
        ResponseHead response = new ResponseHead(200, new DefaultHttpHeaders());
        response.headers().add("server", "x").add("x-add", "1");
        FilterChain rule = chain("filters { response_headers { set { name: 'Server' value: 'y' } } }");
        FilterChain backend = chain("filters { response_headers { add { name: 'X-Add' value: '2' } remove: 'none' } }");

        edits(backend).then(edits(rule)).apply(response);

        assertThat(response.headers().getAll("server")).containsExactly("y");
        assertThat(response.headers().getAll("x-add")).containsExactly("1", "2");
    }

    @Test
    void answersOfOurOwnCarryTheEditsOfResponses() {
        FilterChain chain = chain("filters { respond { status: 201 body: 'made' headers { name: 'A' value: 'b' } } }"
                + " filters { response_headers { set { name: 'x' value: 'y' } } }");

        LocalReply reply = reply(chain.onRequest(get("/"), context(ROOT)));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body().toText()).isEqualTo("made");
        assertThat(reply.fields()).containsExactlyInAnyOrder(Map.entry("A", "b"), Map.entry("x", "y"));
    }

    @ParameterizedTest
    @CsvSource({"1000000, 1000, 1000", "0, 0, 0", "250000, 200, 300"})
    void mirrorsAShareOfRequests(int perMillion, int least, int most) {
        FilterChain chain =
                chain("filters { mirror { backend { cluster: 'm' port: 8 } per_million: " + perMillion + " } }");
        FilterContext context = context(ROOT);
        int mirrored = 0;
        for (int i = 0; i < 1000; i++) {
            List<BackendTarget> mirrors = ((FilterOutcome.Continue) chain.onRequest(get("/"), context)).mirrors();
            mirrored += mirrors.size();
            mirrors.forEach(mirror -> assertThat(mirror).isEqualTo(new BackendTarget("m", 8, "")));
        }

        assertThat(mirrored).isBetween(least, most);
    }

    @Test
    void aMirrorThatLeadsNowhereIsLeftOut() {
        FilterChain chain =
                chain("filters { mirror { backend { cluster: 'm' invalid: 'gone' } per_million: 1000000 } }");

        assertThat(((FilterOutcome.Continue) chain.onRequest(get("/"), context(ROOT))).mirrors())
                .isEmpty();
        assertThat(chain.problems()).containsExactly("mirror: gone");
    }

    private static ResponseEdits edits(FilterChain chain) {
        return ((FilterOutcome.Continue) chain.onRequest(get("/"), context(ROOT))).response();
    }

    private static LocalReply reply(FilterOutcome outcome) {
        return ((FilterOutcome.Reply) outcome).reply();
    }

    private static FilterContext context(MatchedPath path) {
        return new FilterContext(path, 80, new Random(1));
    }

    static RequestHead get(String target) {
        return new RequestHead("GET", "http", "echo", target, new DefaultHttpHeaders());
    }

    static FilterChain chain(String text) {
        try {
            return FilterChain.compile(TextFormat.parse(text, HttpRule.class).getFiltersList());
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}

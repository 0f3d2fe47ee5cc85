package dev.culvert.waypoint.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What browsers are told of other origins.
class CorsFilterTest {
    private static final String LISTED = "filters { cors { allow_origins { exact: 'https://a.example' }"
            + " allow_origins { suffix: '.b.example' } allow_methods: 'GET' allow_methods: 'PUT' allow_headers: 'x-one'"
            + " expose_headers: 'x-two' max_age { seconds: 60 } allow_credentials: true } }";
    private static final String ANY = "filters { cors { allow_origins { exact: '*' } allow_methods: '*'"
            + " allow_headers: '*' expose_headers: '*' %s } }";

    @Test
    void aPreflightIsAnsweredForAnAllowedOrigin() {
        assertThat(preflight(LISTED, "https://x.b.example"))
                .containsEntry("access-control-allow-origin", "https://x.b.example")
                .containsEntry("access-control-allow-methods", "GET, PUT")
                .containsEntry("access-control-allow-headers", "x-one")
                .containsEntry("access-control-max-age", "60")
                .containsEntry("access-control-allow-credentials", "true")
                .containsEntry("vary", "Origin");
    }

    @Test
    void aPreflightOfAnotherOriginIsToldNothing() {
        assertThat(preflight(LISTED, "https://evil.example")).containsOnlyKeys("vary");
    }

    @Test
    void aPreflightOfAnotherOriginGoesOnWhereTheRouteSaysSo() {
        FilterChain chain = FilterChainTest.chain(LISTED.replace("} }", "forward_unmatched_preflights: true } }"));

        assertThat(chain.onRequest(options("https://evil.example"), context()))
                .isInstanceOf(FilterOutcome.Continue.class);
    }

    @Test
    void withoutCredentialsAWildcardStaysOne() {
        assertThat(preflight(ANY.formatted(""), "https://a.example"))
                .containsEntry("access-control-allow-origin", "*")
                .containsEntry("access-control-allow-methods", "*")
                .containsEntry("access-control-allow-headers", "*")
                .doesNotContainKeys("access-control-allow-credentials", "access-control-max-age", "vary");
    }

    @Test
    void withCredentialsAWildcardIsSpelledOut() {
        assertThat(preflight(ANY.formatted("allow_credentials: true"), "https://a.example"))
                .containsEntry("access-control-allow-origin", "https://a.example")
                .containsEntry("access-control-allow-methods", "PUT")
                .containsEntry("access-control-allow-headers", "x-asked")
                .containsEntry("access-control-allow-credentials", "true");
    }

    @Test
    void theResponseOfAnAllowedOriginSaysSoInPlaceOfTheBackend() {
        Map<String, String> fields = response(LISTED, "https://a.example", Map.of("access-control-allow-origin", "*"));

        assertThat(fields)
                .containsEntry("access-control-allow-origin", "https://a.example")
                .containsEntry("access-control-allow-credentials", "true")
                .containsEntry("access-control-expose-headers", "x-two")
                .containsEntry("vary", "Origin");
    }

    @Test
    void exposedNamesAreSpelledOutWithCredentials() {
        Map<String, String> fields =
                response(ANY.formatted("allow_credentials: true"), "https://a.example", Map.of("x-id", "7"));

        assertThat(fields).containsEntry("access-control-expose-headers", "x-id");
    }

    @Test
    void theResponseOfAnotherOriginOnlyVaries() {
        assertThat(response(LISTED, "https://evil.example", Map.of())).containsOnlyKeys("vary");
        assertThat(response(LISTED, "", Map.of("vary", "Accept, origin"))).containsEntry("vary", "Accept, origin");
    }

    @Test
    void anOptionsRequestThatIsNoPreflightGoesOn() {
        RequestHead head = options("https://a.example");
        head.headers().remove("access-control-request-method");

        assertThat(FilterChainTest.chain(LISTED).onRequest(head, context())).isInstanceOf(FilterOutcome.Continue.class);
    }

    @Test
    void aPreflightIsAnsweredBeforeARedirect() {
        FilterChain chain = FilterChainTest.chain("filters { redirect { status: 301 } } " + LISTED);

        assertThat(chain.onRequest(options("https://a.example"), context()))
                .isInstanceOfSatisfying(
                        FilterOutcome.Reply.class,
                        reply -> assertThat(reply.reply().status()).isEqualTo(200));
    }

    private static Map<String, String> preflight(String filters, String origin) {
        LocalReply reply =
                ((FilterOutcome.Reply) FilterChainTest.chain(filters).onRequest(options(origin), context())).reply();
        assertThat(reply.status()).isEqualTo(200);
        Map<String, String> fields = new HashMap<>();
        reply.fields()
                .forEach(field -> assertThat(fields.put(field.getKey(), field.getValue()))
                        .as(field.getKey())
                        .isNull());
        return fields;
    }

    private static Map<String, String> response(String filters, String origin, Map<String, String> backend) {
        RequestHead head = FilterChainTest.get("/");
        if (!origin.isEmpty()) {
            head.headers().set("origin", origin);
        }
        ResponseHead response = new ResponseHead(200, new DefaultHttpHeaders());
        backend.forEach(response.headers()::set);
        ((FilterOutcome.Continue) FilterChainTest.chain(filters).onRequest(head, context()))
                .response()
                .apply(response);
        Map<String, String> fields = new HashMap<>();
        response.headers().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    private static RequestHead options(String origin) {
        RequestHead head = FilterChainTest.get("/");
        head.method("OPTIONS");
        head.headers()
                .set("origin", origin)
                .set("access-control-request-method", "PUT")
                .set("access-control-request-headers", "x-asked");
        return head;
    }

    private static FilterContext context() {
        return new FilterContext(MatchedPath.ROOT, 80, new Random(1));
    }
}

package dev.culvert.waypoint.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Expressions of the Telemetry API.
class ExpressionTest {

    @ParameterizedTest
    @CsvSource(
            delimiterString = " ~ ",
            value = {
                "response.code >= 400 ~ true",
                "response.code < 400 || request.method == 'GET' ~ true",
                "response.code == 200 && request.method == 'GET' ~ false",
                "!(response.code == 200) ~ true",
                "!has(request.headers['x-none']) ~ true",
                "has(request.headers[\"User-Agent\"]) ~ true",
                "request.headers['x-none'] == 'a' ~ false",
                "request.headers['x-none'] != 'a' ~ true",
                "request.url_path.startsWith('/a') ~ true",
                "request.path.endsWith('b=c') && request.host.contains('web') ~ true",
                "response.code > 100 ? true : false ~ true",
                "request.method < 'H' ~ true",
                "request.method > 5 ~ false",
                "response.code == 503 == true ~ false",
                "connection.mtls ~ true",
                "source.principal == 'spiffe://cluster.local/ns/front/sa/ann' ~ true",
                "upstream_peer.workload == 'web-v1' && downstream_peer.namespace == 'front' ~ true",
            })
    void holdsOrNot(String source, boolean expected) {
        if (source.contains("== true")) {
            assertThatThrownBy(() -> Expression.compile(source)).hasMessageContaining("expected the end");
            return;
        }
        assertThat(Expression.compile(source).holds(Exchanges.answered(503))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " ~ ",
            value = {
                "response.cod == 1 ~ an attribute that is known, not 'response.cod'",
                "request.headers == 'a' ~ an attribute that is known",
                "response.code = 1 ~ the end",
                "(response.code > 1 ~ ')'",
                "request.method == 'GET ~ the end of the text",
                "request.method.matches('x') ~ startsWith, endsWith or contains",
                "99999999999999999999 > 1 ~ a whole number",
                "response.code >  ~ a name",
            })
    void whatCannotBeReadIsNamedWithItsPlace(String source, String expected) {
        assertThatThrownBy(() -> Expression.compile(source))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(source.strip())
                .hasMessageContaining(expected);
    }

    @Test
    void nestingHasALimit() {
        assertThatThrownBy(() -> Expression.compile("(".repeat(10_000))).hasMessageContaining("at most 64 levels");
        assertThat(Expression.compile("(".repeat(60) + "true" + ")".repeat(60)).holds(Exchanges.opaque()))
                .isTrue();
        assertThatThrownBy(() -> Expression.compile("!".repeat(100_000) + "true"))
                .hasMessageContaining("at most 64 levels");
    }
}

package dev.culvert.waypoint.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.waypoint.exchange.ExchangeRecord;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Lines of the access log, as an operator reads them.
class LogFormatTest {

    @Test
    void theDefaultLineHasIstiosFieldsInOrder() {
        ExchangeRecord exchange = Exchanges.answered(200);
        exchange.details = "via_upstream";
        exchange.routeName = "HTTPRoute shop/split rule 0";

        assertThat(LogFormat.text("").line(exchange))
                .matches(
                        "\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z] \"GET /a\\?b=c HTTP/1.1\" 200 - via_upstream - \"-\""
                                + " 3 1024 7 4 \"-\" \"curl/8\" \"id-1\" \"web:80\" \"10.0.0.7:8080\""
                                + " inbound-vip\\|80\\|http\\|web.shop.svc.cluster.local - 10.96.0.1:80 10.0.0.9:4000 -"
                                + " HTTPRoute shop/split rule 0");
    }

    @Test
    void theOriginalPathIsToldWhenARouteRewroteIt() {
        ExchangeRecord exchange = Exchanges.answered(200);
        exchange.originalTarget = "/before";

        assertThat(LogFormat.text("%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %REQ(:PATH)%")
                        .line(exchange))
                .isEqualTo("/before /a?b=c");
    }

    @Test
    void theObjectKeepsNumbersAndSaysNullForNothing() {
        String line = LogFormat.json(Map.of()).line(Exchanges.answered(503));

        assertThat(line)
                .startsWith("{\"authority\":\"web:80\",\"bytes_received\":3,\"bytes_sent\":1024")
                .contains("\"response_code\":503", "\"x_forwarded_for\":null", "\"duration\":7", "\"method\":\"GET\"")
                .endsWith("}");
    }

    @Test
    void ofItsOwnFormatsATextInAnObjectMayMixWordsAndOperators() {
        assertThat(LogFormat.json(Map.of("who", "%REQ(USER-AGENT)% says %%")).line(Exchanges.answered(200)))
                .isEqualTo("{\"who\":\"curl/8 says %\"}");
    }

    @Test
    void aClientCannotBreakALine() {
        ExchangeRecord exchange = Exchanges.answered(200);
        if (exchange.request != null) {
            exchange.request.target("/a\nFORGED\u0001");
        }

        assertThat(LogFormat.text("%REQ(:PATH)%").line(exchange)).isEqualTo("/a\\x0aFORGED\\x01");
        assertThat(LogFormat.json(Map.of("p", "%REQ(:PATH)%")).line(exchange))
                .isEqualTo("{\"p\":\"/a\\nFORGED\\u0001\"}");
    }

    @Test
    void valuesAreCutWhereTheFormatSaysSo() {
        assertThat(LogFormat.text("%REQ(USER-AGENT):4%").line(Exchanges.answered(200)))
                .isEqualTo("curl");
    }

    @Test
    void anOperatorThatIsNotKnownIsNamed() {
        LogFormat format = LogFormat.text("a %NO_SUCH_THING% b");

        assertThat(format.problems()).containsExactly("no operator %NO_SUCH_THING%");
        assertThat(format.line(Exchanges.answered(200))).isEqualTo("a - b");
    }

    @Test
    void anOpaqueConnectionHasNoRequest() {
        assertThat(LogFormat.text("%REQ(:METHOD)% %PROTOCOL% %RESPONSE_CODE% %DOWNSTREAM_PEER_URI_SAN%")
                        .line(Exchanges.opaque()))
                .isEqualTo("- - 0 spiffe://cluster.local/ns/front/sa/ann");
    }
}

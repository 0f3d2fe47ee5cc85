package dev.culvert.waypoint.route;

import static dev.culvert.waypoint.route.Requests.routes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which rule an opaque connection takes.
class TcpRouteTableTest {
    private static final String RULES = rule("suffix", "*.example.org")
            + rule("longer", "*.a.example.org")
            + rule("exact", "b.example.org")
            + rule("dotted", "C.example.net.")
            + rule("any", "");

    @ParameterizedTest
    @CsvSource({
        "x.example.org, suffix",
        "x.y.example.org, suffix",
        "x.a.example.org, longer",
        "a.example.org, suffix",
        "B.Example.ORG, exact",
        "b.example.org., exact",
        "c.example.net, dotted",
        "example.org, any",
        "'', any",
    })
    void theMostSpecificServerNameWins(String serverName, String rule) {
        assertThat(decide(RULES, serverName)).isEqualTo(rule);
    }

    @ParameterizedTest
    @CsvSource({"b.example.org, suffix", "x.a.example.org, suffix", "c.example.net, dotted", "'', any"})
    void inAListedOrderTheFirstServerNameWins(String serverName, String rule) {
        assertThat(decide("order: AS_LISTED " + RULES, serverName)).isEqualTo(rule);
    }

    @Test
    void aConnectionThatNoRuleMatchesIsNotRouted() {
        assertThat(decide(rule("named", "a.example"), "b.example")).isEqualTo("closed");
        assertThat(decide(rule("named", "a.example"), "")).isEqualTo("closed");
        assertThat(TcpRouteTable.EMPTY.decide("x", "n")).isInstanceOf(TcpDecision.NoRoutes.class);
    }

    @Test
    void theBeginningOfAConnectionIsReadOnlyWhereARuleNamesServers() {
        assertThat(TcpRouteTable.compile(List.of(routes(RULES))).needsServerName())
                .isTrue();
        assertThat(TcpRouteTable.compile(List.of(routes(rule("any", "")))).needsServerName())
                .isFalse();
        assertThat(TcpRouteTable.EMPTY.needsServerName()).isFalse();
    }

    @Test
    void rulesOfTheClientsNamespaceComeInPlaceOfTheOthers() {
        TcpRouteTable table = TcpRouteTable.compile(
                List.of(routes(rule("all", "")), routes("client_namespace: 'n' " + rule("own", "a.example"))));

        assertThat(table.decide("", "m")).isInstanceOf(TcpDecision.Matched.class);
        assertThat(table.decide("", "n")).isInstanceOf(TcpDecision.NoMatch.class);
    }

    private static String rule(String name, String serverName) {
        return "tcp { name: '%s' %s backends { cluster: '%s' port: 1 weight: 1 } }\n"
                .formatted(name, serverName.isEmpty() ? "" : "server_names: '" + serverName + "'", name);
    }

    private static String decide(String rules, String serverName) {
        return switch (TcpRouteTable.compile(List.of(routes(rules))).decide(serverName, "n")) {
            case TcpDecision.Matched(TcpTarget rule) -> {
                BackendChoice.Chosen chosen = (BackendChoice.Chosen) rule.choose(new Random(1));
                yield chosen.target().cluster();
            }
            case TcpDecision.NoMatch() -> "closed";
            case TcpDecision.NoRoutes() -> "default";
        };
    }
}

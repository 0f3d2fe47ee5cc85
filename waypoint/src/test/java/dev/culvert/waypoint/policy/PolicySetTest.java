package dev.culvert.waypoint.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.waypoint.exchange.LocalReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How policies come together: their order, their reasons, those on trial, those that nobody can
/// understand, and
/// connections without HTTP.
final class PolicySetTest {
    private static final String DENY_DELETE =
            "authorization { namespace: 'a' name: 'no-delete' action: DENY rules { to { ports: '1' } }"
                    + " rules { to { methods: 'DELETE' } } }";
    private static final String ALLOW_SHOP =
            "authorization { namespace: 'a' name: 'shop' rules { from { namespaces: 'shop' } } }";

    @Test
    void withoutPoliciesEverythingMayPass() {
        assertThat(Ask.get("/").isAllowedUnder("")).isTrue();
    }

    @Test
    void denyWinsAndSaysWhichRule() {
        Ask ask = Ask.with("DELETE", "/");
        LocalReply reply = ask.refusalUnder(ALLOW_SHOP + DENY_DELETE);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body().toText()).isEqualTo("RBAC: access denied");
        assertThat(reply.details()).isEqualTo("rbac_access_denied_matched_policy[ns[a]-policy[no-delete]-rule[1]]");
        assertThat(ask.observed).containsExactly("refused by ns[a]-policy[no-delete]-rule[1]");
    }

    @Test
    void oneAllowIsEnough() {
        String other = "authorization { namespace: 'a' name: 'other' rules { from { namespaces: 'x' } } }";
        assertThat(Ask.get("/").isAllowedUnder(other + ALLOW_SHOP + DENY_DELETE))
                .isTrue();
    }

    @Test
    void whereThereAreAllowsOneHasToMatch() {
        LocalReply reply = Ask.get("/").as("spiffe://cluster.local/ns/x/sa/y").refusalUnder(ALLOW_SHOP);
        assertThat(reply.details()).isEqualTo("rbac_access_denied_matched_policy[none]");
    }

    @Test
    void allowWithoutRulesAdmitsNobodyAndDenyWithoutRulesRefusesNobody() {
        assertThat(Ask.get("/").isAllowedUnder("authorization { name: 'p' action: ALLOW }"))
                .isFalse();
        assertThat(Ask.get("/").isAllowedUnder("authorization { name: 'p' action: DENY }"))
                .isTrue();
    }

    @Test
    void anEmptyRuleMatchesEverything() {
        assertThat(Ask.get("/").isAllowedUnder(Ask.policy("ALLOW", ""))).isTrue();
        assertThat(Ask.get("/").isAllowedUnder(Ask.policy("DENY", ""))).isFalse();
    }

    @Test
    void auditIsToldAndDecidesNothing() {
        Ask ask = Ask.get("/");
        assertThat(ask.isAllowedUnder(Ask.policy("AUDIT", "to { methods: 'GET' }")))
                .isTrue();
        assertThat(ask.observed).containsExactly("audit AUDIT ns[shop]-policy[p]-rule[0] matched");
    }

    @Test
    void dryRunIsToldAndDecidesNothing() {
        Ask ask = Ask.with("DELETE", "/");
        String policies = DENY_DELETE.replace("action: DENY", "action: DENY dry_run: true")
                + "authorization { namespace: 'a' name: 'nobody' dry_run: true }";
        assertThat(ask.isAllowedUnder(policies)).isTrue();
        assertThat(ask.observed)
                .containsExactly(
                        "dry run DENY ns[a]-policy[no-delete]-rule[1] matched",
                        "dry run ALLOW ns[a]-policy[nobody] did not match");
    }

    @Test
    void anAllowOnTrialAdmitsNobodyWhereAnotherIsEnforced() {
        String trial = "authorization { namespace: 'a' name: 'all' dry_run: true rules { } }";
        assertThat(Ask.get("/").as("spiffe://cluster.local/ns/x/sa/y").isAllowedUnder(trial + ALLOW_SHOP))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ALLOW", "DENY", "CUSTOM"})
    void whatCannotBeUnderstoodRefuses(String action) {
        String policy = "authorization { namespace: 'a' name: 'p' action: " + action + " invalid: 'a typo' rules { } }";
        assertThat(Ask.get("/").isAllowedUnder(policy)).isFalse();
        assertThat(Ask.get("/").connectionUnder(policy, "")).isInstanceOf(PolicyStep.Refuse.class);
    }

    @Test
    void anAuditThatCannotBeUnderstoodDecidesNothing() {
        assertThat(Ask.get("/").isAllowedUnder("authorization { name: 'p' action: AUDIT invalid: 'x' }"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "to { methods: 'GET' }",
                "to { not_paths: '/x' }",
                "to { hosts: 'a' }",
                "from { request_principals: '*' }",
                "from { not_request_principals: '*' }",
                "from { remote_ip_blocks: '10.0.0.0/8' }",
                "when { key: 'request.headers[x]' values: '*' }",
                "when { key: 'request.auth.claims[a]' not_values: 'x' }",
                "from { namespaces: 'shop' } to { ports: '8080' methods: 'GET' }"
            })
    void connectionsAreRefusedByWhatOnlyHttpCouldTell(String rule) {
        Ask ask = Ask.get("/");
        assertThat(ask.connectionUnder(Ask.policy("ALLOW", rule), "")).isInstanceOf(PolicyStep.Refuse.class);
        assertThat(ask.connectionUnder(Ask.policy("DENY", rule), "")).isInstanceOf(PolicyStep.Refuse.class);
    }

    @Test
    void connectionsAreJudgedByTheRest() {
        Ask ask = Ask.get("/");
        assertThat(ask.connectionUnder(Ask.policy("DENY", "to { ports: '80' methods: 'GET' }"), ""))
                .isInstanceOf(PolicyStep.Continue.class);
        assertThat(ask.connectionUnder(Ask.policy("ALLOW", "from { namespaces: 'shop' } to { ports: '8080' }"), ""))
                .isInstanceOf(PolicyStep.Continue.class);
        String byName = Ask.policy("ALLOW", "when { key: 'connection.sni' values: '*.example.com' }");
        assertThat(ask.connectionUnder(byName, "A.Example.com")).isInstanceOf(PolicyStep.Continue.class);
        assertThat(ask.connectionUnder(byName, "")).isInstanceOf(PolicyStep.Refuse.class);
    }

    @Test
    void tokensAreNoMatterOfConnections() {
        String tokens = "authentication { rules { issuer: 'x' jwks_error: 'down' } }";
        assertThat(Ask.get("/").connectionUnder(tokens, "")).isInstanceOf(PolicyStep.Continue.class);
    }
}

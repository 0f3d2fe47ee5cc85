package dev.culvert.waypoint.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.waypoint.policy.jwt.Issuer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Policies that ask for what a token says.
final class TokenPolicyTest {
    private static final Issuer ISSUER = Issuer.of("ES256", "k");
    private static final String AUTHENTICATION =
            "authentication { rules { issuer: 'https://issuer/x' jwks: '" + Issuer.keySet(ISSUER) + "' } }";
    private static final String TOKEN = ISSUER.token("{\"iss\":\"https://issuer/x\",\"sub\":\"ann\",\"aud\":[\"shop\","
            + "\"cart\"],\"azp\":\"app\",\"scope\":\"read write\",\"realm\":{\"roles\":[\"editor\",\"viewer\"]},"
            + "\"https://x.example/g\":\"g1\",\"staff\":true,\"level\":7}");

    private static Ask ask() {
        return Ask.get("/").header("authorization", "Bearer " + TOKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from { request_principals: '*' }",
                "from { request_principals: 'https://issuer/x/ann' }",
                "from { request_principals: 'https://issuer/x/*' }",
                "from { request_principals: '*/ann' }",
                "from { request_principals: '*nn' }",
                "from { request_principals: 'https*' }",
                "from { not_request_principals: 'https://issuer/x/bob' }",
                "when { key: 'request.auth.principal' values: 'https://issuer/x/ann' }",
                "when { key: 'request.auth.audiences' values: 'cart' }",
                "when { key: 'request.auth.presenter' values: 'app' }",
                "when { key: 'request.auth.claims[scope]' values: 'write' }",
                "when { key: 'request.auth.claims[realm][roles]' values: 'view*' }",
                "when { key: 'request.auth.claims[realm][roles]' not_values: 'admin' }",
                "when { key: 'request.auth.claims[https://x.example/g]' values: '*' }",
                "when { key: 'request.auth.claims[staff]' values: 'true' }",
                "when { key: 'request.auth.claims[level]' values: '7' }"
            })
    void matches(String rule) {
        assertThat(ask().isAllowedUnder(AUTHENTICATION + Ask.policy("ALLOW", rule)))
                .isTrue();
        assertThat(ask().isAllowedUnder(AUTHENTICATION + Ask.policy("DENY", rule)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from { request_principals: 'https://issuer/x' }",
                "from { request_principals: 'https://issuer/ann' }",
                "from { request_principals: 'ann' }",
                "from { not_request_principals: '*' }",
                "when { key: 'request.auth.audiences' values: 'sho' }",
                "when { key: 'request.auth.claims[scope]' values: 'read write' }",
                "when { key: 'request.auth.claims[realm]' values: '*' }",
                "when { key: 'request.auth.claims[realm][roles]' not_values: 'editor' }",
                "when { key: 'request.auth.claims[roles]' values: 'editor' }"
            })
    void doesNotMatch(String rule) {
        assertThat(ask().isAllowedUnder(AUTHENTICATION + Ask.policy("ALLOW", rule)))
                .isFalse();
        assertThat(ask().isAllowedUnder(AUTHENTICATION + Ask.policy("DENY", rule)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"from { request_principals: '*' }, false", "from { not_request_principals: '*' }, true"})
    void withoutATokenThereIsNoPrincipal(String rule, boolean allowed) {
        assertThat(Ask.get("/").isAllowedUnder(AUTHENTICATION + Ask.policy("ALLOW", rule)))
                .isEqualTo(allowed);
    }

    @Test
    void theTokenIsToldToWhoComesAfter() {
        Admission admission = Ask.admission(ask().under(AUTHENTICATION));
        assertThat(admission.requestPrincipal()).isEqualTo("https://issuer/x/ann");
        assertThat(admission.claims().text("azp")).isEqualTo("app");
    }

    @Test
    void aBadTokenIsRefusedBeforeAnyRuleIsAsked() {
        Ask ask = Ask.get("/").header("authorization", "Bearer x");
        assertThat(ask.refusalUnder(AUTHENTICATION + Ask.policy("ALLOW", "")).status())
                .isEqualTo(401);
        assertThat(ask.observed).hasSize(1).first().asString().startsWith("token: Jwt_");
    }
}

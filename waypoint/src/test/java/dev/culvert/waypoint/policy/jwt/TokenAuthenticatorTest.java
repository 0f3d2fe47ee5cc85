package dev.culvert.waypoint.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.JwtRule;
import dev.culvert.api.waypoint.RequestAuthentication;
import dev.culvert.waypoint.exchange.RequestHead;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where tokens are looked for, which keys verify them, and what they leave in the request.
final class TokenAuthenticatorTest {
    private static final Issuer RSA = Issuer.of("RS256", "k1");
    private static final Issuer OTHER = Issuer.of("RS256", "k1");
    private static final String KEYS = Issuer.keySet(RSA);
    private static final String TOKEN = RSA.token(TokenFixture.claims("\"scope\":\"read write\",\"n\":{\"a\":7}"));

    private final TokenFixture fixture = new TokenFixture();

    private static JwtRule.Builder rule() {
        return TokenFixture.rule("https://issuer", KEYS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
    void everyAlgorithmOfPublicKeys(String algorithm) {
        Issuer issuer = algorithm.equals("RS256") ? RSA : Issuer.of(algorithm, "k");
        JwtRule.Builder rule = TokenFixture.rule("https://issuer", Issuer.keySet(OTHER, issuer));
        String token = issuer.token(TokenFixture.claims(""));
        assertThat(fixture.check(TokenFixture.bearer(token), rule)).isInstanceOf(TokenResult.Verified.class);
        String cut = token.substring(0, token.lastIndexOf('.') + 1) + Issuer.base64(new byte[64]);
        assertThat(fixture.refusal(TokenFixture.bearer(cut), rule)).isEqualTo("Jwt_verification_fails");
    }

    @Test
    void aRequestWithoutTokenPasses() {
        RequestHead head = TokenFixture.head("/x?y=z");
        head.headers().set("authorization", "Basic YTpi");
        assertThat(fixture.check(head, rule())).isInstanceOf(TokenResult.Absent.class);
    }

    @Test
    void theAnswerSaysWhatIsWrong() {
        TokenResult result = fixture.check(TokenFixture.bearer("x"), rule());
        assertThat(result).isInstanceOf(TokenResult.Refused.class);
        var reply = ((TokenResult.Refused) result).reply();
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.fields())
                .containsExactly(Map.entry(
                        "www-authenticate", "Bearer realm=\"http://shop.example.com/x\", error=\"invalid_token\""));
        assertThat(reply.details())
                .isEqualTo("jwt_authn_access_denied{Jwt_is_not_in_the_form_of_Header.Payload.Signature}");
    }

    @Test
    void whereTokensAreByDefault() {
        RequestHead parameter = TokenFixture.head("/x?a=1&access_token=" + TOKEN + "&b=2");
        assertThat(fixture.check(parameter, rule())).isInstanceOf(TokenResult.Verified.class);
        assertThat(parameter.target()).isEqualTo("/x?a=1&b=2");
        RequestHead field = TokenFixture.bearer(TOKEN);
        assertThat(fixture.check(field, rule())).isInstanceOf(TokenResult.Verified.class);
        assertThat(field.headers().contains("authorization")).isFalse();
    }

    @Test
    void whereTheRuleSaysTheyAre() {
        JwtRule.Builder rule = rule().addFromParams("t").addFromCookies("session");
        rule.addFromHeadersBuilder().setName("X-Token").setPrefix("v1 ");
        assertThat(fixture.check(TokenFixture.bearer(TOKEN), rule)).isInstanceOf(TokenResult.Absent.class);

        RequestHead field = TokenFixture.head("/x");
        field.headers().add("x-token", "v0 other").add("x-token", "v1 " + TOKEN);
        assertThat(fixture.check(field, rule)).isInstanceOf(TokenResult.Verified.class);
        assertThat(field.headers().getAll("x-token")).containsExactly("v0 other");

        RequestHead cookie = TokenFixture.head("/x");
        cookie.headers().set("cookie", "a=b; session=" + TOKEN + "; c=d");
        assertThat(fixture.check(cookie, rule)).isInstanceOf(TokenResult.Verified.class);
        assertThat(cookie.headers().get("cookie")).isEqualTo("a=b; c=d");

        assertThat(fixture.check(TokenFixture.head("/x?t=" + TOKEN), rule)).isInstanceOf(TokenResult.Verified.class);
    }

    @Test
    void aTokenIsNotTakenFromThePlaceOfAnotherIssuer() {
        Issuer second = OTHER;
        JwtRule.Builder other = TokenFixture.rule("https://other", Issuer.keySet(second));
        other.addFromHeadersBuilder().setName("x-other");
        String token = second.token("{\"iss\":\"https://other\",\"sub\":\"bob\"}");
        assertThat(fixture.refusal(TokenFixture.bearer(token), rule(), other))
                .isEqualTo("Jwt_is_not_where_its_issuer_has_it");
    }

    @Test
    void oneOfSeveralRulesOfAnIssuerIsEnough() {
        JwtRule.Builder strict = rule().addAudiences("elsewhere");
        assertThat(fixture.check(TokenFixture.bearer(TOKEN), strict, rule())).isInstanceOf(TokenResult.Verified.class);
    }

    @Test
    void theSameTokenTwiceIsOneToken() {
        RequestHead head = TokenFixture.bearer(TOKEN);
        head.target("/x?access_token=" + TOKEN);
        assertThat(fixture.check(head, rule())).isInstanceOf(TokenResult.Verified.class);
        assertThat(head.target()).isEqualTo("/x");
        assertThat(head.headers().isEmpty()).isTrue();
    }

    @Test
    void claimsAreForPolicies() {
        TokenResult result = fixture.check(TokenFixture.bearer(TOKEN), rule());
        Claims claims = ((TokenResult.Verified) result).claims();
        assertThat(claims.values(List.of("scope"))).containsExactly("read", "write");
        assertThat(claims.values(List.of("n", "a"))).containsExactly("7");
        assertThat(claims.values(List.of("n"))).isEmpty();
        assertThat(claims.text("sub")).isEqualTo("ann");
    }

    @Test
    void outputsAreTheVerifiedTokensAlone() {
        JwtRule.Builder rule = rule().setOutputPayloadToHeader("x-payload").setForwardOriginalToken(true);
        rule.addOutputClaimToHeadersBuilder().setHeader("x-user").setClaim("sub");
        rule.addOutputClaimToHeadersBuilder().setHeader("x-a").setClaim("n.a");
        rule.addOutputClaimToHeadersBuilder().setHeader("x-none").setClaim("none");
        RequestHead head = TokenFixture.bearer(TOKEN);
        for (String name : new String[] {"x-payload", "X-User", "x-none", "x-a"}) {
            head.headers().add(name, "forged");
        }
        fixture.check(head, rule);
        assertThat(head.headers().getAll("x-payload")).containsExactly(TOKEN.split("\\.", -1)[1]);
        assertThat(head.headers().getAll("x-user")).containsExactly("ann");
        assertThat(head.headers().getAll("x-a")).containsExactly("7");
        assertThat(head.headers().contains("x-none")).isFalse();
        assertThat(head.headers().get("authorization")).isEqualTo("Bearer " + TOKEN);

        RequestHead without = TokenFixture.head("/x");
        without.headers().add("x-user", "forged");
        fixture.check(without, rule);
        assertThat(without.headers().contains("x-user")).isFalse();
    }

    @Test
    void aClaimCannotEndALine() {
        JwtRule.Builder rule = rule();
        rule.addOutputClaimToHeadersBuilder().setHeader("x-user").setClaim("evil");
        RequestHead head = TokenFixture.bearer(RSA.token(TokenFixture.claims("\"evil\":\"a\\r\\nx-admin: 1\"")));
        assertThat(fixture.check(head, rule)).isInstanceOf(TokenResult.Verified.class);
        assertThat(head.headers().contains("x-user")).isFalse();
    }

    @Test
    void signaturesAreCheckedOnceAndTimesEachTime() {
        String token = RSA.token(TokenFixture.claims("\"exp\":" + (TokenFixture.NOW.getEpochSecond() + 10)));
        TokenAuthenticator authenticator = TokenAuthenticator.compile(
                List.of(RequestAuthentication.newBuilder().addRules(rule()).build()));
        TokenCache cache = new TokenCache(2);
        Instant later = TokenFixture.NOW.plusSeconds(100);
        assertThat(authenticator.authenticate(TokenFixture.bearer(token), cache, TokenFixture.NOW))
                .isInstanceOf(TokenResult.Verified.class);
        assertThat(cache.size()).isEqualTo(1);
        assertThat(authenticator.authenticate(TokenFixture.bearer(token), cache, TokenFixture.NOW))
                .isInstanceOf(TokenResult.Verified.class);
        assertThat(cache.size()).isEqualTo(1);
        assertThat(authenticator.authenticate(TokenFixture.bearer(token), cache, later))
                .isInstanceOf(TokenResult.Refused.class);
    }

    @Test
    void theCacheStaysSmallAndForgetsWithTheKeys() {
        for (int i = 0; i < 10; i++) {
            fixture.check(TokenFixture.bearer(RSA.token(TokenFixture.claims("\"i\":" + i))), rule());
        }
        assertThat(fixture.cache.size()).isEqualTo(4);
        fixture.check(TokenFixture.bearer(TOKEN), rule());
        JwtRule.Builder rotated = TokenFixture.rule("https://issuer", Issuer.keySet(OTHER));
        assertThat(fixture.refusal(TokenFixture.bearer(TOKEN), rotated)).isEqualTo("Jwt_verification_fails");
    }

    @Test
    void refusedTokensTakeNoRoom() {
        fixture.check(TokenFixture.bearer(OTHER.token(TokenFixture.claims(""))), rule());
        assertThat(fixture.cache.size()).isZero();
    }
}

package dev.culvert.waypoint.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.JwtRule;
import dev.culvert.waypoint.exchange.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is tried with tokens. Each has to be refused, for the reason told.
final class JwtAttackTest {
    private static final Issuer RSA = Issuer.of("RS256", "k1");
    private static final Issuer OTHER = Issuer.of("RS256", "k1");
    private static final String KEYS = Issuer.keySet(RSA);
    private static final long NOW = TokenFixture.NOW.getEpochSecond();

    private final TokenFixture fixture = new TokenFixture();

    private String refusal(String token) {
        return fixture.refusal(TokenFixture.bearer(token), TokenFixture.rule("https://issuer", KEYS));
    }

    @Test
    void theRightOnePasses() {
        assertThat(refusal(RSA.token(TokenFixture.claims("")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "", "HS256", "HS512", "RS1", "ES256", "EdDSA"})
    void algorithmThatNoKeyHas(String algorithm) {
        String signed = RSA.token("{\"alg\":\"" + algorithm + "\",\"kid\":\"k1\"}", TokenFixture.claims(""));
        assertThat(refusal(signed)).isEqualTo("Jwt_header_alg_is_not_one_of_the_keys");
    }

    @Test
    void algorithmNoneWithoutSignature() {
        String token = Issuer.base64("{\"alg\":\"none\"}") + "." + Issuer.base64(TokenFixture.claims("")) + ".";
        assertThat(refusal(token)).isEqualTo("Jwt_is_not_in_the_form_of_Header.Payload.Signature");
    }

    @Test
    void hmacWithThePublicKeyAsSecret() throws GeneralSecurityException {
        String signed =
                Issuer.base64("{\"alg\":\"HS256\",\"kid\":\"k1\"}") + "." + Issuer.base64(TokenFixture.claims(""));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(RSA.pair.getPublic().getEncoded(), "HmacSHA256"));
        String token = signed + "." + Issuer.base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        assertThat(refusal(token)).isEqualTo("Jwt_header_alg_is_not_one_of_the_keys");
    }

    @Test
    void hmacKeysOfTheIssuerAreNotKeys() {
        String keys = "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U\"}]}";
        String token = RSA.token(TokenFixture.claims(""));
        assertThat(fixture.refusal(TokenFixture.bearer(token), TokenFixture.rule("https://issuer", keys)))
                .isEqualTo("Jwks_remote_fetch_is_failed");
    }

    @Test
    void keyOfAnother() {
        assertThat(refusal(OTHER.token(TokenFixture.claims("")))).isEqualTo("Jwt_verification_fails");
    }

    /// A key that the token brings itself is not looked at, nor an address of keys.
    @Test
    void keyInTheHeader() {
        String header = "{\"alg\":\"RS256\",\"jwk\":" + OTHER.jwk.toJSONString()
                + ",\"jku\":\"http://127.0.0.1:1/keys\",\"x5u\":\"http://127.0.0.1:1/\"}";
        assertThat(refusal(OTHER.token(header, TokenFixture.claims("")))).isEqualTo("Jwt_verification_fails");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../dev/null", "k2", "' OR 1=1", "k1\\u0000"})
    void keyIdThatIsNobodys(String keyId) {
        String header = "{\"alg\":\"RS256\",\"kid\":\"" + keyId + "\"}";
        assertThat(refusal(RSA.token(header, TokenFixture.claims("")))).isEqualTo("Jwt_verification_fails");
    }

    @ParameterizedTest
    @CsvSource({"crit, '[\"exp\"]', Jwt_header_has_crit", "kid, 7, Jwt_header_kid_is_no_string"})
    void headerThatIsNotUnderstood(String name, String value, String reason) {
        String header = "{\"alg\":\"RS256\",\"" + name + "\":" + value + "}";
        assertThat(refusal(RSA.token(header, TokenFixture.claims("")))).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "-61, Jwt_is_expired",
        "-59, ''",
        "3600, ''",
    })
    void expiry(long offset, String reason) {
        assertThat(refusal(RSA.token(TokenFixture.claims("\"exp\":" + (NOW + offset)))))
                .isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"61, Jwt_not_yet_valid", "59, ''"})
    void beginning(long offset, String reason) {
        assertThat(refusal(RSA.token(TokenFixture.claims("\"nbf\":" + (NOW + offset) + ".0"))))
                .isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"exp\":\"tomorrow\" | Jwt_has_a_time_that_is_no_number",
                "\"nbf\":[] | Jwt_has_a_time_that_is_no_number",
                "\"exp\":1e999999999 | Jwt_has_a_number_out_of_range",
                "\"exp\":-1 | Jwt_is_expired"
            })
    void timesThatAreNone(String claim, String reason) {
        assertThat(refusal(RSA.token(TokenFixture.claims(claim)))).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"aud\":\"shop\" | ''",
                "\"aud\":[\"x\",\"shop\"] | ''",
                "\"aud\":\"shopping\" | Audiences_in_Jwt_are_not_allowed",
                "\"aud\":[] | Audiences_in_Jwt_are_not_allowed",
                "\"aud\":{\"a\":\"shop\"} | Audiences_in_Jwt_are_not_allowed",
                "\"x\":1 | Audiences_in_Jwt_are_not_allowed"
            })
    void audience(String claim, String reason) {
        JwtRule.Builder rule =
                TokenFixture.rule("https://issuer", KEYS).addAudiences("shop").addAudiences("cart");
        assertThat(fixture.refusal(TokenFixture.bearer(RSA.token(TokenFixture.claims(claim))), rule))
                .isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://issuer/", "HTTPS://issuer", "https://issue", ""})
    void issuerOfAnotherName(String issuer) {
        assertThat(refusal(RSA.token("{\"iss\":\"" + issuer + "\"}"))).isEqualTo("Jwt_issuer_is_not_configured");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"iss\":\"https://issuer\",\"sub\":\"ann\",\"sub\":\"root\"}",
                "{\"iss\":\"https://issuer\",\"a\":{\"b\":1,\"\\u0062\":2}}",
                "{\"iss\":\"https://issuer\",\"a\":null,\"a\":1}"
            })
    void memberThatComesTwice(String claims) {
        assertThat(refusal(RSA.token(claims))).isEqualTo("Jwt_has_a_member_twice");
    }

    @Test
    void somethingAfterTheEnd() {
        String claims = TokenFixture.claims("");
        assertThat(refusal(RSA.token(claims + "{}"))).isEqualTo("Jwt_has_something_after_its_end");
        assertThat(refusal(RSA.token(claims) + ".x")).isEqualTo("Jwt_is_not_in_the_form_of_Header.Payload.Signature");
        assertThat(refusal(RSA.token(claims) + "=")).isEqualTo("Jwt_is_not_in_Base64");
        assertThat(refusal(RSA.token(claims) + ", Bearer x")).isEqualTo("Jwt_is_not_in_Base64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b.c", "..", "e30.e30.e30", "W10.e30.AA"})
    void garbage(String token) {
        assertThat(refusal(token)).startsWith("Jwt_");
    }

    @Test
    void changedPayload() {
        String[] parts = RSA.token(TokenFixture.claims("")).split("\\.", -1);
        String forged =
                parts[0] + "." + Issuer.base64("{\"iss\":\"https://issuer\",\"sub\":\"root\"}") + "." + parts[2];
        assertThat(refusal(forged)).isEqualTo("Jwt_verification_fails");
    }

    @Test
    void hugeAndDeepTokens() {
        assertThat(refusal(RSA.token(TokenFixture.claims("\"x\":\"" + "y".repeat(20_000) + "\""))))
                .isEqualTo("Jwt_is_too_large");
        assertThat(refusal(RSA.token(TokenFixture.claims("\"x\":" + "[".repeat(40) + "]".repeat(40)))))
                .isEqualTo("Jwt_is_nested_too_deeply");
    }

    @Test
    void weakKeysAreNotKeys() {
        String keys = "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" + "x".repeat(171) + "\"}]}";
        assertThat(fixture.refusal(
                        TokenFixture.bearer(RSA.token(TokenFixture.claims(""))),
                        TokenFixture.rule("https://issuer", keys)))
                .isEqualTo("Jwks_remote_fetch_is_failed");
    }

    /// CVE-2026-31837: without keys of the issuer there is no other key.
    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"keys\":[]}", "not json", "{\"keys\":[{\"kty\":\"RSA\"}]}"})
    void withoutKeysNobodyIsBelieved(String keys) {
        RequestHead head = TokenFixture.bearer(RSA.token(TokenFixture.claims("")));
        assertThat(fixture.refusal(head, TokenFixture.rule("https://issuer", keys)))
                .isEqualTo("Jwks_remote_fetch_is_failed");
        JwtRule.Builder failed = TokenFixture.rule("https://issuer", KEYS).setJwksError("could not be fetched");
        assertThat(fixture.refusal(TokenFixture.bearer(RSA.token(TokenFixture.claims(""))), failed))
                .isEqualTo("Jwks_remote_fetch_is_failed");
    }

    @Test
    void tokensInTwoPlacesThatDiffer() {
        RequestHead head = TokenFixture.bearer(RSA.token(TokenFixture.claims("")));
        head.target("/x?access_token=" + RSA.token(TokenFixture.claims("\"x\":1")));
        assertThat(fixture.refusal(head, TokenFixture.rule("https://issuer", KEYS)))
                .isEqualTo("Jwt_is_there_several_times_and_differs");
        RequestHead twice = TokenFixture.bearer(RSA.token(TokenFixture.claims("")));
        twice.headers().add("authorization", "bearer " + RSA.token(TokenFixture.claims("\"x\":1")));
        assertThat(fixture.refusal(twice, TokenFixture.rule("https://issuer", KEYS)))
                .isEqualTo("Jwt_is_there_several_times_and_differs");
    }
}

package dev.culvert.waypoint.policy.jwt;

import dev.culvert.api.waypoint.JwtRule;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is asked of the tokens of one issuer.
///
/// Immutable.
final class TokenRule {
    /// How much clocks may differ.
    static final long LEEWAY_SECONDS = 60;

    private static final List<String> ALWAYS_LISTS = List.of("scope", "permission");

    private final String issuer;
    private final Set<String> audiences;
    private final @Nullable KeySet keys;
    private final List<TokenLocation> locations;
    private final Set<String> lists;
    private final TokenOutputs outputs;

    private TokenRule(JwtRule rule) {
        this.issuer = rule.getIssuer();
        this.audiences = Set.copyOf(rule.getAudiencesList());
        this.keys = rule.getJwksError().isEmpty() ? KeySet.tryParse(rule.getJwks()) : null;
        this.locations = TokenLocation.of(rule);
        this.outputs = TokenOutputs.of(rule);
        this.lists = new HashSet<>(ALWAYS_LISTS);
        this.lists.addAll(rule.getSpaceDelimitedClaimsList());
    }

    static TokenRule of(JwtRule rule) {
        return new TokenRule(rule);
    }

    String issuer() {
        return issuer;
    }

    List<TokenLocation> locations() {
        return locations;
    }

    TokenOutputs outputs() {
        return outputs;
    }

    /// Why the token is not right; empty when it is.
    String refusalOf(String text, SignedToken token, TokenCache cache, Instant now) {
        if (keys == null) {
            return "Jwks_remote_fetch_is_failed";
        }
        String time = refusalByTime(token.claims(), now.getEpochSecond());
        if (!time.isEmpty()) {
            return time;
        }
        if (!audiences.isEmpty()
                && token.claims().values(List.of("aud")).stream().noneMatch(audiences::contains)) {
            return "Audiences_in_Jwt_are_not_allowed";
        }
        TokenCache.Key key = new TokenCache.Key(Sha256.of(text), keys.digest());
        if (cache.contains(key)) {
            return "";
        }
        if (!keys.knowsAlgorithm(token)) {
            return "Jwt_header_alg_is_not_one_of_the_keys";
        }
        if (!keys.verifies(token)) {
            return "Jwt_verification_fails";
        }
        cache.add(key);
        return "";
    }

    /// The claims for policies, with those that list values between spaces as lists.
    Claims normalized(Claims claims) {
        Map<String, Object> changed = new HashMap<>();
        for (String name : lists) {
            String text = claims.text(name);
            if (!text.isEmpty()) {
                changed.put(name, List.of(text.strip().split(" +")));
            }
        }
        return changed.isEmpty() ? claims : claims.with(changed);
    }

    private static String refusalByTime(Claims claims, long now) {
        BigDecimal leeway = BigDecimal.valueOf(LEEWAY_SECONDS);
        BigDecimal at = BigDecimal.valueOf(now);
        Object expiry = claims.get("exp");
        Object notBefore = claims.get("nbf");
        if ((expiry != null && !(expiry instanceof Number)) || (notBefore != null && !(notBefore instanceof Number))) {
            return "Jwt_has_a_time_that_is_no_number";
        }
        if (expiry instanceof Number number && decimal(number).add(leeway).compareTo(at) < 0) {
            return "Jwt_is_expired";
        }
        if (notBefore instanceof Number number
                && decimal(number).subtract(leeway).compareTo(at) > 0) {
            return "Jwt_not_yet_valid";
        }
        return "";
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof BigDecimal decimal ? decimal : BigDecimal.valueOf(number.longValue());
    }
}

package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.JwtRule;
import dev.culvert.kube.resource.RequestAuthentication;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes the message of a RequestAuthentication. Pure.
public final class AuthenticationMessages {
    private AuthenticationMessages() {}

    /// What is known of the keys of an issuer.
    ///
    /// @param keys  the set; empty when there is none
    /// @param error why there is none
    public record Keys(String keys, String error) {}

    /// The message of `policy`.
    ///
    /// @param fetched the keys of a rule that does not bring them; null while they have not come
    public static dev.culvert.api.waypoint.RequestAuthentication of(
            RequestAuthentication policy, Function<RequestAuthentication.JwtRule, @Nullable Keys> fetched) {
        var built = dev.culvert.api.waypoint.RequestAuthentication.newBuilder()
                .setNamespace(policy.metadata().namespace())
                .setName(policy.metadata().name());
        policy.jwtRules().forEach(rule -> built.addRules(rule(rule, fetched)));
        return built.build();
    }

    private static JwtRule rule(
            RequestAuthentication.JwtRule rule, Function<RequestAuthentication.JwtRule, @Nullable Keys> fetched) {
        JwtRule.Builder built = JwtRule.newBuilder()
                .setIssuer(rule.issuer())
                .addAllAudiences(rule.audiences())
                .addAllFromParams(rule.fromParams())
                .addAllFromCookies(rule.fromCookies())
                .setOutputPayloadToHeader(rule.outputPayloadToHeader())
                .setForwardOriginalToken(rule.forwardOriginalToken())
                .addAllSpaceDelimitedClaims(rule.spaceDelimitedClaims());
        rule.fromHeaders()
                .forEach(header -> built.addFromHeaders(JwtRule.TokenLocation.newBuilder()
                        .setName(header.name())
                        .setPrefix(header.prefix())));
        rule.outputClaimToHeaders()
                .forEach(header -> built.addOutputClaimToHeaders(JwtRule.ClaimHeader.newBuilder()
                        .setHeader(header.header())
                        .setClaim(header.claim())));
        if (!rule.jwks().isEmpty()) {
            return built.setJwks(rule.jwks()).build();
        }
        Keys keys = fetched.apply(rule);
        return keys == null
                ? built.setJwksError("the keys of the issuer are being fetched").build()
                : built.setJwks(keys.keys()).setJwksError(keys.error()).build();
    }
}

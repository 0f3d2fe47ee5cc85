package dev.culvert.kube.resource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whose JSON Web Tokens are valid (security.istio.io). A request without a token passes. Immutable.
///
/// @param selector   labels of the workloads it is for; empty for all of the namespace
/// @param targetRefs what the policy is attached to; such policies are for waypoints
public record RequestAuthentication(
        ObjectMeta metadata,
        Map<String, String> selector,
        List<TargetRef> targetRefs,
        List<JwtRule> jwtRules,
        List<Condition> conditions)
        implements Resource {
    public RequestAuthentication {
        selector = Map.copyOf(selector);
        targetRefs = List.copyOf(targetRefs);
        jwtRules = List.copyOf(jwtRules);
        conditions = List.copyOf(conditions);
    }

    /// An issuer of tokens. When no place is named for them, a token is looked for in the header
    /// `Authorization: Bearer` and then in the query parameter `access_token`.
    ///
    /// @param issuer                empty when the manifest has none
    /// @param audiences             any of them; empty for any at all
    /// @param jwksUri               where its keys are; empty when they are in `jwks`, or are to be discovered
    /// @param jwks                  its keys as JSON; empty when there is none
    /// @param outputPayloadToHeader the header that tells the backend the payload; empty for none
    /// @param forwardOriginalToken  whether the backend sees the token
    /// @param timeout               how long the keys may take to be fetched; null when the manifest has none
    /// @param spaceDelimitedClaims  claims that are lists of words, besides `scope` and `permission`
    public record JwtRule(
            String issuer,
            List<String> audiences,
            String jwksUri,
            String jwks,
            List<FromHeader> fromHeaders,
            List<String> fromParams,
            List<String> fromCookies,
            String outputPayloadToHeader,
            List<ClaimHeader> outputClaimToHeaders,
            boolean forwardOriginalToken,
            @Nullable Duration timeout,
            List<String> spaceDelimitedClaims) {
        public JwtRule {
            audiences = List.copyOf(audiences);
            fromHeaders = List.copyOf(fromHeaders);
            fromParams = List.copyOf(fromParams);
            fromCookies = List.copyOf(fromCookies);
            outputClaimToHeaders = List.copyOf(outputClaimToHeaders);
            spaceDelimitedClaims = List.copyOf(spaceDelimitedClaims);
        }
    }

    /// A header with a token.
    ///
    /// @param prefix what stands before the token; may be empty
    public record FromHeader(String name, String prefix) {}

    /// A header that tells the backend one claim.
    ///
    /// @param claim dots lead into nested claims
    public record ClaimHeader(String header, String claim) {}
}

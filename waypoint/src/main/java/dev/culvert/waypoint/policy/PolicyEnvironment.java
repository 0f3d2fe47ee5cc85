package dev.culvert.waypoint.policy;

import dev.culvert.api.waypoint.ExtAuthz;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.api.waypoint.Waypoint.PathNormalization;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.policy.external.Authorizer;
import dev.culvert.waypoint.policy.external.AuthorizerCompiler;
import dev.culvert.waypoint.policy.path.PathMode;
import dev.culvert.waypoint.policy.path.TargetNormalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What all policies of a waypoint have in common.
///
/// Immutable.
///
/// @param trustDomains the mesh's own and its aliases, which count as one
/// @param trustedProxies how many proxies in front of the mesh wrote into `x-forwarded-for`
/// @param authorizers by name of their provider
/// @param normalizer to be applied to each request before it is routed or judged
public record PolicyEnvironment(
        Set<String> trustDomains,
        int trustedProxies,
        Map<String, Authorizer> authorizers,
        TargetNormalizer normalizer) {
    public PolicyEnvironment {
        trustDomains = Set.copyOf(trustDomains);
        authorizers = Map.copyOf(authorizers);
    }

    /// The address of whoever is in front of the proxies that the mesh trusts, as text.
    public String remoteAddress(Client client, RequestHead head) {
        return RemoteAddress.of(client, head, trustedProxies).getHostAddress();
    }

    /// What the control plane says of this waypoint.
    public static PolicyEnvironment of(Waypoint waypoint) {
        Set<String> trustDomains = new HashSet<>(waypoint.getTrustDomainAliasesList());
        trustDomains.add(waypoint.getTrustDomain());
        trustDomains.remove("");
        Map<String, Authorizer> authorizers = new HashMap<>();
        for (ExtAuthz provider : waypoint.getAuthorizersList()) {
            authorizers.put(provider.getName(), AuthorizerCompiler.compile(provider));
        }
        return new PolicyEnvironment(
                trustDomains,
                waypoint.getTrustedProxies(),
                authorizers,
                new TargetNormalizer(modeOf(waypoint.getPathNormalization())));
    }

    private static PathMode modeOf(PathNormalization mode) {
        return switch (mode) {
            case NONE -> PathMode.NONE;
            case BASE -> PathMode.BASE;
            case MERGE_SLASHES -> PathMode.MERGE_SLASHES;
            // A mode that is newer than this waypoint can only be stricter.
            case DECODE_AND_MERGE_SLASHES, UNRECOGNIZED -> PathMode.DECODE_AND_MERGE_SLASHES;
        };
    }
}

package dev.culvert.waypoint.policy.external;

import dev.culvert.api.waypoint.ExtAuthz;

/// Makes authorizers of what the control plane says of their providers.
///
/// Pure.
public final class AuthorizerCompiler {
    private AuthorizerCompiler() {}

    /// The authorizer that `provider` describes. Never fails: one that makes no sense denies.
    public static Authorizer compile(ExtAuthz provider) {
        return new UnusableAuthorizer(provider.getInvalid());
    }
}

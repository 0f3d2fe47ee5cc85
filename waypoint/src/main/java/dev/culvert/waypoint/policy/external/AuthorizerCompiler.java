package dev.culvert.waypoint.policy.external;

import dev.culvert.api.waypoint.ExtAuthz;
import java.time.Duration;

/// Makes authorizers of what the control plane says of their providers.
///
/// Pure.
public final class AuthorizerCompiler {
    /// Istio's, for providers that name no timeout.
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);

    /// What a waypoint gathers of a body at most, whatever a provider asks for.
    static final int MAX_BODY_BYTES = 4 << 20;

    private AuthorizerCompiler() {}

    /// The authorizer that `provider` describes. Never fails: one that makes no sense denies.
    public static Authorizer compile(ExtAuthz provider) {
        if (!provider.getInvalid().isEmpty()) {
            return new UnusableAuthorizer(provider.getInvalid());
        }
        if (provider.getCluster().isEmpty() || provider.getPort() < 1 || provider.getPort() > 65535) {
            return new UnusableAuthorizer("provider " + provider.getName() + " names no service and port");
        }
        ProviderSettings settings = settings(provider);
        return provider.getGrpc()
                ? new GrpcAuthorizer(settings, provider.getPackAsBytes())
                : new HttpAuthorizer(
                        settings,
                        provider.getPathPrefix(),
                        NamePattern.of(provider.getIncludeRequestHeadersList()),
                        provider.getIncludeAdditionalHeadersMap(),
                        new HttpAuthorizer.Forwarded(
                                NamePattern.of(provider.getHeadersToUpstreamOnAllowList()),
                                NamePattern.of(provider.getHeadersToDownstreamOnAllowList()),
                                NamePattern.of(provider.getHeadersToDownstreamOnDenyList())));
    }

    private static ProviderSettings settings(ExtAuthz provider) {
        int status = provider.getStatusOnError();
        int wanted = provider.getWithRequestBody() ? provider.getMaxRequestBytes() : 0;
        return new ProviderSettings(
                provider.getCluster(),
                provider.getPort(),
                timeout(provider),
                new FailureMode(
                        provider.getFailOpen(), status >= 200 && status <= 599 ? status : FailureMode.DEFAULT_STATUS),
                Integer.compareUnsigned(wanted, MAX_BODY_BYTES) > 0 ? MAX_BODY_BYTES : wanted,
                provider.getAllowPartialMessage(),
                provider.getClearRouteCache());
    }

    private static Duration timeout(ExtAuthz provider) {
        Duration timeout = Duration.ofSeconds(
                provider.getTimeout().getSeconds(), provider.getTimeout().getNanos());
        return timeout.isPositive() ? timeout : DEFAULT_TIMEOUT;
    }
}

package dev.culvert.waypoint.policy;

import dev.culvert.api.waypoint.Policies;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.LocalReply;

/// All policies in force for a service, or for what is reached by the address of a workload.
///
/// Immutable; requests are judged on the loop of their exchange.
public final class PolicySet {
    private final boolean empty;

    private PolicySet(boolean empty) {
        this.empty = empty;
    }

    /// What `policies` mean. Never fails: what cannot be understood refuses.
    public static PolicySet compile(Policies policies, PolicyEnvironment environment) {
        return new PolicySet(policies.getAuthorizationCount() + policies.getAuthenticationCount() == 0
                && environment.trustedProxies() >= 0);
    }

    /// Judges a request: CUSTOM, tokens, AUDIT, DENY, ALLOW. To be called on the loop of its
    /// exchange, once its
    /// target is in normal form; the route is chosen before or after, and again when the
    /// admission says so.
    public PolicyStep evaluate(PolicyRequest request, PolicyRuntime runtime) {
        return verdict();
    }

    /// Judges a connection that is no HTTP.
    ///
    /// @param serverName that TLS inside of the tunnel names; empty for none
    public PolicyStep evaluateConnection(Client client, String serverName, PolicyRuntime runtime) {
        return verdict();
    }

    private PolicyStep verdict() {
        return empty
                ? new PolicyStep.Continue(Admission.PLAIN)
                : new PolicyStep.Refuse(LocalReply.text(403, "RBAC: access denied", "-", "rbac_access_denied"));
    }
}

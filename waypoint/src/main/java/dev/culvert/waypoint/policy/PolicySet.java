package dev.culvert.waypoint.policy;

import dev.culvert.api.waypoint.Policies;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.policy.jwt.TokenAuthenticator;
import dev.culvert.waypoint.policy.path.HostName;

/// All policies in force for a service, or for what is reached by the address of a workload.
///
/// Immutable; requests are judged on the loop of their exchange. The order is Istio's: external
/// authorizers (CUSTOM),
/// then the token, then AUDIT, DENY and ALLOW. Since authorizers come first, rules of CUSTOM
/// that ask for what is in
/// a token have their authorizer asked whatever the token says.
///
/// On a connection without HTTP, a rule of ALLOW that names anything of HTTP never matches, and
/// a rule of DENY or
/// CUSTOM matches as if the request had what is named: what cannot be judged is refused. (Istio
/// drops the part of a
/// DENY that it cannot judge, too; where that was all the rule said about an operation, its node
/// proxy drops the
/// rule.)
public final class PolicySet {
    private static final LocalReply BAD_AUTHORITY = LocalReply.text(
            400, "Bad Request: request authority is no host and port", "DPE", "request_authority_malformed");

    private final PolicyEnvironment environment;
    private final Rulebook requests;
    private final Rulebook connections;
    private final TokenAuthenticator tokens;
    private final boolean needsServerName;

    private PolicySet(
            PolicyEnvironment environment,
            Rulebook requests,
            Rulebook connections,
            TokenAuthenticator tokens,
            boolean needsServerName) {
        this.environment = environment;
        this.requests = requests;
        this.connections = connections;
        this.tokens = tokens;
        this.needsServerName = needsServerName;
    }

    /// What `policies` mean. Never fails: what cannot be understood refuses.
    public static PolicySet compile(Policies policies, PolicyEnvironment environment) {
        return new PolicySet(
                environment,
                Rulebook.compile(policies.getAuthorizationList(), true),
                Rulebook.compile(policies.getAuthorizationList(), false),
                TokenAuthenticator.compile(policies.getAuthenticationList()),
                policies.getAuthorizationList().stream()
                        .flatMap(policy -> policy.getRulesList().stream())
                        .flatMap(rule -> rule.getWhenList().stream())
                        .anyMatch(condition -> Attribute.of(condition.getKey()) == Attribute.Plain.SERVER_NAME));
    }

    /// Judges a request. To be called on the loop of its exchange, once its target is in normal
    /// form; the route is
    /// chosen before or after, and again when the admission says so.
    public PolicyStep evaluate(PolicyRequest request, PolicyRuntime runtime) {
        if (!HostName.isPlain(request.head().authority())) {
            return new PolicyStep.Refuse(BAD_AUTHORITY);
        }
        if (requests.isEmpty() && tokens.isEmpty()) {
            return new PolicyStep.Continue(Admission.PLAIN);
        }
        return new RequestJudgement(environment, runtime, requests, tokens, request).proceed();
    }

    /// Whether some policy looks at the server name that the client asks for by TLS.
    public boolean needsServerName() {
        return needsServerName;
    }

    /// Judges a connection without HTTP.
    ///
    /// @param serverName that TLS inside of the tunnel names; empty for none
    public PolicyStep evaluateConnection(Client client, String serverName, PolicyRuntime runtime) {
        if (connections.isEmpty()) {
            return new PolicyStep.Continue(Admission.PLAIN);
        }
        return new ConnectionJudgement(environment, runtime, connections, client, serverName).proceed();
    }
}

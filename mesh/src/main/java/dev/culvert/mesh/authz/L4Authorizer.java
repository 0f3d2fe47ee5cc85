package dev.culvert.mesh.authz;

import dev.culvert.mesh.authz.Authorization.Action;
import dev.culvert.mesh.model.PolicyKey;
import java.util.ArrayList;
import java.util.List;

/// Judges an inbound connection: deny, then allow, then the default.
///
/// Stateless and pure; any thread may ask. The policies to give are those that the snapshot says concern the
/// called workload (`MeshSnapshot.policiesFor`), all from the one snapshot of the decision.
public final class L4Authorizer {
    private static final Verdict ALLOW = new Verdict.Allow();
    private static final Verdict NOT_ALLOWED = new Verdict.NotAllowed();

    private L4Authorizer() {}

    /// What the enforced ones among `policies` say of the connection.
    ///
    /// Any DENY that matches denies. Else it is allowed when there is no ALLOW at all, or one that matches.
    public static Verdict judge(List<Authorization> policies, ConnectionFacts facts) {
        boolean anyAllow = false;
        boolean allowed = false;
        for (Authorization policy : policies) {
            if (policy.dryRun()) {
                continue;
            }
            switch (policy.action()) {
                case DENY -> {
                    if (policy.matches(facts)) {
                        return new Verdict.DeniedBy(policy.key());
                    }
                }
                case ALLOW -> {
                    anyAllow = true;
                    allowed = allowed || policy.matches(facts);
                }
            }
        }
        return allowed || !anyAllow ? ALLOW : NOT_ALLOWED;
    }

    /// What the policies on trial among `policies` would have said, in their order; empty when there are none.
    public static List<DryRun> rehearse(List<Authorization> policies, ConnectionFacts facts) {
        List<DryRun> outcomes = new ArrayList<>(0);
        for (Authorization policy : policies) {
            if (policy.dryRun()) {
                outcomes.add(new DryRun(policy.key(), policy.action(), policy.matches(facts)));
            }
        }
        return outcomes;
    }

    /// What a policy on trial would have said.
    public record DryRun(PolicyKey policy, Action action, boolean matched) {}
}

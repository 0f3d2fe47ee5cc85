package dev.culvert.controlplane.policy;

import dev.culvert.api.MeshLabels;
import dev.culvert.api.authorization.Authorization;
import dev.culvert.api.authorization.Rule;
import dev.culvert.api.authorization.Scope;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.AuthorizationPolicy.Action;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Makes the L4 form of an AuthorizationPolicy. Pure.
public final class AuthorizationBuilder {
    private static final String UNSUPPORTED = "UnsupportedValue";

    private final String rootNamespace;
    private final boolean dryRunEnabled;

    public AuthorizationBuilder(String rootNamespace, boolean dryRunEnabled) {
        this.rootNamespace = rootNamespace;
        this.dryRunEnabled = dryRunEnabled;
    }

    /// What becomes of `policy`.
    public BuiltPolicy build(AuthorizationPolicy policy) {
        if (!policy.targetRefs().isEmpty()) {
            return new BuiltPolicy(null, null);
        }
        if (policy.action() == Action.CUSTOM || policy.action() == Action.AUDIT) {
            return refused("action " + policy.action() + " is not judged by node proxies; a waypoint judges it");
        }
        boolean dryRun = "true".equals(policy.metadata().annotation(MeshLabels.DRY_RUN));
        if (dryRun && !dryRunEnabled) {
            return refused("dry-run policies are not sent to node proxies unless"
                    + " AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY is true");
        }
        boolean deny = policy.action() == Action.DENY;
        Set<String> unjudged = new TreeSet<>();
        Authorization.Builder built = Authorization.newBuilder()
                .setName(policy.metadata().name())
                .setNamespace(policy.metadata().namespace())
                .setScope(scope(policy))
                .setAction(
                        deny ? dev.culvert.api.authorization.Action.DENY : dev.culvert.api.authorization.Action.ALLOW)
                .setDryRun(dryRun);
        for (AuthorizationPolicy.Rule rule : policy.rules()) {
            Rule translated = new RuleTranslation(policy.metadata().namespace(), deny, unjudged).translate(rule);
            if (translated != null) {
                built.addRules(translated);
            }
        }
        return new BuiltPolicy(built.build(), acceptance(deny, unjudged));
    }

    private Scope scope(AuthorizationPolicy policy) {
        if (!policy.selector().isEmpty()) {
            return Scope.WORKLOAD_SELECTOR;
        }
        return policy.metadata().namespace().equals(rootNamespace) ? Scope.GLOBAL : Scope.NAMESPACE;
    }

    private static Acceptance acceptance(boolean deny, Set<String> unjudged) {
        if (unjudged.isEmpty()) {
            return new Acceptance(true, "Accepted", "attached to ztunnel", List.of());
        }
        String effect = deny
                ? "each counts as met, so the policy denies more than it says"
                : "the rules that have them are left out, so the policy allows less than it says";
        String message = "node proxies cannot judge " + String.join(", ", unjudged) + "; " + effect
                + ". Attach the policy to a waypoint with targetRefs to have all of it judged";
        return new Acceptance(false, UNSUPPORTED, message, List.copyOf(unjudged));
    }

    private static BuiltPolicy refused(String message) {
        return new BuiltPolicy(null, new Acceptance(false, UNSUPPORTED, message, List.of(message)));
    }
}

package dev.culvert.waypoint.policy;

import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.policy.CompiledPolicy.Action;
import dev.culvert.waypoint.policy.PolicyObserver.Watched;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Judges by the policies that ask nobody: AUDIT, DENY, ALLOW.
///
/// Stateless.
final class RoleJudge {
    private static final String NONE = "none";

    private RoleJudge() {}

    /// Why the request is refused; null when it is not.
    static @Nullable LocalReply judge(Rulebook rulebook, Facts facts, PolicyObserver observer) {
        for (CompiledPolicy audit : rulebook.audits()) {
            watch(audit, audit.match(facts), observer);
        }
        for (CompiledPolicy deny : rulebook.denies()) {
            int rule = deny.match(facts);
            if (deny.dryRun()) {
                watch(deny, rule, observer);
            } else if (rule != CompiledPolicy.NO_RULE) {
                observer.refused(deny.label(rule), deny.rules().get(rule).text());
                return denial(deny.label(rule));
            }
        }
        if (isAllowed(rulebook.allows(), facts, observer)) {
            return null;
        }
        observer.refused(NONE, "");
        return denial(NONE);
    }

    /// What the client is told, and the log.
    static LocalReply denial(String policy) {
        return LocalReply.text(403, "RBAC: access denied", "-", "rbac_access_denied_matched_policy[" + policy + "]");
    }

    /// Tells of a policy that decides nothing; an audit only when it matched.
    static void watch(CompiledPolicy policy, int rule, PolicyObserver observer) {
        boolean matched = rule != CompiledPolicy.NO_RULE;
        if (matched || policy.action() != Action.AUDIT) {
            observer.watched(new Watched(policy.label(rule), policy.action().name(), matched, policy.dryRun()));
        }
    }

    private static boolean isAllowed(List<CompiledPolicy> allows, Facts facts, PolicyObserver observer) {
        boolean enforced = false;
        boolean allowed = false;
        for (CompiledPolicy allow : allows) {
            if (allow.dryRun()) {
                watch(allow, allow.match(facts), observer);
            } else if (!allowed) {
                enforced = true;
                allowed = allow.match(facts) != CompiledPolicy.NO_RULE;
            }
        }
        return allowed || !enforced;
    }
}

package dev.culvert.waypoint.policy;

import java.util.List;

/// An authorization policy.
///
/// Immutable.
///
/// @param provider of CUSTOM: the name of its authorizer
record CompiledPolicy(
        String namespace, String name, Action action, boolean dryRun, List<CompiledRule> rules, String provider) {
    static final int NO_RULE = -1;

    CompiledPolicy {
        rules = List.copyOf(rules);
    }

    /// The index of the first rule that matches, or [#NO_RULE].
    int match(Facts facts) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).matches(facts)) {
                return i;
            }
        }
        return NO_RULE;
    }

    /// The policy and one of its rules, as logs and metrics name them.
    String label(int rule) {
        String policy = "ns[" + namespace + "]-policy[" + name + "]";
        return rule == NO_RULE ? policy : policy + "-rule[" + rule + "]";
    }

    enum Action {
        ALLOW,
        DENY,
        AUDIT,
        CUSTOM
    }
}

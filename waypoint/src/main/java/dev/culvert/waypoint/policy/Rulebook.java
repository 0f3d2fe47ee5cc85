package dev.culvert.waypoint.policy;

import dev.culvert.api.waypoint.AuthorizationPolicy;
import dev.culvert.api.waypoint.AuthorizationPolicy.Rule;
import dev.culvert.waypoint.policy.CompiledPolicy.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Authorization policies by what they do, compiled for requests or for connections that are no
/// HTTP.
///
/// Immutable.
///
/// @param customs by their authorizer, in the order in which those were first named
record Rulebook(
        Map<String, List<CompiledPolicy>> customs,
        List<CompiledPolicy> audits,
        List<CompiledPolicy> denies,
        List<CompiledPolicy> allows) {

    static Rulebook compile(List<AuthorizationPolicy> policies, boolean http) {
        Map<String, List<CompiledPolicy>> customs = new LinkedHashMap<>();
        List<CompiledPolicy> audits = new ArrayList<>();
        List<CompiledPolicy> denies = new ArrayList<>();
        List<CompiledPolicy> allows = new ArrayList<>();
        for (AuthorizationPolicy policy : policies) {
            CompiledPolicy compiled = compile(policy, http);
            switch (compiled.action()) {
                case CUSTOM ->
                    customs.computeIfAbsent(compiled.provider(), _ -> new ArrayList<>())
                            .add(compiled);
                case AUDIT -> audits.add(compiled);
                case DENY -> denies.add(compiled);
                case ALLOW -> allows.add(compiled);
            }
        }
        return new Rulebook(customs, audits, denies, allows);
    }

    boolean isEmpty() {
        return customs.isEmpty() && audits.isEmpty() && denies.isEmpty() && allows.isEmpty();
    }

    private static CompiledPolicy compile(AuthorizationPolicy policy, boolean http) {
        boolean understood = policy.getInvalid().isEmpty();
        Action action = switch (policy.getAction()) {
            case ALLOW -> Action.ALLOW;
            case AUDIT -> Action.AUDIT;
            case CUSTOM -> understood ? Action.CUSTOM : Action.DENY;
            // An action that is newer than this waypoint can only be obeyed by refusing.
            case DENY, UNRECOGNIZED -> Action.DENY;
        };
        RuleCompiler compiler =
                new RuleCompiler(policy.getNamespace(), action == Action.ALLOW, http, http && action != Action.CUSTOM);
        List<CompiledRule> rules;
        if (understood) {
            rules = policy.getRulesList().stream().map(compiler::compile).toList();
        } else if (action == Action.DENY) {
            rules = List.of(
                    compiler.compile(Rule.getDefaultInstance()).named("not understood: " + policy.getInvalid()));
        } else {
            rules = List.of();
        }
        return new CompiledPolicy(
                policy.getNamespace(), policy.getName(), action, policy.getDryRun(), rules, policy.getProvider());
    }
}

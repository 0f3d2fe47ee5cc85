package dev.culvert.kube.resource;

import java.util.List;
import java.util.Map;

/// Who may call whom (security.istio.io), with every field, those of layer 7 too. Immutable.
///
/// @param selector   labels of the workloads it is for; empty for all of the namespace
/// @param targetRefs what the policy is attached to; such policies are for waypoints, not for node proxies
/// @param provider   the extension of a CUSTOM policy; else empty
/// @param rules      any of them
public record AuthorizationPolicy(
        ObjectMeta metadata,
        Map<String, String> selector,
        List<TargetRef> targetRefs,
        Action action,
        String provider,
        List<Rule> rules,
        List<Condition> conditions)
        implements Resource {
    public AuthorizationPolicy {
        selector = Map.copyOf(selector);
        targetRefs = List.copyOf(targetRefs);
        rules = List.copyOf(rules);
        conditions = List.copyOf(conditions);
    }

    /// Whether the policy is only to be counted and logged, and changes no verdict.
    public boolean dryRun() {
        return Boolean.parseBoolean(metadata.annotation("istio.io/dry-run"));
    }

    /// What happens when a rule matches.
    public enum Action {
        ALLOW,
        DENY,
        AUDIT,
        CUSTOM
    }

    /// Any of `from`, and any of `to`, and all of `when`; an empty list is no restriction.
    public record Rule(List<Source> from, List<Operation> to, List<When> when) {
        public Rule {
            from = List.copyOf(from);
            to = List.copyOf(to);
            when = List.copyOf(when);
        }
    }

    /// Values that an attribute must have one of, and values it must have none of.
    public record Values(List<String> in, List<String> notIn) {
        public static final Values ANY = new Values(List.of(), List.of());

        public Values {
            in = List.copyOf(in);
            notIn = List.copyOf(notIn);
        }

        /// Whether nothing is asked of the attribute.
        public boolean any() {
            return in.isEmpty() && notIn.isEmpty();
        }
    }

    /// Who is calling; all parts must hold.
    public record Source(
            Values principals,
            Values requestPrincipals,
            Values namespaces,
            Values serviceAccounts,
            Values ipBlocks,
            Values remoteIpBlocks,
            Values trustDomains) {}

    /// What is being called; all parts must hold.
    public record Operation(Values hosts, Values ports, Values methods, Values paths) {}

    /// A further condition on the attribute `key`.
    public record When(String key, Values values) {}
}

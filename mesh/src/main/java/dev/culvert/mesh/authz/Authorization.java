package dev.culvert.mesh.authz;

import dev.culvert.mesh.model.PolicyKey;
import java.util.List;

/// An authorization policy: it matches a connection when any of its rules does.
///
/// Immutable. A policy without rules matches nothing.
///
/// @param dryRun whether it is only to be watched: it never decides
public record Authorization(PolicyKey key, Scope scope, Action action, List<Rule> rules, boolean dryRun) {
    public Authorization {
        rules = List.copyOf(rules);
    }

    /// Whether some rule matches.
    public boolean matches(ConnectionFacts facts) {
        for (Rule rule : rules) {
            if (rule.matches(facts)) {
                return true;
            }
        }
        return false;
    }

    /// Whom a policy concerns.
    public enum Scope {
        /// Every workload.
        GLOBAL,
        /// The workloads of the policy's namespace.
        NAMESPACE,
        /// The workloads that list it.
        WORKLOAD_SELECTOR
    }

    /// What a match means.
    public enum Action {
        ALLOW,
        DENY
    }

    /// A rule: it matches when all of its clauses do; so does one without clauses.
    public record Rule(List<Clause> clauses) {
        public Rule {
            clauses = List.copyOf(clauses);
        }

        boolean matches(ConnectionFacts facts) {
            for (Clause clause : clauses) {
                if (!clause.matches(facts)) {
                    return false;
                }
            }
            return true;
        }
    }

    /// A clause: it matches when any of its matches does; so does one without matches.
    public record Clause(List<Match> matches) {
        public Clause {
            matches = List.copyOf(matches);
        }

        boolean matches(ConnectionFacts facts) {
            for (Match match : matches) {
                if (match.matches(facts)) {
                    return true;
                }
            }
            return matches.isEmpty();
        }
    }

    /// A match: conditions on attributes, all of which must hold. One without conditions never holds, so
    /// that what was stripped of all it said cannot come to mean "everything".
    public record Match(List<Condition> conditions) {
        public Match {
            conditions = List.copyOf(conditions);
        }

        boolean matches(ConnectionFacts facts) {
            for (Condition condition : conditions) {
                if (!condition.holds(facts)) {
                    return false;
                }
            }
            return !conditions.isEmpty();
        }
    }

    /// A condition on one attribute: one of `any` hits, or there is none in it, and none of `none` hits.
    public record Condition(Attribute attribute, List<Matcher> any, List<Matcher> none) {
        public Condition {
            any = List.copyOf(any);
            none = List.copyOf(none);
        }

        boolean holds(ConnectionFacts facts) {
            return (any.isEmpty() || hits(any, facts)) && !hits(none, facts);
        }

        private static boolean hits(List<Matcher> matchers, ConnectionFacts facts) {
            for (Matcher matcher : matchers) {
                if (matcher.matches(facts)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// What a condition is about.
    public enum Attribute {
        NAMESPACE,
        PRINCIPAL,
        SOURCE_IP,
        DESTINATION_IP,
        DESTINATION_PORT,
        SERVICE_ACCOUNT
    }
}

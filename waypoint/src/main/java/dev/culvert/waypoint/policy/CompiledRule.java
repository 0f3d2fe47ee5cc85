package dev.culvert.waypoint.policy;

import java.util.List;

/// A rule: one of its sources, one of its operations and all of its conditions.
///
/// Immutable. No sources stand for everybody and no operations for everything.
///
/// @param sources each the fields that must all hold
/// @param operations each the fields that must all hold
/// @param text what the rule says, for logs
record CompiledRule(List<List<Field>> sources, List<List<Field>> operations, List<Field> conditions, String text) {
    CompiledRule {
        sources = List.copyOf(sources);
        operations = List.copyOf(operations);
        conditions = List.copyOf(conditions);
    }

    /// The same rule with another text.
    CompiledRule named(String other) {
        return new CompiledRule(sources, operations, conditions, other);
    }

    boolean matches(Facts facts) {
        return all(conditions, facts) && any(operations, facts) && any(sources, facts);
    }

    private static boolean any(List<List<Field>> alternatives, Facts facts) {
        for (List<Field> alternative : alternatives) {
            if (all(alternative, facts)) {
                return true;
            }
        }
        return alternatives.isEmpty();
    }

    private static boolean all(List<Field> fields, Facts facts) {
        for (Field field : fields) {
            if (!field.holds(facts)) {
                return false;
            }
        }
        return true;
    }
}

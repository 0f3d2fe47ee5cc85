package dev.culvert.waypoint.policy;

import java.util.List;

/// A field of a rule with its `not` counterpart: one of `any` hits, or there is none in it, and
/// none of `none` hits.
///
/// Immutable.
record Field(List<ValueMatcher> any, List<ValueMatcher> none) {
    Field {
        any = List.copyOf(any);
        none = List.copyOf(none);
    }

    boolean holds(Facts facts) {
        return (any.isEmpty() || hits(any, facts)) && !hits(none, facts);
    }

    private static boolean hits(List<ValueMatcher> values, Facts facts) {
        for (ValueMatcher value : values) {
            if (value.hits(facts)) {
                return true;
            }
        }
        return false;
    }
}

package dev.culvert.waypoint.policy;

/// How a value of a policy counts where it cannot be told whether the request has it, or where
/// it could be read in
/// two ways.
///
/// A refusal is to be on the safe side and so is an admission, which for a `not` field turns
/// round: the values of
/// a DENY hit in doubt, and so do those of the `not` fields of an ALLOW; all others miss.
enum Doubt {
    HITS,
    MISSES;

    static Doubt of(boolean admitting, boolean negated) {
        return admitting == negated ? HITS : MISSES;
    }
}

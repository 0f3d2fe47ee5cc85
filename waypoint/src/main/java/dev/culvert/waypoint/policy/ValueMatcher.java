package dev.culvert.waypoint.policy;

/// One value of a field of a rule, compared with a request.
///
/// Immutable and pure.
@FunctionalInterface
interface ValueMatcher {
    /// Whether the request has it.
    boolean hits(Facts facts);

    /// What cannot be told; it counts as the doubt says.
    static ValueMatcher unknown(Doubt doubt) {
        boolean answer = doubt == Doubt.HITS;
        return facts -> answer;
    }
}

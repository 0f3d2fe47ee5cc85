package dev.culvert.waypoint.policy;

/// Who is told of judgements, for metrics and logs.
///
/// Called on the loop of the exchange.
public interface PolicyObserver {

    /// A policy refused a request or a connection.
    ///
    /// @param policy name, `ns[..]-policy[..]-rule[..]`; `none` when there are ALLOW policies
    ///     and none matched
    /// @param rule what the rule says, shortened; empty for `none`
    void refused(String policy, String rule);

    /// A policy on trial, or one that only audits, was judged.
    void watched(Watched outcome);

    /// An external authorizer gave no usable answer.
    ///
    /// @param admitted whether it is one that fails open
    void authorizerFailed(String provider, String why, boolean admitted);

    /// A token was refused.
    ///
    /// @param why one word or several joined by underscores
    void tokenRefused(String why);

    /// What a policy that decides nothing would have said.
    ///
    /// @param policy name, `ns[..]-policy[..]-rule[..]`; without a rule when none matched
    /// @param action `ALLOW`, `DENY`, `CUSTOM` or `AUDIT`
    record Watched(String policy, String action, boolean matched, boolean dryRun) {}
}

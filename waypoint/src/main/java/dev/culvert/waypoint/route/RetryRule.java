package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.RetryPolicy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/// When, how often and how fast a request is tried again (HTTPRetry of Istio). Immutable.
///
/// @param attempts beyond the first try; 0 for none
/// @param statuses those of RETRIABLE_STATUS_CODES
/// @param perTryTimeout zero for none of its own
/// @param backoff before the second try; it doubles from try to try
public record RetryRule(
        int attempts, Set<RetryCondition> on, Set<Integer> statuses, Duration perTryTimeout, Duration backoff) {
    /// What Istio does when nobody says otherwise.
    public static final RetryRule DEFAULT = new RetryRule(
            2,
            Set.of(
                    RetryCondition.CONNECT_FAILURE,
                    RetryCondition.REFUSED_STREAM,
                    RetryCondition.UNAVAILABLE,
                    RetryCondition.CANCELLED,
                    RetryCondition.RETRIABLE_STATUS_CODES),
            Set.of(),
            Duration.ZERO,
            Duration.ofMillis(25));

    public RetryRule {
        on = Set.copyOf(on);
        statuses = Set.copyOf(statuses);
    }

    /// What the control plane sent; what it leaves open is as in `defaults`. Words that we do not
    /// know are left out, numbers among the words are statuses.
    public static RetryRule compile(RetryPolicy policy, RetryRule defaults) {
        Set<RetryCondition> on = EnumSet.noneOf(RetryCondition.class);
        Set<Integer> statuses = new HashSet<>(policy.getStatusesList());
        for (String word : String.join(",", policy.getOnList()).split(",", -1)) {
            RetryCondition condition = RetryCondition.parse(word.strip());
            if (condition != null) {
                on.add(condition);
            } else if (word.strip().matches("[1-5][0-9][0-9]")) {
                statuses.add(Integer.valueOf(word.strip()));
            }
        }
        if (policy.getOnCount() == 0 && statuses.isEmpty()) {
            on.addAll(defaults.on());
            statuses.addAll(defaults.statuses());
        }
        if (!statuses.isEmpty()) {
            on.add(RetryCondition.RETRIABLE_STATUS_CODES);
        }
        return new RetryRule(
                policy.getAttempts(),
                on,
                statuses,
                policy.hasPerTryTimeout() ? Durations.of(policy.getPerTryTimeout()) : defaults.perTryTimeout(),
                policy.hasBackoff() ? Durations.of(policy.getBackoff()) : defaults.backoff());
    }
}

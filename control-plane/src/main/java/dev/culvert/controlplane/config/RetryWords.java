package dev.culvert.controlplane.config;

import dev.culvert.api.waypoint.RetryPolicy;
import java.util.List;

/// Reads the conditions of Istio's `retryOn`, where numbers are status codes of HTTP. Pure.
public final class RetryWords {
    private static final String STATUSES = "retriable-status-codes";

    private RetryWords() {}

    /// Adds them to `policy`; those that hold everywhere when there are none.
    public static void add(RetryPolicy.Builder policy, List<String> words) {
        if (words.isEmpty()) {
            policy.addAllOn(WaypointDefaults.RETRIED);
        }
        for (String word : words) {
            if (word.matches("[1-5][0-9]{2}")) {
                policy.addStatuses(Integer.parseInt(word));
            } else if (!word.equals(STATUSES)) {
                policy.addOn(word);
            }
        }
    }
}

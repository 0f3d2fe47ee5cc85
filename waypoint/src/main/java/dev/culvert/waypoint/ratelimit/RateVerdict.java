package dev.culvert.waypoint.ratelimit;

import dev.culvert.waypoint.exchange.LocalReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Whether a request is within its limits. Immutable.
public sealed interface RateVerdict {
    /// No limit has anything to say.
    RateVerdict UNLIMITED = new Admit(List.of(), List.of());

    /// It goes on.
    ///
    /// @param requestFields to add to the request
    /// @param responseFields to add to the response
    record Admit(List<Map.Entry<String, String>> requestFields, List<Map.Entry<String, String>> responseFields)
            implements RateVerdict {
        public Admit {
            requestFields = List.copyOf(requestFields);
            responseFields = List.copyOf(responseFields);
        }

        Admit and(Admit other) {
            return new Admit(joined(requestFields, other.requestFields), joined(responseFields, other.responseFields));
        }

        private static List<Map.Entry<String, String>> joined(
                List<Map.Entry<String, String>> first, List<Map.Entry<String, String>> second) {
            List<Map.Entry<String, String>> all = new ArrayList<>(first);
            for (Map.Entry<String, String> field : second) {
                if (!RateFields.isQuota(field.getKey()) || !RateFields.contains(first, field.getKey())) {
                    all.add(field);
                }
            }
            return all;
        }
    }

    /// It is answered: 429 over a limit, 500 when the service does not answer and the policy says
    /// to refuse then.
    record Refuse(LocalReply reply) implements RateVerdict {}
}

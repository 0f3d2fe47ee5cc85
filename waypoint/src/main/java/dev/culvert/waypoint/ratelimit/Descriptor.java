package dev.culvert.waypoint.ratelimit;

import dev.culvert.api.envoy.RateLimitDescriptor;
import dev.culvert.api.waypoint.RateLimit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What requests are counted under at the service. Immutable.
record Descriptor(RequestCondition condition, List<RateLimit.Entry> entries) {

    static Descriptor compile(RateLimit.Descriptor message) {
        return new Descriptor(RequestCondition.compile(message.getMatch()), List.copyOf(message.getEntriesList()));
    }

    /// Nothing when the request is not concerned, or lacks what an entry names.
    Optional<RateLimitDescriptor> describe(RateRequest request) {
        if (entries.isEmpty() || !condition.holds(request.head())) {
            return Optional.empty();
        }
        RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
        for (RateLimit.Entry entry : entries) {
            String value = value(entry, request);
            if (value == null || value.isEmpty()) {
                return Optional.empty();
            }
            descriptor.addEntriesBuilder().setKey(entry.getKey()).setValue(value);
        }
        return Optional.of(descriptor.build());
    }

    private static @Nullable String value(RateLimit.Entry entry, RateRequest request) {
        return switch (entry.getSourceCase()) {
            case VALUE -> entry.getValue();
            case REQUEST_HEADER -> String.join(",", request.head().headers().getAll(entry.getRequestHeader()));
            case REMOTE_ADDRESS -> request.remoteAddress();
            case SOURCE_PRINCIPAL -> request.client().identity().toString();
            case DESTINATION_SERVICE -> request.service();
            case METHOD -> request.head().method();
            case PATH -> request.head().path();
            case SOURCE_NOT_SET -> null;
        };
    }
}

package dev.culvert.waypoint.upstream;

import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What one choice of an endpoint depends on. Immutable.
///
/// @param port of the service
/// @param subset of the DestinationRule; empty for all endpoints
/// @param hash of the request's key, for consistent hashing; null when it has none
/// @param tried endpoints (by uid) to stay away from while there are others
/// @param retry whether this is another try of the same request
/// @param random what chance decides
/// @param now of [System#nanoTime]
public record PickRequest(
        int port,
        String subset,
        @Nullable Long hash,
        Set<String> tried,
        boolean retry,
        RandomGenerator random,
        long now) {}

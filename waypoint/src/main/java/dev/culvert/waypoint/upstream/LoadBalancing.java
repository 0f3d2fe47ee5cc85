package dev.culvert.waypoint.upstream;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How an endpoint is chosen among those that may be (DestinationRule `loadBalancer`). Immutable.
///
/// @param hash consistent hashing, which goes before the algorithm; null for none
/// @param warmup during which a new endpoint's share grows; null for none
/// @param locality which endpoints go before others by place; null for no preference
public record LoadBalancing(
        Algorithm algorithm,
        @Nullable ConsistentHash hash,
        @Nullable Warmup warmup,
        @Nullable LocalityRules locality) {

    /// What a cluster without a DestinationRule does.
    public static final LoadBalancing DEFAULT = new LoadBalancing(Algorithm.LEAST_REQUEST, null, null, null);

    /// Among equals.
    public enum Algorithm {
        /// The one with fewer requests in flight, of two that chance drew by weight.
        LEAST_REQUEST,
        ROUND_ROBIN,
        RANDOM
    }

    /// What is hashed.
    public sealed interface HashKey {
        /// A field of the request.
        record Header(String name) implements HashKey {}

        /// A cookie; made when there is none and a life is given.
        record Cookie(String name, String path, @Nullable Duration life) implements HashKey {}

        /// The client's address.
        record SourceAddress() implements HashKey {}

        /// The first value of a query parameter.
        record QueryParameter(String name) implements HashKey {}
    }

    /// A key and the table that maps its hash.
    ///
    /// @param size least number of points of the ring, or size of the Maglev table
    public record ConsistentHash(HashKey key, int size, boolean maglev) {}

    /// How the share of a new endpoint grows.
    ///
    /// @param minimumPercent share at the start
    /// @param aggression 1: in proportion to the time; more: faster at the start
    public record Warmup(Duration duration, double minimumPercent, double aggression) {}

    /// `localityLbSetting`: shares by place, or an order of places.
    ///
    /// @param distribute from a place (`region/zone/subzone`, `*` at the end) to places with their shares
    /// @param failover from a region to the region that stands in for it
    /// @param priority labels, `key` or `key=value`, the more of which agree the sooner an endpoint is used
    public record LocalityRules(
            Map<String, Map<String, Integer>> distribute, Map<String, String> failover, List<String> priority) {
        public LocalityRules {
            distribute = Map.copyOf(distribute);
            failover = Map.copyOf(failover);
            priority = List.copyOf(priority);
        }
    }
}

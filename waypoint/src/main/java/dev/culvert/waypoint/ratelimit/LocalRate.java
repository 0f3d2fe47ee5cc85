package dev.culvert.waypoint.ratelimit;

import dev.culvert.api.waypoint.RateLimit.LocalLimit;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// A limit that is counted here. Thread-safe: its settings are immutable, its buckets free of
/// locks.
final class LocalRate {
    /// A longer key is kept as its digest.
    private static final int MAX_KEY_LENGTH = 64;

    private final LocalLimit settings;
    private final RequestCondition condition;
    private final Duration per;
    private final BucketShape shape;
    private final BucketTable buckets;

    LocalRate(LocalLimit settings) {
        this(settings, new BucketTable());
    }

    private LocalRate(LocalLimit settings, BucketTable buckets) {
        this.settings = settings;
        this.buckets = buckets;
        condition = RequestCondition.compile(settings.getMatch());
        Duration given = Duration.ofSeconds(
                settings.getPer().getSeconds(), settings.getPer().getNanos());
        per = given.isPositive() ? given : Duration.ofSeconds(1);
        // No requests at all: a bucket whose only token is never there.
        shape = settings.getRequests() == 0
                ? new BucketShape(0, per.toNanos(), 0)
                : BucketShape.of(settings.getRequests(), per, settings.getBurst());
    }

    /// Whether it counts as the other does, so that its buckets may go on in place of new ones.
    boolean isSameAs(LocalRate other) {
        return settings.equals(other.settings);
    }

    boolean concerns(RateRequest request) {
        return condition.holds(request.head());
    }

    /// Draws a token.
    ///
    /// @return 0, or the nanoseconds until there will be one
    long take(RateRequest request, long now) {
        return bucket(request, now).take(shape, now);
    }

    void giveBack(RateRequest request, long now) {
        bucket(request, now).giveBack(shape);
    }

    long remaining(RateRequest request, long now) {
        return bucket(request, now).remaining(shape, now);
    }

    List<Map.Entry<String, String>> fields(RateRequest request, long now) {
        TokenBucket bucket = bucket(request, now);
        return RateFields.quota(
                Long.toString(shape.capacity()),
                bucket.remaining(shape, now),
                Duration.ofNanos(bucket.nanosUntilFull(now)));
    }

    LocalReply refuse(RateRequest request, long now, long nanosToWait) {
        return RateFields.overLimit(
                Duration.ofNanos(nanosToWait),
                fields(request, now),
                Bytes.of("local_rate_limited"),
                "local_rate_limited");
    }

    private TokenBucket bucket(RateRequest request, long now) {
        return buckets.get(bounded(key(request)), now);
    }

    /// Requests without the header that is the key share a bucket: to leave it out is no way
    /// around the limit.
    private String key(RateRequest request) {
        return switch (settings.getKey()) {
            case NONE, UNRECOGNIZED -> "";
            case CLIENT_IDENTITY -> request.client().identity().toString();
            case HEADER -> String.join(",", request.head().headers().getAll(settings.getKeyHeader()));
            case REMOTE_ADDRESS -> request.remoteAddress();
        };
    }

    private static String bounded(String key) {
        if (key.length() <= MAX_KEY_LENGTH) {
            return key;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

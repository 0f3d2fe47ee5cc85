package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.TrafficPolicy.Algorithm;
import dev.culvert.kube.resource.TrafficPolicy.Distribute;
import dev.culvert.kube.resource.TrafficPolicy.HashKey;
import dev.culvert.kube.resource.TrafficPolicy.HashTable;
import dev.culvert.kube.resource.TrafficPolicy.LoadBalancer;
import dev.culvert.kube.resource.TrafficPolicy.Locality;
import dev.culvert.kube.resource.TrafficPolicy.Warmup;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decodes the field `loadBalancer` of a traffic policy.
final class LoadBalancerDecoder {
    private static final int RING_SIZE = 1024;
    private static final int MAX_RING_SIZE = 8 << 20;
    private static final int MAGLEV_SIZE = 65_537;
    private static final int MAX_MAGLEV_SIZE = 5_000_011;
    private static final double WARMUP_PERCENT = 10;
    private static final List<String> HASH_KEYS =
            List.of("httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName");

    private LoadBalancerDecoder() {}

    static LoadBalancer decode(Fields fields) {
        if (fields.has("simple") && fields.has("consistentHash")) {
            throw fields.refused("consistentHash", "stands beside simple; expected only one of them");
        }
        return new LoadBalancer(
                fields.has("consistentHash") ? consistentHash(fields.object("consistentHash")) : simple(fields),
                fields.has("localityLbSetting") ? locality(fields.object("localityLbSetting")) : null,
                warmup(fields));
    }

    private static Algorithm simple(Fields fields) {
        return switch (fields.text("simple", "UNSPECIFIED")) {
            case "UNSPECIFIED" -> new Algorithm.Default();
            case "ROUND_ROBIN" -> new Algorithm.RoundRobin();
            // The old name of the second.
            case "LEAST_CONN", "LEAST_REQUEST" -> new Algorithm.LeastRequest();
            case "RANDOM" -> new Algorithm.Random();
            case "PASSTHROUGH" -> new Algorithm.Passthrough();
            default -> throw fields.wrong("simple", "one of LEAST_REQUEST, ROUND_ROBIN, RANDOM, PASSTHROUGH");
        };
    }

    private static Algorithm consistentHash(Fields fields) {
        List<String> keys = HASH_KEYS.stream().filter(fields::has).toList();
        if (keys.size() != 1) {
            throw fields.refused(
                    "has " + (keys.isEmpty() ? "none" : "several") + " of " + HASH_KEYS + "; expected one");
        }
        return new Algorithm.ConsistentHash(key(fields, keys.getFirst()), table(fields));
    }

    private static HashKey key(Fields fields, String name) {
        return switch (name) {
            case "httpHeaderName" -> new HashKey.Header(fields.requiredText(name, Formats.HEADER_NAME));
            case "httpQueryParameterName" -> new HashKey.QueryParameter(fields.requiredText(name));
            case "httpCookie" -> cookie(fields.object(name));
            default -> {
                if (!fields.flag(name, false)) {
                    throw fields.wrong(name, "true");
                }
                yield new HashKey.SourceIp();
            }
        };
    }

    private static HashKey cookie(Fields fields) {
        Duration ttl = fields.duration("ttl");
        return new HashKey.Cookie(
                fields.requiredText("name", Formats.HEADER_NAME),
                ttl != null,
                fields.text("path", ""),
                ttl == null ? Duration.ZERO : ttl,
                fields.objects(
                        "attributes",
                        attribute ->
                                new HashKey.Attribute(attribute.requiredText("name"), attribute.text("value", ""))));
    }

    private static HashTable table(Fields fields) {
        if (!fields.has("maglev")) {
            // The second is where the first versions of the API have it.
            Fields ring = fields.has("ringHash") ? fields.object("ringHash") : fields;
            int size = ring.integer("minimumRingSize", 0, MAX_RING_SIZE, 0);
            return new HashTable.Ring(size == 0 ? RING_SIZE : size);
        }
        if (fields.has("ringHash")) {
            throw fields.refused("maglev", "stands beside ringHash; expected only one of them");
        }
        Fields maglev = fields.object("maglev");
        int size = maglev.integer("tableSize", 2, MAX_MAGLEV_SIZE, MAGLEV_SIZE);
        if (!BigInteger.valueOf(size).isProbablePrime(20)) {
            throw maglev.wrong("tableSize", "a prime number");
        }
        return new HashTable.Maglev(size);
    }

    static Locality locality(Fields fields) {
        boolean distributes = fields.has("distribute");
        if (distributes && (fields.has("failover") || fields.has("failoverPriority"))) {
            throw fields.refused("distribute", "stands beside failover or failoverPriority; expected only one of them");
        }
        Map<String, String> failover = new HashMap<>();
        fields.objects("failover", pair -> failover.put(pair.requiredText("from"), pair.requiredText("to")));
        return new Locality(
                fields.has("enabled") ? fields.flag("enabled", true) : null,
                fields.objects("distribute", LoadBalancerDecoder::distribute),
                failover,
                fields.texts("failoverPriority"));
    }

    private static Distribute distribute(Fields fields) {
        Map<String, Integer> to = new HashMap<>();
        Fields shares = fields.object("to");
        shares.names().forEach(place -> to.put(place, shares.integer(place, 1, 100, 0)));
        int sum = to.values().stream().mapToInt(Integer::intValue).sum();
        if (sum != 100) {
            throw fields.refused("to", "has shares of " + sum + " together; expected 100");
        }
        return new Distribute(fields.requiredText("from"), to);
    }

    private static @Nullable Warmup warmup(Fields owner) {
        if (!owner.has("warmup")) {
            // The only setting in the first versions of the API.
            Duration duration = TrafficPolicyDecoder.positive(owner, "warmupDurationSecs");
            return duration == null ? null : new Warmup(duration, WARMUP_PERCENT, 1);
        }
        Fields fields = owner.object("warmup");
        Duration duration = TrafficPolicyDecoder.positive(fields, "duration");
        if (duration == null) {
            throw fields.wrong("duration", "a duration of at least 1ms");
        }
        return new Warmup(
                duration,
                fields.number("minimumPercent", 0, 100, WARMUP_PERCENT),
                fields.number("aggression", 1, 1_000, 1));
    }
}

package dev.culvert.waypoint.upstream;

import dev.culvert.api.waypoint.ClientTls;
import dev.culvert.api.waypoint.ConnectionPool;
import dev.culvert.api.waypoint.LoadBalancer;
import dev.culvert.api.waypoint.OutlierDetection;
import dev.culvert.waypoint.upstream.LoadBalancing.Algorithm;
import dev.culvert.waypoint.upstream.LoadBalancing.ConsistentHash;
import dev.culvert.waypoint.upstream.LoadBalancing.HashKey;
import dev.culvert.waypoint.upstream.LoadBalancing.LocalityRules;
import dev.culvert.waypoint.upstream.LoadBalancing.Warmup;
import dev.culvert.waypoint.upstream.TrafficPolicy.Limits;
import dev.culvert.waypoint.upstream.TrafficPolicy.Outliers;
import dev.culvert.waypoint.upstream.TrafficPolicy.Tls;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lays the messages of a cluster, its port and its subset over each other, part by part: the last one that has a part
/// says all of it (DestinationRule: subset before port before all). Without state.
final class TrafficPolicyDecoder {
    private static final int RING = 1024;
    private static final int MAGLEV = 65_537;
    private static final int MAXIMUM_TABLE = 8 * 1024 * 1024;
    private static final double DEFAULT_MINIMUM_PERCENT = 10;

    private TrafficPolicyDecoder() {}

    /// @param layers the weakest first
    static TrafficPolicy decode(List<dev.culvert.api.waypoint.TrafficPolicy> layers) {
        LoadBalancing loadBalancing = LoadBalancing.DEFAULT;
        Limits limits = Limits.DEFAULT;
        Outliers outliers = null;
        Tls tls = null;
        int proxyProtocol = 0;
        for (var layer : layers) {
            if (layer.hasLoadBalancer()) {
                loadBalancing = loadBalancing(layer.getLoadBalancer());
            }
            if (layer.hasConnectionPool()) {
                limits = limits(layer.getConnectionPool());
            }
            if (layer.hasOutlierDetection()) {
                outliers = outliers(layer.getOutlierDetection());
            }
            if (layer.hasTls()) {
                tls = layer.getTls().getMode() == ClientTls.Mode.DISABLE ? null : tls(layer.getTls());
            }
            if (layer.getProxyProtocol() != 0) {
                proxyProtocol = layer.getProxyProtocol();
            }
        }
        return new TrafficPolicy(loadBalancing, limits, outliers, tls, proxyProtocol);
    }

    private static LoadBalancing loadBalancing(LoadBalancer message) {
        Algorithm algorithm = switch (message.getAlgorithm()) {
            case ROUND_ROBIN -> Algorithm.ROUND_ROBIN;
            case RANDOM -> Algorithm.RANDOM;
            // An address that clients ask for is that of the service, so there is nothing to pass through to.
            case LEAST_REQUEST, PASSTHROUGH, UNRECOGNIZED -> Algorithm.LEAST_REQUEST;
        };
        Duration warmup = message.hasWarmup() ? duration(message.getWarmup()) : Duration.ZERO;
        return new LoadBalancing(
                algorithm,
                message.hasConsistentHash() ? hash(message.getConsistentHash()) : null,
                warmup.isZero() ? null : warmup(warmup, message),
                message.hasLocality() && message.getLocality().getEnabled() ? locality(message.getLocality()) : null);
    }

    private static Warmup warmup(Duration duration, LoadBalancer message) {
        double minimum = message.getWarmupMinimumPercent();
        double aggression = message.getWarmupAggression();
        return new Warmup(
                duration, minimum > 0 ? Math.min(minimum, 100) : DEFAULT_MINIMUM_PERCENT, Math.max(aggression, 1));
    }

    private static @Nullable ConsistentHash hash(dev.culvert.api.waypoint.ConsistentHash message) {
        HashKey key = switch (message.getKeyCase()) {
            case HEADER -> new HashKey.Header(message.getHeader());
            case COOKIE ->
                new HashKey.Cookie(
                        message.getCookie().getName(),
                        message.getCookie().getPath(),
                        message.getCookie().hasTtl()
                                ? duration(message.getCookie().getTtl())
                                : null);
            case SOURCE_IP -> new HashKey.SourceAddress();
            case QUERY_PARAMETER -> new HashKey.QueryParameter(message.getQueryParameter());
            case KEY_NOT_SET -> null;
        };
        if (key == null) {
            return null;
        }
        long size = message.getSize() == 0 ? (message.getMaglev() ? MAGLEV : RING) : message.getSize();
        return new ConsistentHash(key, Math.clamp(size, 1, MAXIMUM_TABLE), message.getMaglev());
    }

    private static LocalityRules locality(dev.culvert.api.waypoint.LocalityRules message) {
        Map<String, Map<String, Integer>> distribute = new HashMap<>();
        message.getDistributeList().forEach(each -> distribute.put(each.getFrom(), Map.copyOf(each.getToMap())));
        Map<String, String> failover = new HashMap<>();
        message.getFailoverList().forEach(each -> failover.put(each.getFrom(), each.getTo()));
        return new LocalityRules(distribute, failover, message.getFailoverPriorityList());
    }

    private static Limits limits(ConnectionPool message) {
        return new Limits(
                number(message.getMaxConnections()),
                number(message.getHttp1MaxPendingRequests()),
                number(message.getHttp2MaxRequests()),
                number(message.getMaxRequestsPerConnection()),
                number(message.getMaxRetries()),
                number(message.getMaxConcurrentStreams()),
                message.hasConnectTimeout() ? duration(message.getConnectTimeout()) : null,
                message.hasTcpIdleTimeout() ? duration(message.getTcpIdleTimeout()) : null,
                message.hasHttpIdleTimeout() ? duration(message.getHttpIdleTimeout()) : null,
                message.hasMaxConnectionDuration() ? duration(message.getMaxConnectionDuration()) : null,
                message.getHttp2Upgrade() == ConnectionPool.Upgrade.UPGRADE,
                message.getUseClientProtocol());
    }

    /// Unsigned on the wire; 0 says nothing.
    private static int number(int value) {
        return value <= 0 ? Integer.MAX_VALUE : value;
    }

    private static Outliers outliers(OutlierDetection message) {
        Duration interval = message.hasInterval() ? duration(message.getInterval()) : Duration.ofSeconds(10);
        Duration ejection =
                message.hasBaseEjectionTime() ? duration(message.getBaseEjectionTime()) : Duration.ofSeconds(30);
        return new Outliers(
                message.getConsecutive5Xx(),
                message.getConsecutiveGatewayErrors(),
                message.getSplitLocalOriginErrors(),
                message.getConsecutiveLocalOriginFailures(),
                interval,
                ejection,
                message.getMaxEjectionPercent() == 0 ? 10 : Math.min(message.getMaxEjectionPercent(), 100),
                Math.min(message.getMinHealthPercent(), 100));
    }

    private static Tls tls(ClientTls message) {
        return new Tls(
                message.getSni(),
                message.getSubjectAltNamesList(),
                message.getCaCertificates(),
                message.getInsecureSkipVerify(),
                message.getClientCertificate(),
                message.getPrivateKey(),
                message.getInvalid());
    }

    static Duration duration(com.google.protobuf.Duration message) {
        return Duration.ofSeconds(message.getSeconds(), message.getNanos());
    }
}

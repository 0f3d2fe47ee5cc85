package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.ClientTls;
import dev.culvert.api.waypoint.ConnectionPool;
import dev.culvert.api.waypoint.ConsistentHash;
import dev.culvert.api.waypoint.LoadBalancer;
import dev.culvert.api.waypoint.LocalityRules;
import dev.culvert.api.waypoint.OutlierDetection;
import dev.culvert.api.waypoint.TrafficPolicy;
import dev.culvert.kube.resource.ConnectionPool.H2Upgrade;
import dev.culvert.kube.resource.TrafficPolicy.Algorithm;
import dev.culvert.kube.resource.TrafficPolicy.ClientTls.Mode;
import dev.culvert.kube.resource.TrafficPolicy.Distribute;
import dev.culvert.kube.resource.TrafficPolicy.HashKey;
import dev.culvert.kube.resource.TrafficPolicy.HashTable;
import dev.culvert.kube.resource.TrafficPolicy.Locality;
import dev.culvert.kube.resource.TrafficPolicy.ProxyProtocol;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes the traffic policies of DestinationRules. Pure.
final class TrafficMessages {
    private static final int CONSECUTIVE_5XX = 5;
    private static final int LOCAL_FAILURES = 5;
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration EJECTION = Duration.ofSeconds(30);
    private static final int EJECTED_PERCENT = 10;

    private TrafficMessages() {}

    /// What `policy` says, single ports left out.
    static TrafficPolicy of(dev.culvert.kube.resource.TrafficPolicy policy) {
        TrafficPolicy.Builder built = TrafficPolicy.newBuilder();
        if (policy.loadBalancer() != null) {
            built.setLoadBalancer(balancer(policy.loadBalancer()));
        }
        if (policy.connectionPool() != null) {
            built.setConnectionPool(pool(policy.connectionPool()));
        }
        if (policy.outlierDetection() != null) {
            built.setOutlierDetection(outliers(policy.outlierDetection()));
        }
        if (policy.tls() != null && policy.tls().mode() != Mode.ISTIO_MUTUAL) {
            built.setTls(tls(policy.tls()));
        }
        if (policy.proxyProtocol() != null) {
            built.setProxyProtocol(policy.proxyProtocol() == ProxyProtocol.V1 ? 1 : 2);
        }
        return built.build();
    }

    /// What `policy`, which is of a single port, says: nothing wider holds there, so each part is told.
    static TrafficPolicy alone(dev.culvert.kube.resource.TrafficPolicy policy) {
        TrafficPolicy.Builder built = of(policy).toBuilder();
        if (!built.hasLoadBalancer()) {
            built.setLoadBalancer(LoadBalancer.getDefaultInstance());
        }
        if (!built.hasConnectionPool()) {
            built.setConnectionPool(ConnectionPool.getDefaultInstance());
        }
        if (!built.hasOutlierDetection()) {
            built.setOutlierDetection(OutlierDetection.getDefaultInstance());
        }
        if (!built.hasTls()) {
            built.setTls(ClientTls.getDefaultInstance());
        }
        return built.build();
    }

    private static LoadBalancer balancer(dev.culvert.kube.resource.TrafficPolicy.LoadBalancer balancer) {
        LoadBalancer.Builder built = LoadBalancer.newBuilder();
        switch (balancer.algorithm()) {
            case Algorithm.Default(), Algorithm.LeastRequest() ->
                built.setAlgorithm(LoadBalancer.Algorithm.LEAST_REQUEST);
            case Algorithm.RoundRobin() -> built.setAlgorithm(LoadBalancer.Algorithm.ROUND_ROBIN);
            case Algorithm.Random() -> built.setAlgorithm(LoadBalancer.Algorithm.RANDOM);
            case Algorithm.Passthrough() -> built.setAlgorithm(LoadBalancer.Algorithm.PASSTHROUGH);
            case Algorithm.ConsistentHash(HashKey key, HashTable table) -> built.setConsistentHash(hash(key, table));
        }
        if (balancer.warmup() != null) {
            built.setWarmup(Durations.of(balancer.warmup().duration()))
                    .setWarmupMinimumPercent(balancer.warmup().minimumPercent())
                    .setWarmupAggression(balancer.warmup().aggression());
        }
        if (balancer.locality() != null) {
            built.setLocality(locality(balancer.locality()));
        }
        return built.build();
    }

    private static ConsistentHash hash(HashKey key, HashTable table) {
        ConsistentHash.Builder built = ConsistentHash.newBuilder();
        switch (key) {
            case HashKey.Header(String name) -> built.setHeader(name);
            case HashKey.SourceIp() -> built.setSourceIp(true);
            case HashKey.QueryParameter(String name) -> built.setQueryParameter(name);
            case HashKey.Cookie cookie -> {
                ConsistentHash.Cookie.Builder made = ConsistentHash.Cookie.newBuilder()
                        .setName(cookie.name())
                        .setPath(cookie.path());
                built.setCookie(cookie.made() ? made.setTtl(Durations.of(cookie.ttl())) : made);
            }
        }
        return switch (table) {
            case HashTable.Ring(int size) -> built.setSize(size).build();
            case HashTable.Maglev(int size) ->
                built.setSize(size).setMaglev(true).build();
        };
    }

    static LocalityRules locality(Locality locality) {
        LocalityRules.Builder built = LocalityRules.newBuilder()
                .setEnabled(locality.enabled() == null || locality.enabled())
                .addAllFailoverPriority(locality.failoverPriority());
        for (Distribute distribute : locality.distribute()) {
            built.addDistribute(LocalityRules.Distribute.newBuilder()
                    .setFrom(distribute.from())
                    .putAllTo(distribute.to()));
        }
        for (Map.Entry<String, String> failover : new TreeMap<>(locality.failover()).entrySet()) {
            built.addFailover(LocalityRules.Failover.newBuilder()
                    .setFrom(failover.getKey())
                    .setTo(failover.getValue()));
        }
        return built.build();
    }

    private static ConnectionPool pool(dev.culvert.kube.resource.ConnectionPool pool) {
        var tcp = pool.tcp();
        var http = pool.http();
        ConnectionPool.Builder built = ConnectionPool.newBuilder()
                .setMaxConnections(tcp.maxConnections())
                .setHttp1MaxPendingRequests(http.maxPendingRequests())
                .setHttp2MaxRequests(http.maxRequests())
                .setMaxRequestsPerConnection(http.maxRequestsPerConnection())
                .setMaxRetries(http.maxRetries())
                .setMaxConcurrentStreams(http.maxConcurrentStreams())
                .setHttp2Upgrade(upgrade(http.h2Upgrade()))
                .setUseClientProtocol(http.useClientProtocol());
        if (tcp.connectTimeout() != null) {
            built.setConnectTimeout(Durations.of(tcp.connectTimeout()));
        }
        if (tcp.idleTimeout() != null) {
            built.setTcpIdleTimeout(Durations.of(tcp.idleTimeout()));
        }
        if (tcp.maxConnectionDuration() != null) {
            built.setMaxConnectionDuration(Durations.of(tcp.maxConnectionDuration()));
        }
        if (http.idleTimeout() != null) {
            built.setHttpIdleTimeout(Durations.of(http.idleTimeout()));
        }
        return built.build();
    }

    private static ConnectionPool.Upgrade upgrade(H2Upgrade upgrade) {
        return switch (upgrade) {
            case DEFAULT -> ConnectionPool.Upgrade.DEFAULT;
            case UPGRADE -> ConnectionPool.Upgrade.UPGRADE;
            case DO_NOT_UPGRADE -> ConnectionPool.Upgrade.DO_NOT_UPGRADE;
        };
    }

    private static OutlierDetection outliers(dev.culvert.kube.resource.TrafficPolicy.OutlierDetection detection) {
        return OutlierDetection.newBuilder()
                .setConsecutive5Xx(orElse(detection.consecutive5xxErrors(), CONSECUTIVE_5XX))
                .setConsecutiveGatewayErrors(orElse(detection.consecutiveGatewayErrors(), 0))
                .setSplitLocalOriginErrors(detection.splitLocalOriginErrors())
                .setConsecutiveLocalOriginFailures(orElse(detection.consecutiveLocalOriginFailures(), LOCAL_FAILURES))
                .setInterval(Durations.of(detection.interval() == null ? INTERVAL : detection.interval()))
                .setBaseEjectionTime(
                        Durations.of(detection.baseEjectionTime() == null ? EJECTION : detection.baseEjectionTime()))
                .setMaxEjectionPercent(
                        detection.maxEjectionPercent() == 0 ? EJECTED_PERCENT : detection.maxEjectionPercent())
                .setMinHealthPercent(detection.minHealthPercent())
                .build();
    }

    private static int orElse(@Nullable Integer value, int fallback) {
        return value == null ? fallback : value;
    }

    /// Files and secrets stay where they are, so what needs them cannot be used, and says so.
    private static ClientTls tls(dev.culvert.kube.resource.TrafficPolicy.ClientTls tls) {
        ClientTls.Builder built = ClientTls.newBuilder()
                .setSni(tls.sni())
                .addAllSubjectAltNames(tls.subjectAltNames())
                .setInsecureSkipVerify(tls.insecureSkipVerify() != null && tls.insecureSkipVerify());
        switch (tls.mode()) {
            case DISABLE, ISTIO_MUTUAL -> built.setMode(ClientTls.Mode.DISABLE);
            case SIMPLE -> built.setMode(ClientTls.Mode.SIMPLE);
            case MUTUAL ->
                built.setMode(ClientTls.Mode.MUTUAL)
                        .setInvalid(
                                "mode MUTUAL needs files or a secret of" + " the proxy, which waypoints do not have");
        }
        if (tls.mode() == Mode.SIMPLE
                && !(tls.caCertificates().isEmpty()
                        && tls.credentialName().isEmpty()
                        && tls.caCrl().isEmpty())) {
            built.setInvalid("caCertificates and credentialName name files or a secret, which waypoints do not have");
        }
        return built.build();
    }
}

package dev.culvert.kube.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.kube.resource.ConnectionPool.H2Upgrade;
import dev.culvert.kube.resource.ConnectionPool.Keepalive;
import dev.culvert.kube.resource.ConnectionPool.Pings;
import dev.culvert.kube.resource.TrafficPolicy.Algorithm;
import dev.culvert.kube.resource.TrafficPolicy.ClientTls;
import dev.culvert.kube.resource.TrafficPolicy.Distribute;
import dev.culvert.kube.resource.TrafficPolicy.HashKey;
import dev.culvert.kube.resource.TrafficPolicy.HashTable;
import dev.culvert.kube.resource.TrafficPolicy.LoadBalancer;
import dev.culvert.kube.resource.TrafficPolicy.OutlierDetection;
import dev.culvert.kube.resource.TrafficPolicy.ProxyProtocol;
import dev.culvert.kube.resource.TrafficPolicy.Warmup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DestinationRuleTest {
    private static final String LIMITS = """
          trafficPolicy:
            connectionPool:
              tcp:
                maxConnections: 100
                connectTimeout: 30ms
                maxConnectionDuration: 1h
                idleTimeout: 0s
                tcpKeepalive: {probes: 3, time: 7200s, interval: 75s}
              http:
                http1MaxPendingRequests: 1
                http2MaxRequests: 2
                maxRequestsPerConnection: 3
                maxRetries: 4
                maxConcurrentStreams: 5
                idleTimeout: 6s
                h2UpgradePolicy: UPGRADE
                useClientProtocol: true
                http2KeepAlive: {interval: 10s, timeout: 5s}
            outlierDetection:
              consecutive5xxErrors: 0
              consecutiveGatewayErrors: 7
              consecutiveLocalOriginFailures: 2
              splitExternalLocalOriginErrors: true
              interval: 5m
              baseEjectionTime: 15m
              maxEjectionPercent: 50
              minHealthPercent: 20
              outlierDetectionHttpErrorCodes: [500, 429]
            tls:
              mode: MUTUAL
              clientCertificate: /c
              privateKey: /k
              caCertificates: /ca
              caCrl: /crl
              subjectAltNames: [a]
              sni: b
              insecureSkipVerify: false
        """;

    private static final HashTable RING = new HashTable.Ring(1024);

    static List<Object[]> algorithms() {
        return List.of(
                row("{}", new Algorithm.Default()),
                row("{simple: ROUND_ROBIN}", new Algorithm.RoundRobin()),
                row("{simple: LEAST_REQUEST}", new Algorithm.LeastRequest()),
                row("{simple: LEAST_CONN}", new Algorithm.LeastRequest()),
                row("{simple: RANDOM}", new Algorithm.Random()),
                row("{simple: PASSTHROUGH}", new Algorithm.Passthrough()),
                row(
                        "{consistentHash: {httpHeaderName: x-user}}",
                        new Algorithm.ConsistentHash(new HashKey.Header("x-user"), RING)),
                row(
                        "{consistentHash: {useSourceIp: true, minimumRingSize: 64}}",
                        new Algorithm.ConsistentHash(new HashKey.SourceIp(), new HashTable.Ring(64))),
                row(
                        "{consistentHash: {httpQueryParameterName: q, ringHash: {minimumRingSize: 2048}}}",
                        new Algorithm.ConsistentHash(new HashKey.QueryParameter("q"), new HashTable.Ring(2048))),
                row(
                        "{consistentHash: {httpCookie: {name: s, path: /, ttl: 0s, attributes:"
                                + " [{name: SameSite, value: Lax}, {name: Secure}]}, maglev: {tableSize: 251}}}",
                        new Algorithm.ConsistentHash(
                                new HashKey.Cookie(
                                        "s",
                                        true,
                                        "/",
                                        Duration.ZERO,
                                        List.of(
                                                new HashKey.Attribute("SameSite", "Lax"),
                                                new HashKey.Attribute("Secure", ""))),
                                new HashTable.Maglev(251))),
                row(
                        "{consistentHash: {httpCookie: {name: s}, maglev: {}}}",
                        new Algorithm.ConsistentHash(
                                new HashKey.Cookie("s", false, "", Duration.ZERO, List.of()),
                                new HashTable.Maglev(65537))));
    }

    private static Object[] row(String yaml, Algorithm algorithm) {
        return new Object[] {yaml, algorithm};
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void readsEachWayToChooseAnEndpoint(String yaml, Algorithm expected) {
        DestinationRule rule = rule("  trafficPolicy: {loadBalancer: " + yaml + "}\n");
        assertThat(Objects.requireNonNull(rule.trafficPolicy().loadBalancer()).algorithm())
                .isEqualTo(expected);
    }

    @Test
    void readsLocalityAndWarmup() {
        LoadBalancer balancer = Objects.requireNonNull(rule("""
                  trafficPolicy:
                    loadBalancer:
                      localityLbSetting:
                        enabled: false
                        failover: [{from: a, to: b}]
                        failoverPriority: [topology.kubernetes.io/zone, version=v1]
                      warmup: {duration: 30s, minimumPercent: 20, aggression: 1.5}
                """).trafficPolicy().loadBalancer());
        var locality = Objects.requireNonNull(balancer.locality());
        assertThat(locality.enabled()).isFalse();
        assertThat(locality.failover()).isEqualTo(Map.of("a", "b"));
        assertThat(locality.failoverPriority()).containsExactly("topology.kubernetes.io/zone", "version=v1");
        assertThat(balancer.warmup()).isEqualTo(new Warmup(Duration.ofSeconds(30), 20, 1.5));
    }

    @Test
    void readsADistributionAndTheOlderWarmup() {
        LoadBalancer balancer = Objects.requireNonNull(rule("""
                  trafficPolicy:
                    loadBalancer:
                      localityLbSetting: {distribute: [{from: a/*, to: {"a/*": 80, "b/*": 20}}]}
                      warmupDurationSecs: 1m
                """).trafficPolicy().loadBalancer());
        assertThat(Objects.requireNonNull(balancer.locality()).distribute())
                .containsExactly(new Distribute("a/*", Map.of("a/*", 80, "b/*", 20)));
        assertThat(balancer.warmup()).isEqualTo(new Warmup(Duration.ofMinutes(1), 10, 1));
    }

    @Test
    void readsLimitsOutlierDetectionAndTls() {
        TrafficPolicy policy = rule(LIMITS).trafficPolicy();
        assertThat(policy.connectionPool())
                .isEqualTo(new ConnectionPool(
                        new ConnectionPool.Tcp(
                                100,
                                Duration.ofMillis(30),
                                Duration.ofHours(1),
                                Duration.ZERO,
                                new Keepalive(3, Duration.ofHours(2), Duration.ofSeconds(75))),
                        new ConnectionPool.Http(
                                1,
                                2,
                                3,
                                4,
                                5,
                                Duration.ofSeconds(6),
                                H2Upgrade.UPGRADE,
                                true,
                                new Pings(Duration.ofSeconds(10), Duration.ofSeconds(5)))));
        assertThat(policy.outlierDetection())
                .isEqualTo(new OutlierDetection(
                        0, 7, 2, true, Duration.ofMinutes(5), Duration.ofMinutes(15), 50, 20, List.of(500, 429)));
        assertThat(policy.tls())
                .isEqualTo(
                        new ClientTls(ClientTls.Mode.MUTUAL, "/c", "/k", "/ca", "/crl", "", List.of("a"), "b", false));
    }

    @Test
    void aSubsetChangesWhatItNamesAndAPortReplacesAll() {
        DestinationRule rule = rule("""
                  trafficPolicy:
                    loadBalancer: {simple: RANDOM}
                    outlierDetection: {maxEjectionPercent: 10}
                    proxyProtocol: {version: V2}
                    portLevelSettings:
                    - port: {number: 9090}
                      loadBalancer: {simple: ROUND_ROBIN}
                  subsets:
                  - name: v1
                    labels: {version: v1}
                    trafficPolicy:
                      loadBalancer: {simple: LEAST_REQUEST}
                      portLevelSettings:
                      - port: {number: 7070}
                        outlierDetection: {maxEjectionPercent: 70}
                """);
        DestinationRule.Subset v1 = Objects.requireNonNull(rule.subset("v1"));
        assertThat(v1.labels()).isEqualTo(Map.of("version", "v1"));
        assertThat(rule.subset("v2")).isNull();
        assertThat(told(rule.policy(80))).isEqualTo("Random[] 10 V2");
        assertThat(told(rule.policy(9090))).isEqualTo("RoundRobin[] null V2");
        assertThat(told(rule.policy(80, v1))).isEqualTo("LeastRequest[] 10 V2");
        assertThat(told(rule.policy(7070, v1))).isEqualTo("null 70 V2");
        assertThat(told(rule.policy(9090, v1))).isEqualTo("LeastRequest[] null V2");
        assertThat(rule.policy(80).proxyProtocol()).isEqualTo(ProxyProtocol.V2);
    }

    @Test
    void readsTheRest() {
        DestinationRule rule = rule("""
                  exportTo: ["."]
                  workloadSelector: {matchLabels: {app: web}}
                """);
        assertThat(rule.host()).isEqualTo("echo");
        assertThat(rule.exportTo()).containsExactly(".");
        assertThat(rule.workloadSelector()).isEqualTo(Map.of("app", "web"));
        assertThat(rule.trafficPolicy()).isEqualTo(TrafficPolicy.NONE);
        assertThat(rule.subsets()).isEmpty();
    }

    private static String told(TrafficPolicy policy) {
        LoadBalancer balancer = policy.loadBalancer();
        OutlierDetection outlier = policy.outlierDetection();
        return (balancer == null ? null : balancer.algorithm())
                + " "
                + (outlier == null ? null : outlier.maxEjectionPercent())
                + " "
                + policy.proxyProtocol();
    }

    private static DestinationRule rule(String rest) {
        return Manifest.read(DestinationRule.class, """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: d, namespace: shop}
                spec:
                  host: echo
                """ + rest);
    }
}

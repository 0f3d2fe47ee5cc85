package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.ConnectionPool;
import dev.culvert.api.waypoint.LoadBalancer;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.kube.resource.Kinds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From DestinationRules and the mesh configuration to the clusters of a waypoint.
@Timeout(30)
final class DestinationRuleTest {
    private static WaypointFixture mesh(String yaml) {
        return new WaypointFixture(WaypointFixture.GATEWAY + WaypointFixture.SERVICES + yaml);
    }

    private static String rule(String name, String namespace, String spec) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %s, namespace: %s}
                spec:
                """.formatted(name, namespace) + spec.indent(2);
    }

    private static LoadBalancer.Algorithm algorithm(Cluster cluster) {
        return cluster.getPolicy().getLoadBalancer().getAlgorithm();
    }

    @Test
    void everyPartOfThePolicyIsTold() {
        try (var mesh = mesh(rule("d", "shop", """
                host: web.shop.svc.cluster.local
                trafficPolicy:
                  loadBalancer:
                    consistentHash: {httpCookie: {name: c, path: /, ttl: 60s}, maglev: {tableSize: 5003}}
                    warmup: {duration: 30s, minimumPercent: 5, aggression: 2}
                  connectionPool:
                    tcp: {maxConnections: 9, connectTimeout: 2s, idleTimeout: 30s, maxConnectionDuration: 1h}
                    http:
                      http1MaxPendingRequests: 3
                      http2MaxRequests: 4
                      maxRequestsPerConnection: 5
                      maxRetries: 6
                      idleTimeout: 7s
                      h2UpgradePolicy: UPGRADE
                  outlierDetection:
                    consecutive5xxErrors: 2
                    consecutiveGatewayErrors: 1
                    interval: 5s
                    baseEjectionTime: 9s
                    maxEjectionPercent: 40
                    minHealthPercent: 20
                  tls: {mode: SIMPLE, sni: inner.example}
                  portLevelSettings:
                  - {port: {number: 7070}, loadBalancer: {simple: ROUND_ROBIN}}
                subsets:
                - {name: v1, labels: {version: v1}}
                - {name: v2, labels: {version: v2}, trafficPolicy: {loadBalancer: {simple: RANDOM}}}
                """))) {
            Cluster cluster = mesh.cluster("web");
            var hash = cluster.getPolicy().getLoadBalancer().getConsistentHash();
            assertThat(hash.getCookie().getName()).isEqualTo("c");
            assertThat(hash.getMaglev()).isTrue();
            assertThat(hash.getSize()).isEqualTo(5003);
            assertThat(cluster.getPolicy().getLoadBalancer().getWarmup().getSeconds())
                    .isEqualTo(30);
            var pool = cluster.getPolicy().getConnectionPool();
            assertThat(pool.getMaxConnections()).isEqualTo(9);
            assertThat(pool.getHttp1MaxPendingRequests()).isEqualTo(3);
            assertThat(pool.getHttp2MaxRequests()).isEqualTo(4);
            assertThat(pool.getMaxRequestsPerConnection()).isEqualTo(5);
            assertThat(pool.getMaxRetries()).isEqualTo(6);
            assertThat(pool.getHttp2Upgrade()).isEqualTo(ConnectionPool.Upgrade.UPGRADE);
            var outliers = cluster.getPolicy().getOutlierDetection();
            assertThat(outliers.getConsecutive5Xx()).isEqualTo(2);
            assertThat(outliers.getConsecutiveGatewayErrors()).isEqualTo(1);
            assertThat(outliers.getMaxEjectionPercent()).isEqualTo(40);
            assertThat(cluster.getPolicy().getTls().getSni()).isEqualTo("inner.example");
            assertThat(cluster.getPorts(1).getPolicy().getLoadBalancer().getAlgorithm())
                    .isEqualTo(LoadBalancer.Algorithm.ROUND_ROBIN);
            assertThat(cluster.getPorts(1).getPolicy().hasOutlierDetection())
                    .as("nothing wider holds at a port of its own")
                    .isTrue();
            assertThat(cluster.getSubsets(0).getLabelsMap()).containsEntry("version", "v1");
            assertThat(cluster.getSubsets(1).getPolicy().getLoadBalancer().getAlgorithm())
                    .isEqualTo(LoadBalancer.Algorithm.RANDOM);
        }
    }

    @Test
    void theServicesNamespaceCountsBeforeTheRootAndTheHostBeforeAWildcard() {
        String random = "trafficPolicy: {loadBalancer: {simple: RANDOM}}\n";
        String robin = "trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}\n";
        try (var mesh = mesh(rule("wide", "istio-system", "host: '*.cluster.local'\n" + random))) {
            assertThat(algorithm(mesh.cluster("web"))).isEqualTo(LoadBalancer.Algorithm.RANDOM);
            mesh.source.apply(rule("stranger", "other", "host: web.shop.svc.cluster.local\n" + robin));
            mesh.source.apply(rule("own", "shop", "host: web\n" + robin));
            await().until(() -> algorithm(mesh.cluster("web")) == LoadBalancer.Algorithm.ROUND_ROBIN);
            mesh.source.apply(rule("own", "shop", "host: web\nexportTo: [elsewhere]\n" + robin));
            await().until(() -> algorithm(mesh.cluster("web")) == LoadBalancer.Algorithm.RANDOM);
            mesh.source.delete(Kinds.DESTINATION_RULE, "istio-system", "wide");
            await().until(() -> algorithm(mesh.cluster("web")) == LoadBalancer.Algorithm.LEAST_REQUEST);
        }
    }

    @Test
    void placesCountWhereFailuresCanBeTold() {
        String failover = "loadBalancer: {localityLbSetting: {failover: [{from: a, to: b}]}}";
        try (var mesh = mesh(rule("d", "shop", "host: web\ntrafficPolicy: {" + failover + "}\n")
                + rule("e", "shop", "host: api\ntrafficPolicy: {outlierDetection: {interval: 1s}}\n"))) {
            assertThat(mesh.cluster("web").getPolicy().getLoadBalancer().hasLocality())
                    .isFalse();
            assertThat(mesh.cluster("api")
                            .getPolicy()
                            .getLoadBalancer()
                            .getLocality()
                            .getEnabled())
                    .isTrue();
            mesh.source.apply(rule(
                    "d", "shop", "host: web\ntrafficPolicy: {" + failover + ", outlierDetection: {interval: 1s}}\n"));
            await().until(() ->
                    mesh.cluster("web").getPolicy().getLoadBalancer().hasLocality());
            assertThat(mesh.cluster("web")
                            .getPolicy()
                            .getLoadBalancer()
                            .getLocality()
                            .getFailover(0)
                            .getTo())
                    .isEqualTo("b");
        }
    }

    @Test
    void theMeshConfigurationSetsWhatRulesLeaveOpen() {
        try (var mesh = mesh("""
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    localityLbSetting: {distribute: [{from: 'a/*', to: {'a/*': 80, 'b/*': 20}}]}
                    defaultConfig: {gatewayTopology: {numTrustedProxies: 2}}
                """)) {
            assertThat(mesh.cluster("web")
                            .getPolicy()
                            .getLoadBalancer()
                            .getLocality()
                            .getDistribute(0)
                            .getToMap())
                    .containsEntry("b/*", 20);
            assertThat(mesh.parsed(TypeUrls.WAYPOINT, "shop/gate|shop/gate", Waypoint.parser())
                            .getTrustedProxies())
                    .isEqualTo(2);
        }
    }
}

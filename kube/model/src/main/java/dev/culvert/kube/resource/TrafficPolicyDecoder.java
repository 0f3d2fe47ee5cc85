package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.ConnectionPool.H2Upgrade;
import dev.culvert.kube.resource.ConnectionPool.Keepalive;
import dev.culvert.kube.resource.ConnectionPool.Pings;
import dev.culvert.kube.resource.TrafficPolicy.ClientTls;
import dev.culvert.kube.resource.TrafficPolicy.OutlierDetection;
import dev.culvert.kube.resource.TrafficPolicy.ProxyProtocol;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decodes the field `trafficPolicy` of a DestinationRule and its subsets.
final class TrafficPolicyDecoder {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private TrafficPolicyDecoder() {}

    static TrafficPolicy policy(Fields owner) {
        if (!owner.has("trafficPolicy")) {
            return TrafficPolicy.NONE;
        }
        Fields fields = owner.object("trafficPolicy");
        ProxyProtocol proxy = fields.has("proxyProtocol")
                ? fields.object("proxyProtocol").choice("version", ProxyProtocol.class, ProxyProtocol.V1)
                : null;
        return policy(fields, proxy, ports(fields));
    }

    /// A duration that Istio takes for a timeout or an interval, or null when absent.
    static @Nullable Duration positive(Fields fields, String name) {
        Duration duration = fields.duration(name);
        if (duration != null && duration.compareTo(SHORTEST) < 0) {
            throw fields.wrong(name, "a duration of at least 1ms");
        }
        return duration;
    }

    private static TrafficPolicy policy(
            Fields fields, @Nullable ProxyProtocol proxy, Map<Integer, TrafficPolicy> ports) {
        return new TrafficPolicy(
                fields.has("loadBalancer") ? LoadBalancerDecoder.decode(fields.object("loadBalancer")) : null,
                fields.has("connectionPool") ? connectionPool(fields.object("connectionPool")) : null,
                fields.has("outlierDetection") ? outlierDetection(fields.object("outlierDetection")) : null,
                fields.has("tls") ? tls(fields.object("tls")) : null,
                proxy,
                ports);
    }

    private static Map<Integer, TrafficPolicy> ports(Fields owner) {
        Map<Integer, TrafficPolicy> ports = new HashMap<>();
        owner.objects("portLevelSettings", fields -> {
            int port = fields.object("port").requiredPort("number");
            if (ports.put(port, policy(fields, null, Map.of())) != null) {
                throw fields.refused("port", "is the port " + port + " a second time; expected one that is unique");
            }
            return port;
        });
        return ports;
    }

    private static ConnectionPool connectionPool(Fields fields) {
        Fields tcp = fields.object("tcp");
        Fields http = fields.object("http");
        return new ConnectionPool(
                new ConnectionPool.Tcp(
                        count(tcp, "maxConnections"),
                        positive(tcp, "connectTimeout"),
                        positive(tcp, "maxConnectionDuration"),
                        tcp.duration("idleTimeout"),
                        tcp.has("tcpKeepalive") ? keepalive(tcp.object("tcpKeepalive")) : null),
                new ConnectionPool.Http(
                        count(http, "http1MaxPendingRequests"),
                        count(http, "http2MaxRequests"),
                        count(http, "maxRequestsPerConnection"),
                        count(http, "maxRetries"),
                        count(http, "maxConcurrentStreams"),
                        positive(http, "idleTimeout"),
                        http.choice("h2UpgradePolicy", H2Upgrade.class, H2Upgrade.DEFAULT),
                        http.flag("useClientProtocol", false),
                        http.has("http2KeepAlive") ? pings(http.object("http2KeepAlive")) : null));
    }

    private static Keepalive keepalive(Fields fields) {
        return new Keepalive(count(fields, "probes"), positive(fields, "time"), positive(fields, "interval"));
    }

    private static Pings pings(Fields fields) {
        Duration interval = positive(fields, "interval");
        Duration timeout = positive(fields, "timeout");
        if (interval == null || timeout == null) {
            throw fields.wrong(interval == null ? "interval" : "timeout", "a duration of at least 1ms");
        }
        return new Pings(interval, timeout);
    }

    private static OutlierDetection outlierDetection(Fields fields) {
        Integer gateway = threshold(fields, "consecutiveGatewayErrors");
        if (gateway == null && fields.has("consecutiveErrors")) {
            // The name of the field in the first versions of the API.
            gateway = threshold(fields, "consecutiveErrors");
        }
        return new OutlierDetection(
                threshold(fields, "consecutive5xxErrors"),
                gateway,
                threshold(fields, "consecutiveLocalOriginFailures"),
                fields.flag("splitExternalLocalOriginErrors", false),
                positive(fields, "interval"),
                positive(fields, "baseEjectionTime"),
                fields.integer("maxEjectionPercent", 0, 100, 0),
                fields.integer("minHealthPercent", 0, 100, 0),
                fields.integers("outlierDetectionHttpErrorCodes", 100, 599));
    }

    private static ClientTls tls(Fields fields) {
        ClientTls.Mode mode = fields.choice("mode", ClientTls.Mode.class, ClientTls.Mode.DISABLE);
        ClientTls tls = new ClientTls(
                mode,
                fields.text("clientCertificate", ""),
                fields.text("privateKey", ""),
                fields.text("caCertificates", ""),
                fields.text("caCrl", ""),
                fields.text("credentialName", ""),
                fields.texts("subjectAltNames"),
                fields.text("sni", ""),
                fields.has("insecureSkipVerify") ? fields.flag("insecureSkipVerify", false) : null);
        boolean files = !tls.clientCertificate().isEmpty() && !tls.privateKey().isEmpty();
        if (mode == ClientTls.Mode.MUTUAL && !files && tls.credentialName().isEmpty()) {
            throw fields.refused("has the mode MUTUAL and no certificate;"
                    + " expected clientCertificate and privateKey, or credentialName");
        }
        return tls;
    }

    private static int count(Fields fields, String name) {
        return fields.integer(name, 0, Integer.MAX_VALUE, 0);
    }

    private static @Nullable Integer threshold(Fields fields, String name) {
        return fields.has(name) ? count(fields, name) : null;
    }
}

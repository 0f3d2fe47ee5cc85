package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How connections are made and shared out: what a DestinationRule says of a service, a subset or a port.
/// A part that is null is what the wider policy says, or the mesh's default. Immutable.
///
/// @param ports what holds for single ports; at such a port nothing else of this policy does, but the PROXY
///     protocol
public record TrafficPolicy(
        @Nullable LoadBalancer loadBalancer,
        @Nullable ConnectionPool connectionPool,
        @Nullable OutlierDetection outlierDetection,
        @Nullable ClientTls tls,
        @Nullable ProxyProtocol proxyProtocol,
        Map<Integer, TrafficPolicy> ports) {
    public static final TrafficPolicy NONE = new TrafficPolicy(null, null, null, null, null, Map.of());

    public TrafficPolicy {
        ports = Map.copyOf(ports);
    }

    /// What holds at `port`.
    TrafficPolicy atPort(int port) {
        return NONE.changedBy(this, port);
    }

    /// This policy with what a narrower one changes at `port`.
    TrafficPolicy changedBy(TrafficPolicy narrower, int port) {
        ProxyProtocol proxy = narrower.proxyProtocol == null ? proxyProtocol : narrower.proxyProtocol;
        TrafficPolicy own = narrower.ports.get(port);
        if (own != null) {
            return new TrafficPolicy(
                    own.loadBalancer, own.connectionPool, own.outlierDetection, own.tls, proxy, Map.of());
        }
        return new TrafficPolicy(
                narrower.loadBalancer == null ? loadBalancer : narrower.loadBalancer,
                narrower.connectionPool == null ? connectionPool : narrower.connectionPool,
                narrower.outlierDetection == null ? outlierDetection : narrower.outlierDetection,
                narrower.tls == null ? tls : narrower.tls,
                proxy,
                Map.of());
    }

    /// The header in front of a connection that tells the backend who the client is.
    public enum ProxyProtocol {
        V1,
        V2
    }

    /// How an endpoint is chosen.
    ///
    /// @param locality null when the manifest has none
    /// @param warmup   null when the manifest has none
    public record LoadBalancer(
            Algorithm algorithm,
            @Nullable Locality locality,
            @Nullable Warmup warmup) {}

    /// How an endpoint is chosen among those that are near enough.
    public sealed interface Algorithm {
        /// As the mesh does by default.
        record Default() implements Algorithm {}

        /// One after the other.
        record RoundRobin() implements Algorithm {}

        /// The less busy one of two.
        record LeastRequest() implements Algorithm {}

        /// Any.
        record Random() implements Algorithm {}

        /// The address that the client asked for.
        record Passthrough() implements Algorithm {}

        /// The same one for the same key.
        record ConsistentHash(HashKey key, HashTable table) implements Algorithm {}
    }

    /// What is hashed.
    public sealed interface HashKey {
        /// A header of the request.
        record Header(String name) implements HashKey {}

        /// A cookie.
        ///
        /// @param made whether one is made when the request has none; the other parts are for that
        /// @param path empty for none
        /// @param ttl  zero for a cookie of the session
        record Cookie(String name, boolean made, String path, Duration ttl, List<Attribute> attributes)
                implements HashKey {
            public Cookie {
                attributes = List.copyOf(attributes);
            }
        }

        /// A further attribute of a cookie that is made.
        ///
        /// @param value empty for one without a value
        record Attribute(String name, String value) {}

        /// The client's address.
        record SourceIp() implements HashKey {}

        /// A parameter of the query.
        record QueryParameter(String name) implements HashKey {}
    }

    /// How the hash leads to an endpoint.
    public sealed interface HashTable {
        /// A ring of at least so many points.
        record Ring(int minimumSize) implements HashTable {}

        /// A Maglev table of a prime size.
        record Maglev(int size) implements HashTable {}
    }

    /// Which places are preferred.
    ///
    /// @param enabled          null for the mesh's default
    /// @param distribute       shares by place of the client
    /// @param failover         where traffic goes when a region fails, by region
    /// @param failoverPriority labels, and `label=value`, by which endpoints are ranked
    public record Locality(
            @Nullable Boolean enabled,
            List<Distribute> distribute,
            Map<String, String> failover,
            List<String> failoverPriority) {
        public Locality {
            distribute = List.copyOf(distribute);
            failover = Map.copyOf(failover);
            failoverPriority = List.copyOf(failoverPriority);
        }

        /// Reads the setting where it stands in the mesh configuration.
        public static Locality decode(Fields fields) {
            return LoadBalancerDecoder.locality(fields);
        }
    }

    /// How the traffic of clients at `from` is shared out: percent by place. Places are `region/zone/*` and so on.
    public record Distribute(String from, Map<String, Integer> to) {
        public Distribute {
            to = Map.copyOf(to);
        }
    }

    /// How the share of a new endpoint grows.
    ///
    /// @param minimumPercent where it begins
    /// @param aggression     1 for linear growth; more is faster at first
    public record Warmup(Duration duration, double minimumPercent, double aggression) {}

    /// When an endpoint is left out because it fails. Null, and 0 for percentages, is the mesh's default.
    ///
    /// @param consecutive5xxErrors     0 turns it off
    /// @param consecutiveGatewayErrors 0 turns it off
    /// @param errorCodes               status codes that count as errors; empty for 5xx
    public record OutlierDetection(
            @Nullable Integer consecutive5xxErrors,
            @Nullable Integer consecutiveGatewayErrors,
            @Nullable Integer consecutiveLocalOriginFailures,
            boolean splitLocalOriginErrors,
            @Nullable Duration interval,
            @Nullable Duration baseEjectionTime,
            int maxEjectionPercent,
            int minHealthPercent,
            List<Integer> errorCodes) {
        public OutlierDetection {
            errorCodes = List.copyOf(errorCodes);
        }
    }

    /// TLS to the backend, as the client.
    ///
    /// @param clientCertificate  a file, as `privateKey`, `caCertificates` and `caCrl`; empty for none
    /// @param credentialName     a secret that has them instead; empty for none
    /// @param sni                empty for that of the request
    /// @param insecureSkipVerify null for the mesh's default
    public record ClientTls(
            Mode mode,
            String clientCertificate,
            String privateKey,
            String caCertificates,
            String caCrl,
            String credentialName,
            List<String> subjectAltNames,
            String sni,
            @Nullable Boolean insecureSkipVerify) {
        public ClientTls {
            subjectAltNames = List.copyOf(subjectAltNames);
        }

        /// Who shows a certificate.
        public enum Mode {
            DISABLE,
            SIMPLE,
            MUTUAL,
            ISTIO_MUTUAL
        }
    }
}

package dev.culvert.waypoint.upstream;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a cluster's endpoints are used (DestinationRule `trafficPolicy`), merged from the cluster's, its port's and its
/// subset's. Immutable.
///
/// @param outliers null: no endpoint is ejected
/// @param tls to the application, inside of the tunnel; null for none
/// @param proxyProtocol version of the header at the start of a connection; 0 for none
public record TrafficPolicy(
        LoadBalancing loadBalancing,
        Limits limits,
        @Nullable Outliers outliers,
        @Nullable Tls tls,
        int proxyProtocol) {

    /// Of a cluster without a DestinationRule.
    public static final TrafficPolicy DEFAULT = new TrafficPolicy(LoadBalancing.DEFAULT, Limits.DEFAULT, null, null, 0);

    /// `connectionPool`; [Integer#MAX_VALUE] stands for no limit, null for the waypoint's default time.
    ///
    /// @param connections open at the same time, of HTTP/1.1 and of opaque traffic
    /// @param pending requests that wait for a connection
    /// @param requests in flight
    /// @param requestsPerConnection after which a connection is closed
    /// @param retries in flight
    /// @param streams at the same time on a connection of HTTP/2
    /// @param http2 whether requests go as HTTP/2 regardless of the port's protocol (`h2UpgradePolicy`)
    /// @param clientProtocol whether requests go as the version of HTTP that the client spoke
    public record Limits(
            int connections,
            int pending,
            int requests,
            int requestsPerConnection,
            int retries,
            int streams,
            @Nullable Duration connectTimeout,
            @Nullable Duration tcpIdle,
            @Nullable Duration httpIdle,
            @Nullable Duration connectionLife,
            boolean http2,
            boolean clientProtocol) {
        /// No limit but those of the waypoint itself.
        public static final Limits DEFAULT = new Limits(
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                null,
                null,
                null,
                null,
                false,
                false);
    }

    /// `outlierDetection`; a count of 0 switches its condition off.
    ///
    /// @param splitLocal whether failures to connect and timeouts are counted apart from answers
    /// @param maximumPercent of the endpoints ejected at the same time; one may always be
    /// @param minimumHealthPercent under which nothing is ejected
    public record Outliers(
            int serverErrors,
            int gatewayErrors,
            boolean splitLocal,
            int localFailures,
            Duration interval,
            Duration ejection,
            int maximumPercent,
            int minimumHealthPercent) {}

    /// TLS to the application; texts are PEM, empty for none.
    ///
    /// @param names of which the server's certificate must have one; none: that of the connection
    /// @param invalid not empty: connections fail, and this says why
    public record Tls(
            String serverName,
            List<String> names,
            String authorities,
            boolean unverified,
            String certificate,
            String privateKey,
            String invalid) {
        public Tls {
            names = List.copyOf(names);
        }

        /// Without the key.
        @Override
        public String toString() {
            return "Tls[" + serverName + " " + names + (unverified ? " unverified" : "") + " " + invalid + "]";
        }
    }
}

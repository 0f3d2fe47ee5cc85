package dev.culvert.ztunnel.dns;

import java.time.Duration;

/// What one pod can make us hold for its DNS. Immutable.
///
/// @param queries in flight to nameservers; one more is answered with a server failure
/// @param connections open at once over TCP; one more is closed
/// @param queriesPerConnection in flight of one TCP connection; it is not read from meanwhile
/// @param queryBytes size of a query; a longer datagram is dropped, a longer TCP message ends its connection
/// @param timeout of a query over all nameservers, of a connect, and of an idle TCP connection
public record DnsLimits(int queries, int connections, int queriesPerConnection, int queryBytes, Duration timeout) {
    /// What production uses.
    public static final DnsLimits DEFAULT = new DnsLimits(256, 64, 16, 4096, Duration.ofSeconds(5));
}

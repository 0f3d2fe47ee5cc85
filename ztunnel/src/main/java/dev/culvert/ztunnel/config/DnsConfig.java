package dev.culvert.ztunnel.config;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The DNS listener in each pod.
///
/// @param enabled `ISTIO_META_DNS_CAPTURE`, default true; any value but `true` switches it off
/// @param listen `ISTIO_META_DNS_PROXY_ADDR`, default `localhost:15053`: loopback of each usable family, or just the
///     given address
/// @param upstreams nameservers of the process's own `resolv.conf`, in its order
/// @param preferredNamespace `PREFERED_SERVICE_NAMESPACE`, which breaks ties between services of one name; or null
public record DnsConfig(
        boolean enabled,
        Listen listen,
        List<InetSocketAddress> upstreams,
        @Nullable String preferredNamespace) {
    public DnsConfig {
        upstreams = List.copyOf(upstreams);
    }

    /// Where queries are taken.
    public sealed interface Listen {
        /// `127.0.0.1` and, where the pod has it, `::1`.
        record Loopback(int port) implements Listen {}

        /// One address.
        record Address(InetSocketAddress address) implements Listen {}
    }
}

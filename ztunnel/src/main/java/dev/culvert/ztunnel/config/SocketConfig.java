package dev.culvert.ztunnel.config;

import java.time.Duration;

/// How sockets in pods are made.
///
/// @param proxyEnabled `ENABLE_PROXY`, default true: whether TCP is proxied at all
/// @param packetMark `PACKET_MARK`, SO_MARK of every socket in a pod, default 1337 in shared mode; 0 is no mark
/// @param portReuse `INPOD_PORT_REUSE`, default true: SO_REUSEPORT, so that two processes can serve a pod during an
///     upgrade
/// @param originalSource `ENABLE_ORIG_SRC`
/// @param ipv6 `IPV6_ENABLED`, default true; false binds IPv4 addresses only
/// @param localhostAppTunnel `LOCALHOST_APP_TUNNEL`, default true: PROXY-protocol delivery goes over loopback
/// @param keepAlive TCP keepalive of captured and dialled connections
/// @param connectTimeout of every connection we dial: 10 seconds
public record SocketConfig(
        boolean proxyEnabled,
        int packetMark,
        boolean portReuse,
        OriginalSource originalSource,
        boolean ipv6,
        boolean localhostAppTunnel,
        KeepAlive keepAlive,
        Duration connectTimeout) {
    /// The connect timeout that Istio's node proxy has fixed.
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /// The same for sockets in the process's own namespace: there nothing is redirected, no other process takes over,
    /// and whoever is connected to sees this process.
    public SocketConfig atHome() {
        return new SocketConfig(
                proxyEnabled, 0, false, OriginalSource.NEVER, ipv6, localhostAppTunnel, keepAlive, connectTimeout);
    }

    /// Whether connections to the application carry the client's address.
    public enum OriginalSource {
        /// When the kernel lets us (variable unset, and packets are marked).
        IF_POSSIBLE,
        /// A listener that cannot be transparent fails (`true`).
        ALWAYS,
        /// The application sees the pod's own address (`false`, or unset where packets are not marked).
        NEVER
    }

    /// TCP keepalive.
    ///
    /// @param enabled `KEEPALIVE_ENABLED`, default true
    /// @param time `KEEPALIVE_TIME`, idle time before the first probe, default 180 s
    /// @param interval `KEEPALIVE_INTERVAL`, between probes, default 180 s
    /// @param retries `KEEPALIVE_RETRIES`, default 9
    /// @param userTimeout `USER_TIMEOUT_ENABLED`, default false: TCP_USER_TIMEOUT of time + retries × interval
    public record KeepAlive(boolean enabled, Duration time, Duration interval, int retries, boolean userTimeout) {
        /// How long unacknowledged data may be outstanding when [#userTimeout] is on.
        public Duration userTimeoutAfter() {
            return time.plus(interval.multipliedBy(retries));
        }
    }
}

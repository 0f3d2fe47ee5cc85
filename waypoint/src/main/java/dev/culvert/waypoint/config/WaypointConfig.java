package dev.culvert.waypoint.config;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.mesh.config.CertificateConfig;
import dev.culvert.mesh.config.LogConfig;
import dev.culvert.mesh.config.Machine;
import dev.culvert.mesh.config.XdsConfig;
import dev.culvert.process.Settings;
import dev.culvert.waypoint.connect.UpstreamSettings;
import dev.culvert.waypoint.http.FlowSettings;
import dev.culvert.waypoint.http.HttpSettings;
import dev.culvert.waypoint.upstream.Site;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Everything that an operator can set about a waypoint. Immutable.
///
/// @param self who and where it is
/// @param xds where its configuration comes from
/// @param certificates where its certificate comes from
/// @param listen where it listens, for whom it waits, and how it ends
/// @param http limits and times of clients' requests
/// @param flow what of a request is held
/// @param upstream limits and times towards backends
/// @param endpoints ports of the process's own HTTP servers
/// @param logging level and form of log lines
public record WaypointConfig(
        Self self,
        XdsConfig xds,
        CertificateConfig certificates,
        Listen listen,
        HttpSettings http,
        FlowSettings flow,
        UpstreamSettings upstream,
        Endpoints endpoints,
        LogConfig logging) {

    /// Who and where a waypoint is.
    ///
    /// @param identity of `TRUST_DOMAIN` (default `cluster.local`), `POD_NAMESPACE` and
    ///     `SERVICE_ACCOUNT`
    /// @param gateway name of its Gateway: `ISTIO_META_GATEWAY_NAME`, else the service account
    /// @param podName `POD_NAME`
    /// @param instanceIp `INSTANCE_IP`, default `1.1.1.1`; goes into the xDS node id
    /// @param clusterId `ISTIO_META_CLUSTER_ID`, default `Kubernetes`
    /// @param site `ISTIO_META_NETWORK`, `NODE_NAME`, and `ISTIO_META_LOCALITY` as
    ///     `region/zone/subzone`
    /// @param version `ISTIO_META_ISTIO_VERSION`, default `unknown`
    public record Self(
            SpiffeId identity,
            String gateway,
            String podName,
            String instanceIp,
            String clusterId,
            Site site,
            String version) {}

    /// How clients are received.
    ///
    /// @param address `CULVERT_HBONE_ADDRESS`, default every address at port 15008
    /// @param workerThreads `WORKER_THREADS` (a count, `0` for all processors, `N%`), else
    ///     `concurrency` of the proxy configuration, else as many as there are processors, four at
    ///     most
    /// @param sniffTime `CULVERT_SNIFF_TIMEOUT`, default 5 s: on a port that declares no protocol,
    ///     a client that is silent for so long is taken for one whose server speaks first, and is
    ///     relayed as it is
    /// @param settle `MINIMUM_DRAIN_DURATION`, default 5 s: for so long after a stop signal clients
    ///     are still let in, while they learn that we go
    /// @param drain `CONNECTION_TERMINATION_DEADLINE`, else from
    ///     `TERMINATION_GRACE_PERIOD_SECONDS`, else 45 s: what running requests get after a stop
    ///     signal
    /// @param tunnels what clients and node proxies are granted: `CULVERT_TUNNEL_WINDOW`, default
    ///     512 KiB for each tunnel and 16 times that for a connection, and `CULVERT_MAX_TUNNELS`,
    ///     default 100 on one connection
    public record Listen(
            InetSocketAddress address,
            int workerThreads,
            Duration sniffTime,
            Duration settle,
            Duration drain,
            HboneLimits tunnels) {}

    /// Ports of the process's own HTTP servers. Zero lets the kernel choose.
    ///
    /// @param adminPort `proxyAdminPort` of the proxy configuration, default 15000, loopback only
    /// @param metricsPort `statsPort` of the proxy configuration, default 15020
    /// @param readinessPort `CULVERT_READINESS_PORT`, default 15021
    public record Endpoints(int adminPort, int metricsPort, int readinessPort) {}

    /// Reads everything. Mistakes are noted in `settings`: what is returned may only be used after
    /// [Settings#check] has passed.
    public static WaypointConfig from(Settings settings, Machine machine) {
        return new WaypointReader(settings, machine).read();
    }
}

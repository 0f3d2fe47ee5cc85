package dev.culvert.ztunnel.config;

import dev.culvert.mesh.config.CertificateConfig;
import dev.culvert.mesh.config.LogConfig;
import dev.culvert.mesh.config.Machine;
import dev.culvert.mesh.config.XdsConfig;
import dev.culvert.process.Settings;

/// Everything that an operator can set about a node proxy.
///
/// Immutable. Components are grouped by the part of the process that they steer; the variable that sets each one,
/// its unit and its default are in the doc of its record.
///
/// @param mode which pods are served
/// @param node who and where this process is
/// @param xds where the view of the mesh comes from
/// @param certificates where certificates come from
/// @param sockets how sockets in pods are made
/// @param tunnel HBONE: flow control, pool, TLS
/// @param dns the DNS listener in each pod
/// @param endpoints ports of the process's own HTTP servers
/// @param lifecycle pods' socket, threads, draining
/// @param logging level and form of log lines
public record ZtunnelConfig(
        ProxyMode mode,
        NodeConfig node,
        XdsConfig xds,
        CertificateConfig certificates,
        SocketConfig sockets,
        TunnelConfig tunnel,
        DnsConfig dns,
        EndpointConfig endpoints,
        LifecycleConfig lifecycle,
        LogConfig logging) {
    /// Reads everything. Mistakes are noted in `settings`: what is returned may only be used after
    /// [Settings#check] has passed.
    public static ZtunnelConfig from(Settings settings, Machine machine) {
        return new ConfigReader(settings, machine).read();
    }
}

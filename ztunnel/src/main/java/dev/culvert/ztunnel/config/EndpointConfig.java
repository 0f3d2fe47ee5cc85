package dev.culvert.ztunnel.config;

/// Ports of the process's own HTTP servers. Zero lets the kernel choose, for several processes in one namespace.
///
/// @param adminPort `proxyAdminPort` of the proxy configuration, default 15000, loopback only
/// @param metricsPort `statsPort` of the proxy configuration, default 15020
/// @param readinessPort 15021
public record EndpointConfig(int adminPort, int metricsPort, int readinessPort) {}

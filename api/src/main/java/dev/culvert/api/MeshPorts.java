package dev.culvert.api;

/// The TCP and UDP ports of an ambient mesh, as Istio assigns them.
public final class MeshPorts {
    /// In each pod: outbound connections are redirected here.
    public static final int OUTBOUND = 15001;
    /// In each pod: inbound plain connections are redirected here.
    public static final int INBOUND_PLAINTEXT = 15006;
    /// In each pod, on waypoints and gateways: HBONE, which is HTTP/2 CONNECT over mutual TLS.
    public static final int HBONE = 15008;
    /// On an east-west gateway: HBONE from other networks.
    public static final int EAST_WEST_HBONE = 15008;
    /// In each pod, loopback only: DNS over UDP and TCP.
    public static final int DNS = 15053;
    /// In each pod, loopback only, when switched on: SOCKS5.
    public static final int SOCKS5 = 15080;
    /// In a proxy's own namespace, loopback only: administration.
    public static final int ADMIN = 15000;
    /// In a proxy's own namespace: metrics.
    public static final int METRICS = 15020;
    /// In a proxy's own namespace: readiness at `/healthz/ready`.
    public static final int READINESS = 15021;
    /// Control plane: discovery in plaintext, off by default.
    public static final int XDS_PLAINTEXT = 15010;
    /// Control plane: discovery and certificates over TLS.
    public static final int XDS_TLS = 15012;
    /// Control plane and node agent: metrics.
    public static final int CONTROL_METRICS = 15014;
    /// Control plane: webhooks.
    public static final int WEBHOOK = 15017;
    /// Control plane: readiness and debugging.
    public static final int CONTROL_DEBUG = 8080;
    /// Node agent: `/healthz` and `/readyz`.
    public static final int AGENT_HEALTH = 8000;

    private MeshPorts() {}
}

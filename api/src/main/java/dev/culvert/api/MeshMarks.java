package dev.culvert.api;

/// Packet marks, routing numbers and addresses that the node proxy and the in-pod rules share.
public final class MeshMarks {
    /// Set on every socket that a node proxy opens in a pod's namespace.
    public static final int PACKET_MARK = 0x539;
    /// Set on connections from the node proxy to the application, and restored to their replies.
    public static final int CONNECTION_MARK = 0x111;
    /// The bits of a mark that are ours.
    public static final int MASK = 0xfff;
    /// Routing table whose one route delivers marked replies to loopback.
    public static final int ROUTE_TABLE = 100;
    /// Priority of the policy rule that selects [#ROUTE_TABLE].
    public static final int RULE_PRIORITY = 32764;
    /// Source that the host's own probes carry; exempt from capture.
    public static final String HOST_PROBE_IPV4 = "169.254.7.127";
    /// The same for IPv6.
    public static final String HOST_PROBE_IPV6 = "fd16:9254:7127:1337:ffff:ffff:ffff:ffff";

    private MeshMarks() {}
}

package dev.culvert.mesh.model;

import java.net.Inet4Address;
import java.net.InetAddress;

/// The address families that a service offers.
public enum IpFamilies {
    /// The control plane did not say: any.
    AUTOMATIC,
    IPV4_ONLY,
    IPV6_ONLY,
    DUAL;

    /// Whether an endpoint may be reached at `address`.
    public boolean allows(InetAddress address) {
        return switch (this) {
            case AUTOMATIC, DUAL -> true;
            case IPV4_ONLY -> address instanceof Inet4Address;
            case IPV6_ONLY -> !(address instanceof Inet4Address);
        };
    }
}

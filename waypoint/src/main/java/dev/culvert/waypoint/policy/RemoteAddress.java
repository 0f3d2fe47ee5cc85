package dev.culvert.waypoint.policy;

import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.RequestHead;
import java.net.InetAddress;

/// The address of whoever is in front of the proxies that the mesh trusts.
///
/// Pure. Each trusted proxy adds the address that it was called from to the end of
/// `x-forwarded-for`; what is before
/// those is the client's own claim and worth nothing. With no trusted proxies, or fewer entries
/// than proxies, or an
/// entry that is no address, it is the client's address.
final class RemoteAddress {
    private RemoteAddress() {}

    static InetAddress of(Client client, RequestHead head, int trustedProxies) {
        InetAddress own = client.address().getAddress();
        if (trustedProxies <= 0) {
            return own;
        }
        String[] entries =
                String.join(",", head.headers().getAll("x-forwarded-for")).split(",", -1);
        if (entries.length < trustedProxies) {
            return own;
        }
        try {
            return CidrBlock.parseAddress(withoutPort(entries[entries.length - trustedProxies].strip()));
        } catch (IllegalArgumentException e) {
            return own;
        }
    }

    private static String withoutPort(String entry) {
        if (entry.startsWith("[")) {
            int end = entry.indexOf(']');
            return end < 0 ? entry : entry.substring(1, end);
        }
        int colon = entry.indexOf(':');
        return colon >= 0 && colon == entry.lastIndexOf(':') ? entry.substring(0, colon) : entry;
    }

    /// The range that a policy means. An IPv4 range written as mapped addresses is one of IPv4,
    /// as addresses are.
    ///
    /// @throws IllegalArgumentException when `text` is no range
    static CidrBlock range(String text) {
        int slash = text.indexOf('/');
        if (slash > 0 && text.lastIndexOf(':', slash) >= 0) {
            InetAddress address = CidrBlock.parseAddress(text.substring(0, slash));
            if (address.getAddress().length == 4) {
                return new CidrBlock(address, Integer.parseInt(text.substring(slash + 1)) - 96);
            }
        }
        return CidrBlock.parse(text);
    }
}

package dev.culvert.mesh.model;

import io.netty.util.NetUtil;
import java.net.InetAddress;

/// An address within a network, for the same address may mean another thing elsewhere; printed `network/ip`.
///
/// Immutable.
public record NetworkAddress(String network, InetAddress address) {
    /// What `text` spells when it is split at its first slash.
    ///
    /// @throws IllegalArgumentException when there is no slash, or no address after it
    public static NetworkAddress parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("network address is '" + text + "'; expected <network>/<ip>");
        }
        return new NetworkAddress(text.substring(0, slash), CidrBlock.parseAddress(text.substring(slash + 1)));
    }

    @Override
    public String toString() {
        return network + "/" + NetUtil.toAddressString(address);
    }
}

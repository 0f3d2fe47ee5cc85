package dev.culvert.ztunnel.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// Reads nameservers out of `resolv.conf`.
///
/// Immutable, without state.
final class ResolvConf {
    /// How many the system's resolver uses.
    private static final int MAX_NAMESERVERS = 3;

    private static final int PORT = 53;

    private ResolvConf() {}

    /// The first three nameservers that `text` names, in its order. A line that is no address is passed over, as the
    /// system's resolver does.
    static List<InetSocketAddress> nameservers(String text) {
        List<InetSocketAddress> found = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+", 3);
            if (words.length >= 2 && words[0].equals("nameserver") && found.size() < MAX_NAMESERVERS) {
                addTo(found, words[1]);
            }
        }
        return found;
    }

    private static void addTo(List<InetSocketAddress> found, String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes != null) {
            found.add(new InetSocketAddress(address(bytes), PORT));
        }
    }

    /// The address of these 4 or 16 bytes.
    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
    }
}

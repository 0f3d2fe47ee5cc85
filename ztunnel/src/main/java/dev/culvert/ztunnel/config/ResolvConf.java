package dev.culvert.ztunnel.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        InetAddress address = address(text);
        if (address != null) {
            found.add(new InetSocketAddress(address, PORT));
        }
    }

    /// The address that `text` spells, or null when it spells none; names are never resolved.
    static @Nullable InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}

package dev.culvert.controlplane.keys;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Keeps manifests from making the control plane ask addresses that only its own host should reach: its loopback
/// interface, its link, and the metadata services of clouds, which hand out credentials. Pure.
///
/// @param loopback whether addresses of the loopback interface may be asked
public record AddressGuard(boolean loopback) {
    /// Metadata services that are not on the link: of Amazon, Alibaba, Azure and Oracle.
    private static final Set<InetAddress> METADATA = Stream.of(
                    "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
            .map(InetAddress::ofLiteral)
            .collect(Collectors.toUnmodifiableSet());
    /// RFC 6052: an IPv4 address follows.
    private static final byte[] TRANSLATED = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    /// RFC 3056: an IPv4 address follows.
    private static final byte[] SIX_TO_FOUR = {0x20, 0x02};

    /// Whether `address` may be asked.
    boolean allows(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (startsWith(bytes, TRANSLATED)) {
            return allows(embedded(bytes, TRANSLATED.length));
        }
        if (bytes.length == 16 && startsWith(bytes, SIX_TO_FOUR)) {
            return allows(embedded(bytes, SIX_TO_FOUR.length));
        }
        return !address.isAnyLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress()
                && !METADATA.contains(address)
                && (loopback || !address.isLoopbackAddress())
                && (bytes.length == 16 || bytes[0] != 0);
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length >= start.length + 4 && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    private static InetAddress embedded(byte[] bytes, int offset) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, offset, offset + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 bytes was refused", e);
        }
    }
}

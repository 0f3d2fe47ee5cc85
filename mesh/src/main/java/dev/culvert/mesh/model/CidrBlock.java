package dev.culvert.mesh.model;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// A range of addresses: those that share the first `prefixLength` bits of `address`.
///
/// Immutable. The bits after the prefix are kept as given and do not count.
public record CidrBlock(InetAddress address, int prefixLength) {
    public CidrBlock {
        int widest = widestPrefix(address);
        if (prefixLength < 0 || prefixLength > widest) {
            throw new IllegalArgumentException("prefix length of " + address.getHostAddress() + " is "
                    + Integer.toUnsignedString(prefixLength) + "; expected 0 to " + widest);
        }
    }

    /// The prefix length that leaves a single address of the family of `address`.
    public static int widestPrefix(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    /// The address that `bytes` are.
    ///
    /// @throws IllegalArgumentException unless there are 4 or 16 of them
    public static InetAddress addressOf(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address has " + bytes.length + " bytes; expected 4 or 16", e);
        }
    }

    /// The address that `text` spells; names are never resolved.
    ///
    /// @throws IllegalArgumentException when it is not a numeric address
    public static InetAddress parseAddress(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("address is '" + text + "'; expected an IPv4 or IPv6 address", e);
        }
    }

    /// The range that `text` spells: an address, or an address, a slash and a prefix length.
    ///
    /// @throws IllegalArgumentException when it is neither
    public static CidrBlock parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            InetAddress address = parseAddress(text);
            return new CidrBlock(address, widestPrefix(address));
        }
        try {
            int length = Integer.parseInt(text.substring(slash + 1));
            return new CidrBlock(parseAddress(text.substring(0, slash)), length);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("address range is '" + text + "'; expected <ip>/<prefix length>", e);
        }
    }

    /// Whether `candidate` is of the same family and has the same prefix.
    public boolean contains(InetAddress candidate) {
        byte[] own = address.getAddress();
        byte[] other = candidate.getAddress();
        int whole = prefixLength / Byte.SIZE;
        if (own.length != other.length || Arrays.mismatch(own, 0, whole, other, 0, whole) >= 0) {
            return false;
        }
        int rest = prefixLength % Byte.SIZE;
        int mask = (0xff << (Byte.SIZE - rest)) & 0xff;
        return rest == 0 || (own[whole] & mask) == (other[whole] & mask);
    }

    @Override
    public String toString() {
        return NetUtil.toAddressString(address) + "/" + prefixLength;
    }
}

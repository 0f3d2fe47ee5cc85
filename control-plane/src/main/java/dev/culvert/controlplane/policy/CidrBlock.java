package dev.culvert.controlplane.policy;

import com.google.protobuf.ByteString;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// An address or a range of addresses. Immutable.
///
/// @param length how many leading bits count
public record CidrBlock(InetAddress address, int length) {
    /// The block that `text` spells, such as `10.0.0.0/8` or `10.0.0.1`; null when it spells none.
    public static @Nullable CidrBlock tryParse(String text) {
        int slash = text.indexOf('/');
        try {
            InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int full = address.getAddress().length * 8;
            int length = slash < 0 ? full : Integer.parseInt(text.substring(slash + 1));
            return length < 0 || length > full ? null : new CidrBlock(address, length);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /// Whether the block is one address.
    public boolean single() {
        return length == address.getAddress().length * 8;
    }

    public ByteString bytes() {
        return ByteString.copyFrom(address.getAddress());
    }
}

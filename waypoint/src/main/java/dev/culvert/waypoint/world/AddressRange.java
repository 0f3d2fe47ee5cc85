package dev.culvert.waypoint.world;

import com.google.protobuf.ByteString;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/// A range of addresses, such as `10.0.0.0/24`. Immutable.
record AddressRange(InetAddress first, int prefixBits) {

    /// The range that `text` spells, or null when it spells none.
    static @Nullable AddressRange tryParse(String text) {
        int slash = text.indexOf('/');
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        if (bytes == null) {
            return null;
        }
        try {
            int bits = slash < 0 ? bytes.length * 8 : Integer.parseInt(text.substring(slash + 1));
            return bits < 0 || bits > bytes.length * 8 ? null : new AddressRange(InetAddress.getByAddress(bytes), bits);
        } catch (NumberFormatException | UnknownHostException _) {
            return null;
        }
    }

    /// The address of 4 or 16 bytes, or null when it is neither.
    static @Nullable InetAddress address(ByteString bytes) {
        try {
            return bytes.size() == 4 || bytes.size() == 16 ? InetAddress.getByAddress(bytes.toByteArray()) : null;
        } catch (UnknownHostException _) {
            return null;
        }
    }

    boolean contains(InetAddress address) {
        byte[] own = first.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        int whole = prefixBits / 8;
        for (int i = 0; i < whole; i++) {
            if (own[i] != other[i]) {
                return false;
            }
        }
        int rest = prefixBits % 8;
        return rest == 0 || ((own[whole] ^ other[whole]) & 0xff) >> (8 - rest) == 0;
    }
}

package dev.culvert.waypoint.connect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// The header of HAProxy's PROXY protocol, which tells a server who the client behind a connection
/// is. Without state.
final class ProxyHeader {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int PROXIED = 0x21;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;

    private ProxyHeader() {}

    /// @param version 1 (text) or 2 (binary)
    static ByteBuf of(int version, InetSocketAddress client, InetSocketAddress server) {
        return version == 1 ? text(client, server) : binary(client, server);
    }

    private static ByteBuf text(InetSocketAddress client, InetSocketAddress server) {
        boolean four = isFour(client) && isFour(server);
        String line = "PROXY " + (four ? "TCP4 " : "TCP6 ") + NetUtil.toAddressString(client.getAddress()) + ' '
                + NetUtil.toAddressString(server.getAddress()) + ' ' + client.getPort() + ' ' + server.getPort()
                + "\r\n";
        return Unpooled.copiedBuffer(line, StandardCharsets.US_ASCII);
    }

    private static ByteBuf binary(InetSocketAddress client, InetSocketAddress server) {
        boolean four = isFour(client) && isFour(server);
        ByteBuf header = Unpooled.buffer(52);
        header.writeBytes(SIGNATURE).writeByte(PROXIED).writeByte(four ? TCP_OVER_IPV4 : TCP_OVER_IPV6);
        header.writeShort(four ? 12 : 36);
        header.writeBytes(bytes(client, four)).writeBytes(bytes(server, four));
        return header.writeShort(client.getPort()).writeShort(server.getPort());
    }

    private static boolean isFour(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address;
    }

    private static byte[] bytes(InetSocketAddress address, boolean four) {
        byte[] bytes = address.getAddress().getAddress();
        if (four || bytes.length == 16) {
            return bytes;
        }
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(bytes, 0, mapped, 12, 4);
        return mapped;
    }
}

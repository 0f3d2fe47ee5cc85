package dev.culvert.ztunnel.deliver;

import dev.culvert.api.SpiffeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The header of the PROXY protocol, version 2: who connected to where, ahead of the bytes. Immutable.
///
/// @param source the TCP peer of the tunnel
/// @param destination what was asked for inside it
/// @param identity who the peer proved to be, sent as a TLV of its own; null when it proved nothing
public record ProxyProtocolHeader(
        InetSocketAddress source,
        InetSocketAddress destination,
        @Nullable SpiffeId identity) {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int VERSION_2_PROXY = 0x21;
    private static final int UNSPECIFIED = 0x00;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int TLV_IDENTITY = 0xd0;
    private static final int IPV4_BYTES = 4;

    /// The bytes, which the caller owns.
    public ByteBuf encode(ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(128);
        out.writeBytes(SIGNATURE).writeByte(VERSION_2_PROXY);
        byte[] from = source.getAddress().getAddress();
        byte[] to = destination.getAddress().getAddress();
        out.writeByte(
                from.length != to.length ? UNSPECIFIED : from.length == IPV4_BYTES ? TCP_OVER_IPV4 : TCP_OVER_IPV6);
        int lengthAt = out.writerIndex();
        out.writeShort(0);
        if (from.length == to.length) {
            out.writeBytes(from).writeBytes(to);
            out.writeShort(source.getPort()).writeShort(destination.getPort());
        }
        if (identity != null) {
            byte[] uri = identity.toString().getBytes(StandardCharsets.UTF_8);
            out.writeByte(TLV_IDENTITY).writeShort(uri.length).writeBytes(uri);
        }
        return out.setShort(lengthAt, out.writerIndex() - lengthAt - Short.BYTES);
    }
}

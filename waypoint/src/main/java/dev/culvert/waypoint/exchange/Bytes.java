package dev.culvert.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A few bytes that nobody changes. Immutable.
public final class Bytes {
    /// None at all.
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /// A copy of what is given.
    public static Bytes of(byte[] content) {
        return content.length == 0 ? EMPTY : new Bytes(content.clone());
    }

    /// The text in UTF-8.
    public static Bytes of(String text) {
        return text.isEmpty() ? EMPTY : new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /// A copy of what is readable; the buffer stays as it is.
    public static Bytes of(ByteBuf buffer) {
        return buffer.isReadable() ? new Bytes(ByteBufUtil.getBytes(buffer)) : EMPTY;
    }

    public int length() {
        return content.length;
    }

    /// A copy.
    public byte[] toArray() {
        return content.clone();
    }

    /// A read-only view, which needs no release.
    public ByteBuf toBuffer() {
        return Unpooled.wrappedBuffer(content).asReadOnly();
    }

    /// As UTF-8.
    public String toText() {
        return new String(content, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return content.length + " bytes";
    }
}

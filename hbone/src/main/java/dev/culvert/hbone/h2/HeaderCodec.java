package dev.culvert.hbone.h2;

import dev.culvert.api.MeshHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// HPACK of one connection, by Netty's codec. Confined to its connection's loop.
final class HeaderCodec {
    private static final int MAX_TABLE_BYTES = 4_096;

    private final DefaultHttp2HeadersDecoder decoder;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder(HeaderCodec::neverIndexed, true);

    /// @param maxListBytes of decoded fields that we take
    HeaderCodec(int maxListBytes) {
        this.decoder = new DefaultHttp2HeadersDecoder(true, maxListBytes);
    }

    /// What differs in each request would only push what repeats out of the table.
    private static boolean neverIndexed(CharSequence name, CharSequence value) {
        return AsciiString.contentEquals(name, MeshHeaders.TRACEPARENT)
                || AsciiString.contentEquals(name, MeshHeaders.FORWARDED);
    }

    /// The fields of a block, or null when it is sound HPACK and not a legal message: an error of the stream.
    /// The block stays the caller's.
    @Nullable
    Http2Headers decodePeek(int streamId, ByteBuf block) throws Violation {
        try {
            return decoder.decodeHeaders(streamId, block);
        } catch (Http2Exception illegal) {
            if (Http2Exception.isStreamError(illegal)) {
                return null;
            }
            throw new Violation(ErrorCode.COMPRESSION_ERROR, "header block out of form: " + illegal.getMessage());
        }
    }

    /// The block of fields that we made; the caller owns it.
    ByteBuf encode(int streamId, Http2Headers fields, ByteBufAllocator allocator) {
        ByteBuf block = allocator.heapBuffer(512);
        try {
            encoder.encodeHeaders(streamId, fields, block);
            return block;
        } catch (Http2Exception impossible) {
            block.release();
            throw new AssertionError("our own header fields cannot be encoded", impossible);
        }
    }

    /// Takes over how large a table the peer keeps.
    void peerTable(long bytes) {
        try {
            encoder.maxHeaderTableSize(Math.min(bytes, MAX_TABLE_BYTES));
        } catch (Http2Exception impossible) {
            throw new AssertionError("a header table of " + bytes + " bytes is legal", impossible);
        }
    }

    void close() {
        encoder.close();
    }
}

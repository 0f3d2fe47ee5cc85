package dev.culvert.waypoint.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Netty's decoder of requests, made to read nothing that could be read in two ways, and one
/// request at a time: what follows a request stays undecoded until [#next]. What it refuses it
/// gives as [Malformed], once, and is deaf then.
///
/// Confined to the loop of its channel.
public final class StrictRequestDecoder extends HttpRequestDecoder {
    /// Longest piece of a body.
    static final int PIECE = 256 << 10;

    private final HeadScanner scanner;
    private final ChunkGuard chunks;
    private @Nullable ChannelHandlerContext context;
    private boolean atHead = true;
    private boolean waiting;
    private boolean refused;
    private boolean bothLengths;
    private boolean inputClosed;

    public StrictRequestDecoder(HttpLimits limits) {
        super(config(limits));
        scanner = new HeadScanner(limits, true);
        chunks = new ChunkGuard(limits);
    }

    static HttpDecoderConfig config(HttpLimits limits) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.headerBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxChunkSize(PIECE)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setValidateHeaders(true);
    }

    /// Whether some of a head has come, and not all of it.
    public boolean isInsideHead() {
        return atHead && !waiting && scanner.isInside();
    }

    /// Whether the input ended while a request was still being answered.
    public boolean isInputClosed() {
        return inputClosed;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (waiting) {
            return;
        }
        if (atHead && !headIsThere(in, out)) {
            return;
        }
        if (!atHead && chunks.isActive() && refuse(chunks.look(in), in, out)) {
            return;
        }
        int before = out.size();
        int readable = in.readableBytes();
        super.decode(ctx, in, out);
        chunks.consumed(readable - in.readableBytes());
        for (int i = before; i < out.size(); i++) {
            seen(out.get(i));
        }
    }

    private boolean headIsThere(ByteBuf in, List<Object> out) {
        while (!scanner.isInside() && in.readableBytes() >= 2 && in.getShort(in.readerIndex()) == 0x0d0a) {
            // RFC 9112 section 2.2: empty lines before a request are passed over
            in.skipBytes(2);
        }
        boolean whole = scanner.scan(in);
        if (refuse(scanner.refusal(), in, out)) {
            return false;
        }
        atHead = !whole;
        return whole;
    }

    private boolean refuse(@Nullable Malformed refusal, ByteBuf in, List<Object> out) {
        if (refusal == null) {
            return false;
        }
        refused = true;
        in.skipBytes(in.readableBytes());
        out.add(refusal);
        return true;
    }

    private void seen(Object message) {
        if (message instanceof HttpMessage head) {
            chunks.begin(io.netty.handler.codec.http.HttpUtil.isTransferEncodingChunked(head));
        }
        if (message instanceof LastHttpContent) {
            chunks.begin(false);
            atHead = true;
            waiting = true;
        }
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        bothLengths = true;
    }

    /// Whether the last head had both a Transfer-Encoding and a Content-Length.
    boolean hadBothLengths() {
        return bothLengths;
    }

    /// Goes on to the next request.
    public void next() throws Exception {
        waiting = false;
        bothLengths = false;
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        channelRead(ctx, Unpooled.EMPTY_BUFFER);
        if (inputClosed && !waiting && !ctx.isRemoved()) {
            super.userEventTriggered(ctx, ChannelInputShutdownEvent.INSTANCE);
        }
    }

    /// A decoder that has given nothing asks for more bytes; this one has enough while it waits.
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (waiting) {
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            inputClosed = true;
            if (waiting) {
                return;
            }
        }
        super.userEventTriggered(ctx, event);
    }
}

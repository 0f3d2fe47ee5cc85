package dev.culvert.waypoint.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Netty's decoder of responses, made to read nothing that could be read in two ways. What it
/// refuses it gives as [Malformed], once, and is deaf then. After 101 it passes bytes on as they
/// are.
///
/// Confined to the loop of its channel.
public final class StrictResponseDecoder extends HttpResponseDecoder {
    private final HeadScanner scanner;
    private final ChunkGuard chunks;
    private boolean atHead = true;
    private boolean refused;
    private boolean headless;
    private boolean raw;

    public StrictResponseDecoder(HttpLimits limits) {
        super(StrictRequestDecoder.config(limits));
        scanner = new HeadScanner(limits, false);
        chunks = new ChunkGuard(limits);
    }

    /// A request was sent.
    ///
    /// @param head whether it was HEAD, whose response has no body
    public void expect(boolean head) {
        headless = head;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (raw) {
            // released by whoever takes the messages
            out.add(in.readRetainedSlice(in.readableBytes()));
            return;
        }
        if (atHead && !headIsThere(in, out)) {
            return;
        }
        if (chunks.isActive() && refuse(chunks.look(in), in, out)) {
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
        if (message instanceof HttpResponse head) {
            chunks.begin(HttpUtil.isTransferEncodingChunked(head) && !isContentAlwaysEmpty(head));
            raw = head.status().code() == 101;
        }
        if (message instanceof LastHttpContent) {
            chunks.begin(false);
            atHead = true;
        }
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return headless
                || (message instanceof HttpResponse head && head.status().code() < 200)
                || super.isContentAlwaysEmpty(message);
    }

    @Override
    protected boolean isSwitchingToNonHttp1Protocol(HttpResponse response) {
        return false;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        message.setDecoderResult(io.netty.handler.codec.DecoderResult.failure(
                new IllegalArgumentException("both Transfer-Encoding and Content-Length")));
    }
}

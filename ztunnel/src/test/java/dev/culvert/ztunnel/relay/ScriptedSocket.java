package dev.culvert.ztunnel.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;

/// A TCP channel without a socket, as a relay finds it: reading is off, half-closure allowed, and its peer may
/// be told to stop reading. Confined to the test's thread.
final class ScriptedSocket extends EmbeddedChannel implements DuplexChannel {
    private boolean stuck;
    private boolean inputShut;
    private boolean outputShut;

    ScriptedSocket() {
        config().setAutoRead(false);
        config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(500, 1_000));
    }

    /// The peer reads no more, so that what is written stays here.
    void stick() {
        stuck = true;
    }

    /// The peer reads again.
    void loosen() {
        stuck = false;
        flush();
        runPendingTasks();
    }

    /// The peer has ended its direction.
    void peerEnds() {
        inputShut = true;
        pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        runPendingTasks();
    }

    /// The peer has sent `bytes`.
    void peerSends(ByteBuf bytes) {
        pipeline().fireChannelRead(bytes);
        pipeline().fireChannelReadComplete();
        runPendingTasks();
    }

    /// All that was sent to the peer so far.
    String sent() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf each = readOutbound(); each != null; each = readOutbound()) {
            text.append(each.toString(StandardCharsets.US_ASCII));
            each.release();
        }
        return text.toString();
    }

    boolean reads() {
        return config().isAutoRead();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        if (!stuck) {
            super.doWrite(in);
        }
    }

    @Override
    public ChannelFuture shutdownOutput() {
        outputShut = true;
        pipeline().fireUserEventTriggered(ChannelOutputShutdownEvent.INSTANCE);
        return newSucceededFuture();
    }

    @Override
    public boolean isInputShutdown() {
        return inputShut;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShut;
    }

    @Override
    public boolean isShutdown() {
        return inputShut && outputShut;
    }

    @Override
    public ChannelFuture shutdownInput() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        return shutdownOutput();
    }

    @Override
    public ChannelFuture shutdown() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }
}

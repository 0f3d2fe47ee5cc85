package dev.culvert.hbone;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannelConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Options of a [TunnelChannel]: those of every channel, ALLOW_HALF_CLOSURE and SO_LINGER. Thread-safe, as all
/// options of channels are.
final class TunnelChannelConfig extends DefaultChannelConfig implements DuplexChannelConfig {
    /// How long, in seconds, a closed channel tries to send what it was given before.
    private static final int LINGER_SECONDS = 30;
    /// The stream decides how long a piece is.
    private static final RecvByteBufAllocator UNUSED = new FixedRecvByteBufAllocator(2_048);

    private final Runnable readingStopped;
    private volatile boolean halfClosure;
    private volatile int lingerSeconds = LINGER_SECONDS;

    /// @param readingStopped called when AUTO_READ is turned off
    TunnelChannelConfig(TunnelChannel channel, ByteBufAllocator allocator, Runnable readingStopped) {
        super(channel, UNUSED);
        this.readingStopped = readingStopped;
        super.setAllocator(allocator);
    }

    int lingerSeconds() {
        return lingerSeconds;
    }

    @Override
    protected void autoReadCleared() {
        readingStopped.run();
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), ChannelOption.ALLOW_HALF_CLOSURE, ChannelOption.SO_LINGER);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // each option has its own type
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (option.equals(ChannelOption.ALLOW_HALF_CLOSURE)) {
            return (T) Boolean.valueOf(halfClosure);
        }
        if (option.equals(ChannelOption.SO_LINGER)) {
            return (T) Integer.valueOf(lingerSeconds);
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option.equals(ChannelOption.ALLOW_HALF_CLOSURE)) {
            halfClosure = (Boolean) value;
        } else if (option.equals(ChannelOption.SO_LINGER)) {
            int seconds = (Integer) value;
            lingerSeconds = seconds < 0 ? LINGER_SECONDS : seconds;
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return halfClosure;
    }

    @Override
    public TunnelChannelConfig setAllowHalfClosure(boolean allowed) {
        halfClosure = allowed;
        return this;
    }

    @Override
    @Deprecated
    public TunnelChannelConfig setMaxMessagesPerRead(int count) {
        super.setMaxMessagesPerRead(count);
        return this;
    }

    @Override
    public TunnelChannelConfig setWriteSpinCount(int count) {
        super.setWriteSpinCount(count);
        return this;
    }

    @Override
    public TunnelChannelConfig setConnectTimeoutMillis(int millis) {
        super.setConnectTimeoutMillis(millis);
        return this;
    }

    @Override
    public TunnelChannelConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public TunnelChannelConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public TunnelChannelConfig setAutoRead(boolean on) {
        super.setAutoRead(on);
        return this;
    }

    @Override
    public TunnelChannelConfig setAutoClose(boolean on) {
        super.setAutoClose(on);
        return this;
    }

    @Override
    public TunnelChannelConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public TunnelChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
        super.setWriteBufferWaterMark(mark);
        return this;
    }
}

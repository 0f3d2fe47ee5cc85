package dev.culvert.ztunnel.sockets;

import dev.culvert.linux.SocketOptions;
import dev.culvert.ztunnel.config.SocketConfig;
import dev.culvert.ztunnel.config.SocketConfig.KeepAlive;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.time.Duration;
import java.util.function.BiConsumer;

/// The TCP options of the sockets in a pod. Pure but for the sockets that it is given.
final class TcpOptions {
    private TcpOptions() {}

    /// Sets what every socket that will connect has in common.
    static void prepare(Channel channel, SocketConfig config) {
        ChannelConfig options = channel.config();
        options.setOption(ChannelOption.TCP_NODELAY, true);
        options.setConnectTimeoutMillis((int) config.connectTimeout().toMillis());
        if (config.packetMark() != 0) {
            options.setOption(SocketOptions.MARK, config.packetMark());
        }
        keepAlive(config.keepAlive(), options::setOption);
    }

    /// Names the options of TCP keepalive.
    static void keepAlive(KeepAlive keepAlive, BiConsumer<ChannelOption<Object>, Object> taker) {
        if (!keepAlive.enabled()) {
            return;
        }
        name(taker, ChannelOption.SO_KEEPALIVE, true);
        name(taker, SocketOptions.KEEPALIVE_IDLE, seconds(keepAlive.time()));
        name(taker, SocketOptions.KEEPALIVE_INTERVAL, seconds(keepAlive.interval()));
        name(taker, SocketOptions.KEEPALIVE_COUNT, keepAlive.retries());
        if (keepAlive.userTimeout()) {
            name(taker, SocketOptions.USER_TIMEOUT, (int)
                    keepAlive.userTimeoutAfter().toMillis());
        }
    }

    /// Lets `channel` show a foreign source, and lets that source's ports be shared by connections to different
    /// destinations, for they are chosen when it connects.
    static void allowForeignSource(Channel channel, boolean ipv6) {
        ChannelConfig options = channel.config();
        IntegerUnixChannelOption transparent = ipv6 ? SocketOptions.TRANSPARENT_V6 : SocketOptions.TRANSPARENT_V4;
        IntegerUnixChannelOption freeBind = ipv6 ? SocketOptions.FREEBIND_V6 : SocketOptions.FREEBIND_V4;
        options.setOption(transparent, 1);
        options.setOption(freeBind, 1);
        options.setOption(SocketOptions.BIND_NO_PORT, 1);
    }

    @SuppressWarnings("unchecked") // the value is of the option's type
    private static <T> void name(BiConsumer<ChannelOption<Object>, Object> taker, ChannelOption<T> option, T value) {
        taker.accept((ChannelOption<Object>) option, value);
    }

    private static int seconds(Duration duration) {
        return (int) Math.max(1, duration.toSeconds());
    }
}

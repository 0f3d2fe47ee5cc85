package dev.culvert.ztunnel.sockets;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connect under way on a socket that was made before. Confined to its loop.
///
/// A foreign source that the kernel does not grant is given up with a warning: the application then sees the pod's
/// own address, which is better than no connection.
final class Connect {
    private static final Logger log = LoggerFactory.getLogger(Connect.class);

    private final Channel channel;
    private final Dial dial;
    private final boolean transparent;
    private final Promise<Channel> connected;

    Connect(Channel channel, Dial dial, boolean transparent, Promise<Channel> connected) {
        this.channel = channel;
        this.dial = dial;
        this.transparent = transparent;
        this.connected = connected;
    }

    void start(EventLoop loop, @Nullable ChannelHandler handler) {
        dial.use().apply(channel);
        if (handler != null) {
            channel.pipeline().addLast(handler);
        }
        ChannelFuture registered = loop.register(channel);
        if (registered.cause() != null) {
            connected.setFailure(registered.cause());
            return;
        }
        InetAddress from = dial.from();
        if (transparent && from != null && dial.keepsSource()) {
            bindThenConnect(from);
        } else {
            connect();
        }
    }

    private void bindThenConnect(InetAddress from) {
        try {
            TcpOptions.allowForeignSource(channel, from.getAddress().length > 4);
        } catch (ChannelException e) {
            warn(from, e);
            connect();
            return;
        }
        channel.bind(new InetSocketAddress(from, 0)).addListener((ChannelFuture bound) -> {
            if (!bound.isSuccess()) {
                warn(from, bound.cause());
            }
            connect();
        });
    }

    private void connect() {
        channel.connect(dial.to()).addListener((ChannelFuture done) -> {
            if (done.isSuccess()) {
                connected.setSuccess(channel);
            } else {
                channel.close();
                connected.setFailure(done.cause());
            }
        });
    }

    private void warn(InetAddress from, Throwable cause) {
        log.atWarn()
                .addKeyValue("source", from.getHostAddress())
                .addKeyValue("destination", dial.to())
                .addKeyValue("error", cause.getMessage())
                .log("the client's address cannot be kept; the application sees the pod's own");
    }
}

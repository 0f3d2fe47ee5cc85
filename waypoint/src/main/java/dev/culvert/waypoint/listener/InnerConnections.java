package dev.culvert.waypoint.listener;

import dev.culvert.waypoint.exchange.AppProtocol;
import dev.culvert.waypoint.http.ClientConnection;
import dev.culvert.waypoint.http.DrainEvent;
import dev.culvert.waypoint.http.HttpConnections;
import dev.culvert.waypoint.world.Served;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2Exception;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What is inside of the tunnels of one loop: HTTP or opaque bytes, by the port's declared protocol
/// or by a look at the first bytes. Confined to that loop.
public final class InnerConnections {
    private static final long LAST_MILLIS = 1_000;

    private final HttpConnections http;
    private final OpaqueConnections opaque;
    private final Duration patience;
    /// Of which it is not known yet what they speak.
    private final Set<Channel> undecided = new HashSet<>();

    /// @param patience a client that is silent for this long is taken for one that waits for the
    ///     server to speak first
    public InnerConnections(HttpConnections http, OpaqueConnections opaque, Duration patience) {
        this.http = http;
        this.opaque = opaque;
        this.patience = patience;
    }

    public HttpConnections http() {
        return http;
    }

    public OpaqueConnections opaque() {
        return opaque;
    }

    /// Tells clients that we go, or goes.
    public void drain(DrainEvent event) {
        http.drain(event);
        if (event == DrainEvent.CLOSE) {
            // one that was let in just now may have sent something that is not here yet
            List.copyOf(undecided)
                    .forEach(each ->
                            each.eventLoop().schedule(() -> closeUndecided(each), LAST_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    private void closeUndecided(Channel channel) {
        if (undecided.contains(channel)) {
            channel.close();
        }
    }

    void decided(Channel channel) {
        undecided.remove(channel);
    }

    /// What a new inner channel begins with.
    ChannelHandler handler(ClientConnection connection, Served served) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                undecided.add(channel);
                channel.config().setAutoRead(false);
                channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
                channel.pipeline()
                        .addLast(new ProtocolSniffer(
                                InnerConnections.this,
                                connection,
                                served,
                                served.protocol().isHttp() ? http.idle() : patience));
            }
        };
    }

    void http1(ChannelHandlerContext sniffer, ClientConnection connection, Served served) {
        http.serve1(sniffer, connection, served);
    }

    void http2(ChannelHandlerContext sniffer, ClientConnection connection, Served served) {
        try {
            http.serve2(sniffer, connection, served);
        } catch (Http2Exception e) {
            sniffer.fireExceptionCaught(e);
        }
    }

    /// @param spoken whether the client has sent something
    void opaque(ChannelHandlerContext sniffer, ClientConnection connection, Served served, boolean spoken) {
        boolean tls = served.protocol() == AppProtocol.TLS || (spoken && served.needsServerName());
        opaque.serve(sniffer, connection, served, tls ? patience : Duration.ZERO);
    }
}

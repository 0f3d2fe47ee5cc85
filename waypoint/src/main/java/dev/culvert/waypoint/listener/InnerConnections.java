package dev.culvert.waypoint.listener;

import dev.culvert.waypoint.http.ClientConnection;
import dev.culvert.waypoint.http.HttpConnections;
import dev.culvert.waypoint.world.Served;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2Exception;
import java.time.Duration;

/// What is inside of the tunnels of one loop: HTTP or opaque bytes, by the port's declared protocol
/// or by a look at the first bytes. Confined to that loop.
public final class InnerConnections {
    private final HttpConnections http;
    private final OpaqueConnections opaque;
    private final Duration patience;

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

    /// What a new inner channel begins with.
    ChannelHandler handler(ClientConnection connection, Served served) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.config().setAutoRead(false);
                channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
                channel.pipeline().addLast(new ProtocolSniffer(InnerConnections.this, connection, served, patience));
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

    void opaque(ChannelHandlerContext sniffer, ClientConnection connection, Served served) {
        opaque.serve(sniffer, connection, served);
    }
}

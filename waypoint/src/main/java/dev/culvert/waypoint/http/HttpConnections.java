package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.ClientEnd;
import dev.culvert.waypoint.exchange.ClientListener;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.world.Served;
import dev.culvert.waypoint.world.WaypointWorld;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2Exception;
import java.time.Duration;
import java.util.List;

/// The connections of clients that speak HTTP, of one loop. Confined to that loop.
public final class HttpConnections {
    private final FlowParts parts;
    private final HttpSettings settings;
    private final Duration grace;
    private final ChannelGroup channels;
    private boolean draining;

    /// @param grace what running requests get at the end
    public HttpConnections(FlowParts parts, HttpSettings settings, Duration grace) {
        this.parts = parts;
        this.settings = settings;
        this.grace = grace;
        channels = new DefaultChannelGroup(parts.loop());
    }

    /// Serves a connection of HTTP/1 from now on; the bytes behind `before` in its pipeline are its
    /// first.
    public void serve1(ChannelHandlerContext before, ClientConnection connection, Served served) {
        channels.add(before.channel());
        HttpSettings own = settings.http10() || !parts.world().get().self().getHttp10()
                ? settings
                : new HttpSettings(settings.limits(), settings.headTime(), settings.idle(), settings.bodyIdle(), true);
        new Http1Server(own, new Service(connection, served)).install(before);
    }

    /// The same for HTTP/2 with prior knowledge.
    public void serve2(ChannelHandlerContext before, ClientConnection connection, Served served) throws Http2Exception {
        channels.add(before.channel());
        new Http2Server(settings, new Service(connection, served), grace).install(before);
        if (draining) {
            before.pipeline().fireUserEventTriggered(DrainEvent.LAST);
        }
    }

    /// Tells clients that we go, or goes.
    public void drain(DrainEvent event) {
        draining = true;
        // a channel that is closed leaves the group
        for (Channel channel : List.copyOf(channels)) {
            channel.pipeline().fireUserEventTriggered(event);
        }
    }

    /// How long a client may take to say something.
    public Duration idle() {
        return settings.idle();
    }

    /// Open connections.
    public int size() {
        return channels.size();
    }

    private final class Service implements RequestService {
        private final ClientConnection connection;
        /// What it was when the connection was made; for requests when it is served no more.
        private final Served first;

        Service(ClientConnection connection, Served first) {
            this.connection = connection;
            this.first = first;
        }

        @Override
        public ClientListener begin(ClientEnd client, RequestHead head, boolean bodyless) {
            WaypointWorld world = parts.world().get();
            Served served =
                    world.find(connection.addressed()) instanceof WaypointWorld.Found.Here(Served now) ? now : first;
            return new HttpFlow(parts, connection, client, new HttpFlow.Incoming(world, served, head, bodyless));
        }

        @Override
        public void refused(LocalReply reply, String protocol) {
            ExchangeRecord record = new ExchangeRecord(connection.client(), protocol);
            first.describe(record);
            record.status = reply.status();
            record.flag(reply.flag());
            record.details = reply.details();
            record.endNanos = System.nanoTime();
            parts.observers().of(parts.world().get().self(), first.telemetry()).ended(record);
        }

        @Override
        public boolean isDraining() {
            return draining;
        }
    }
}

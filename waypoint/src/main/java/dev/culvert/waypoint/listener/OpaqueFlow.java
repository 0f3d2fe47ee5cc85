package dev.culvert.waypoint.listener;

import dev.culvert.waypoint.connect.DialOutcome;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.ExchangeObserver;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.http.ClientConnection;
import dev.culvert.waypoint.policy.PolicyStep;
import dev.culvert.waypoint.upstream.Lease;
import dev.culvert.waypoint.world.Served;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection that is no HTTP, from the client's end: judged, sent to a backend, relayed byte
/// for byte with each direction ending by itself. Confined to its loop.
///
/// A side is read while the other is writable, so that no more is held than the channels' marks.
final class OpaqueFlow extends ChannelInboundHandlerAdapter {
    private final OpaqueConnections owner;
    private final OpaqueConnections.Parts parts;
    private final ClientConnection connection;
    private final Served served;
    private final ExchangeRecord record;
    private final ExchangeObserver observer;
    private @Nullable ChannelHandlerContext client;
    private final Beginning early = new Beginning();
    private @Nullable Channel server;
    private @Nullable Lease lease;
    private @Nullable Future<?> idle;
    private long lastNanos = System.nanoTime();
    private Duration idleTime;
    private boolean clientEnded;
    private boolean serverEnded;
    private boolean over;

    /// @param serverName that the client asks for by TLS; empty for none
    OpaqueFlow(OpaqueConnections owner, ClientConnection connection, Served served, String serverName) {
        this.owner = owner;
        this.connection = connection;
        this.served = served;
        parts = owner.parts();
        idleTime = parts.idle();
        record = new ExchangeRecord(connection.client(), "TCP");
        record.serverName = serverName;
        observer = parts.observers().of(parts.world().get().self(), served.telemetry());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        client = context;
        owner.opened();
        served.describe(record);
        observer.opened(record);
        step(served.policies().evaluateConnection(connection.client(), record.serverName, parts.policy()));
    }

    private void step(PolicyStep step) {
        if (over) {
            return;
        }
        switch (step) {
            case PolicyStep.Continue _ -> dial();
            case PolicyStep.Refuse(LocalReply reply) -> {
                record.flag("RBAC");
                end(reply.details());
            }
            case PolicyStep.NeedsBody needs -> step(needs.then().judge(Bytes.EMPTY, true));
            case PolicyStep.Pending(var next) -> {
                var _ = next.thenAccept(this::step);
            }
        }
    }

    private void dial() {
        OpaqueConnections.Way way = owner.way(connection, served, record);
        if (way == null) {
            end(record.terminationDetails);
            return;
        }
        lease = way.lease();
        record.upstreamHost = way.to().address();
        record.upstreamWorkload = way.endpoint().info();
        record.upstreamIdentity = way.endpoint().identity();
        record.upstreamTunnel = way.endpoint().hbone();
        record.attempts = 1;
        Duration own = way.limits().tcpIdle();
        idleTime = own == null ? idleTime : own;
        parts.upstreams().dial(way.to(), way.limits(), new ServerSide(), this::dialled);
    }

    private void dialled(DialOutcome outcome) {
        switch (outcome) {
            case DialOutcome.Failed(UpstreamFailure failure) -> {
                if (lease != null) {
                    lease.failed();
                }
                record.flag(failure.kind().flag());
                record.upstreamFailure = failure.message();
                end(failure.kind().details());
            }
            case DialOutcome.Connected(Channel channel) -> connected(channel);
        }
    }

    private void connected(Channel channel) {
        ChannelHandlerContext from = client;
        if (over || from == null) {
            channel.close();
            return;
        }
        server = channel;
        record.upstreamLocal = channel.localAddress();
        watchIdle();
        ByteBuf had = early.take();
        if (had != null) {
            channel.writeAndFlush(had);
        }
        if (clientEnded) {
            shutdownOutput(channel);
        }
        channel.read();
        from.read();
    }

    // From the client to the backend.

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes) || over) {
            ReferenceCountUtil.release(message);
            return;
        }
        lastNanos = System.nanoTime();
        record.requestBytes += bytes.readableBytes();
        if (server != null) {
            server.write(bytes);
        } else {
            early.add(context, bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        Channel to = server;
        if (to != null) {
            to.flush();
            if (to.isWritable() && !clientEnded) {
                context.read();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Channel from = server;
        if (from != null && context.channel().isWritable() && !serverEnded) {
            from.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            clientEnded = true;
            if (server != null) {
                shutdownOutput(server);
            }
            endIfBothEnded();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end("");
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        record.flag("DC");
        reset("downstream_remote_disconnect");
    }

    private static void shutdownOutput(Channel channel) {
        if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
    }

    private void endIfBothEnded() {
        if (clientEnded && serverEnded) {
            end("");
        }
    }

    private void watchIdle() {
        long left = idleTime.toNanos() - (System.nanoTime() - lastNanos);
        if (left <= 0) {
            end("idle_timeout");
        } else if (!over) {
            idle = parts.loop().schedule(this::watchIdle, left, TimeUnit.NANOSECONDS);
        }
    }

    /// A connection that broke on one side is to break on the other, and not to look as if it had
    /// ended.
    private void reset(String why) {
        if (client != null) {
            client.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        if (server != null) {
            server.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        end(why);
    }

    private void end(String why) {
        if (over) {
            return;
        }
        over = true;
        owner.closed();
        if (idle != null) {
            idle.cancel(false);
        }
        early.release();
        if (lease != null) {
            lease.close();
        }
        closeBehindWrites(server);
        closeBehindWrites(client == null ? null : client.channel());
        record.terminationDetails = why;
        record.endNanos = System.nanoTime();
        observer.ended(record);
    }

    private static void closeBehindWrites(@Nullable Channel channel) {
        if (channel == null || !channel.isOpen()) {
            return;
        }
        boolean ended = channel instanceof DuplexChannel duplex && duplex.isOutputShutdown();
        Integer linger = channel.config().getOption(ChannelOption.SO_LINGER);
        if (ended || (linger != null && linger == 0)) {
            channel.close();
        } else {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /// From the backend to the client.
    private final class ServerSide extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ChannelHandlerContext to = client;
            if (!(message instanceof ByteBuf bytes) || over || to == null) {
                ReferenceCountUtil.release(message);
                return;
            }
            lastNanos = System.nanoTime();
            record.responseBytes += bytes.readableBytes();
            to.write(bytes);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            ChannelHandlerContext to = client;
            if (to != null && !over) {
                to.flush();
                if (to.channel().isWritable() && !serverEnded) {
                    context.read();
                }
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            ChannelHandlerContext from = client;
            if (from != null && context.channel().isWritable() && !clientEnded) {
                from.read();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                serverEnded = true;
                if (client != null) {
                    shutdownOutput(client.channel());
                }
                endIfBothEnded();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end("");
        }

        @Override
        @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            record.flag("UC");
            record.upstreamFailure = String.valueOf(cause.getMessage());
            reset("upstream_remote_disconnect");
        }
    }
}

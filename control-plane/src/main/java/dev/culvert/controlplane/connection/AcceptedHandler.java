package dev.culvert.controlplane.connection;

import dev.culvert.controlplane.caller.CallerConnections.Ends;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Enters each accepted connection in the table before gRPC sees it, so that one that never
/// completes TLS counts too. A handler of the listening channel, confined to the accepting loop.
public final class AcceptedHandler extends ChannelInboundHandlerAdapter {
    private final ConnectionTable table;

    public AcceptedHandler(ConnectionTable table) {
        this.table = table;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Channel accepted) {
            Ends ends = ConnectionTable.ends(accepted);
            ConnectionEntry entry = table.opened(accepted);
            Future<?> deadline = ctx.executor()
                    .schedule(
                            () -> table.expired(entry),
                            table.limits().proveWithin().toMillis(),
                            TimeUnit.MILLISECONDS);
            accepted.closeFuture().addListener(_ -> {
                deadline.cancel(false);
                table.closed(ends, entry);
            });
        }
        ctx.fireChannelRead(message);
    }
}

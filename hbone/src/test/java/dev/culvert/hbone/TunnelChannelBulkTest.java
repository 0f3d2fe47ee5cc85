package dev.culvert.hbone;

import static dev.culvert.hbone.TunnelRig.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.hbone.header.Baggage;
import dev.culvert.testkit.LeakGuard;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Many bytes both ways at once through channels, to the last bit, in bounded memory.
@Timeout(60)
class TunnelChannelBulkTest {
    private static final long TOTAL = 200L << 20;
    private static final int CHUNK = 64 << 10;
    private static final long BOUND = 48L << 20;

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final TunnelRig rig = new TunnelRig(HboneLimits.DEFAULT, leaks.allocator());
    private volatile long peak;

    @AfterEach
    void stop() {
        rig.close();
    }

    private static byte at(long position) {
        return (byte) (position * 31 + (position >> 11));
    }

    /// Sends the pattern as fast as it may, and checks what comes back, with a pause now and then.
    private final class Sender extends ChannelInboundHandlerAdapter {
        private long sent;
        private volatile long came;
        private volatile boolean intact = true;
        private volatile boolean ended;
        private volatile @Nullable Throwable failure;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            pump(context);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            pump(context);
        }

        private void pump(ChannelHandlerContext context) {
            while (context.channel().isWritable() && sent < TOTAL) {
                ByteBuf chunk = context.alloc().directBuffer(CHUNK);
                for (int i = 0; i < CHUNK; i++) {
                    chunk.writeByte(at(sent + i));
                }
                sent += CHUNK;
                context.writeAndFlush(chunk);
                peak = Math.max(peak, leaks.allocator().metric().usedDirectMemory());
                if (sent == TOTAL) {
                    ((TunnelChannel) context.channel()).shutdownOutput();
                }
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            long before = came;
            int count = bytes.readableBytes();
            for (int i = 0; i < count; i++) {
                intact &= bytes.getByte(bytes.readerIndex() + i) == at(before + i);
            }
            bytes.release();
            came = before + count;
            if (came >> 23 != before >> 23) {
                context.channel().config().setAutoRead(false);
                context.executor()
                        .schedule(() -> context.channel().config().setAutoRead(true), 5, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended = true;
        }

        @Override
        @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failure = cause;
        }
    }

    /// Sends everything back, reads nothing while that is not taken, and closes at the end.
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message);
            if (!context.channel().isWritable()) {
                context.channel().config().setAutoRead(false);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ((TunnelChannel) context.channel()).shutdownOutput().addListener(ignored -> context.close());
            }
        }
    }

    @Test
    void twoHundredMegabytesEachWayArriveIntactWithASlowReader() {
        var served = rig.serve(new Acceptors.Scripted(offer -> {
            TunnelChannel echo = TunnelChannel.open(offer.accept(Baggage.EMPTY), new Echo());
            echo.config().setAllowHalfClosure(true);
        }));
        Sender sender = new Sender();
        rig.connect(rig.key(served.address(), BOB), "10.0.0.1:80", reply -> {
            if (reply instanceof ConnectReply.Accepted accepted) {
                TunnelChannel.open(accepted.stream(), sender);
            }
        });

        await().atMost(Duration.ofSeconds(50)).until(() -> sender.ended);

        assertThat(sender.failure).isNull();
        assertThat(sender.came).isEqualTo(TOTAL);
        assertThat(sender.intact).isTrue();
        assertThat(peak).as("direct memory of both ends at its peak").isLessThan(BOUND);
    }
}

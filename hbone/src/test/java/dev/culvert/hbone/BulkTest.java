package dev.culvert.hbone;

import static dev.culvert.hbone.TunnelRig.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.hbone.header.Baggage;
import dev.culvert.testkit.LeakGuard;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Many bytes both ways at once, to the last bit, in bounded memory.
class BulkTest {
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

    /// Sends the pattern as fast as it may, and checks what comes back, slowly at first.
    private final class Sender implements TunnelReceiver {
        private final TunnelStream stream;
        private long sent;
        private long came;
        private int owed;
        private volatile boolean intact = true;
        private volatile boolean ended;
        private volatile @Nullable TunnelFailure failure;

        Sender(TunnelStream stream) {
            this.stream = stream;
        }

        void pump() {
            while (stream.isWritable() && sent < TOTAL) {
                ByteBuf chunk = leaks.allocator().directBuffer(CHUNK);
                int count = (int) Math.min(CHUNK, TOTAL - sent);
                for (int i = 0; i < count; i++) {
                    chunk.writeByte(at(sent + i));
                }
                sent += count;
                stream.write(chunk);
                stream.flush();
                peak = Math.max(peak, leaks.allocator().metric().usedDirectMemory());
                if (sent == TOTAL) {
                    stream.end();
                }
            }
        }

        @Override
        public void data(ByteBuf bytes) {
            int count = bytes.readableBytes();
            for (int i = 0; i < count; i++) {
                intact &= bytes.getByte(bytes.readerIndex() + i) == at(came + i);
            }
            bytes.release();
            came += count;
            owed += count;
            if (owed >= 1 << 20) {
                int due = owed;
                owed = 0;
                stream.eventLoop()
                        .schedule(() -> stream.consumed(due), came < TOTAL / 20 ? 10 : 0, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void readComplete() {
            // nothing is answered
        }

        @Override
        public void ended() {
            ended = came == TOTAL;
        }

        @Override
        public void failed(TunnelFailure reason) {
            failure = reason;
        }

        @Override
        public void writabilityChanged() {
            pump();
        }
    }

    /// Sends everything back, and takes no more than it can.
    private static final class Echo implements TunnelReceiver {
        private final TunnelStream stream;
        private int owed;

        Echo(TunnelStream stream) {
            this.stream = stream;
        }

        @Override
        public void data(ByteBuf bytes) {
            owed += bytes.readableBytes();
            stream.write(bytes);
        }

        @Override
        public void readComplete() {
            stream.flush();
            settle();
        }

        private void settle() {
            if (stream.isWritable()) {
                stream.consumed(owed);
                owed = 0;
            }
        }

        @Override
        public void ended() {
            stream.end();
        }

        @Override
        public void failed(TunnelFailure failure) {
            // the sender's side fails too, and the test with it
        }

        @Override
        public void writabilityChanged() {
            settle();
        }
    }

    @Test
    void twoHundredMegabytesEachWayArriveIntactWithASlowReader() {
        var served = rig.serve(new Acceptors.Scripted(offer -> {
            TunnelStream stream = offer.accept(Baggage.EMPTY);
            stream.receiver(new Echo(stream));
        }));
        Sender[] sender = new Sender[1];
        long began = System.nanoTime();
        rig.connect(rig.key(served.address(), BOB), "10.0.0.1:80", reply -> {
            if (reply instanceof ConnectReply.Accepted accepted) {
                sender[0] = new Sender(accepted.stream());
                accepted.stream().receiver(sender[0]);
                sender[0].pump();
            }
        });

        await().atMost(Duration.ofSeconds(50))
                .until(() -> sender[0] != null && (sender[0].ended || sender[0].failure != null));

        assertThat(sender[0].failure).isNull();
        assertThat(sender[0].intact).isTrue();
        assertThat(peak).as("direct memory of both ends at its peak").isLessThan(BOUND);
        System.out.println("echoed " + (TOTAL >> 20) + " MiB in " + (System.nanoTime() - began) / 1_000_000
                + " ms, peak of " + (peak >> 10) + " KiB");
    }
}

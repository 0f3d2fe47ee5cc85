package dev.culvert.hbone;

import static dev.culvert.hbone.TunnelRig.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.hbone.header.Baggage;
import dev.culvert.testkit.LeakGuard;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Channels over both ends of a tunnel, on loopback and real TLS.
@Timeout(30)
class TunnelChannelTest {
    private static final HboneLimits SMALL =
            HboneLimits.DEFAULT.withWindows(new HboneLimits.Windows(64 << 10, 256 << 10, 16 << 10, 64 << 10, 16 << 10));
    /// A small window, the stream's queue, the channel's own, a piece in excess in each.
    private static final int BOUND = (64 + 64 + 64 + 2 * 16) << 10;

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final TunnelRig rig = new TunnelRig(SMALL, leaks.allocator());

    @AfterEach
    void stop() {
        rig.close();
    }

    private static void asItIs(TunnelChannel channel) {
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    private static void halfClosure(TunnelChannel channel) {
        channel.config().setAllowHalfClosure(true);
    }

    private static void notReading(TunnelChannel channel) {
        channel.config().setAutoRead(false);
    }

    private record Pair(ChannelProbe client, ChannelProbe server) {
        ChannelProbe end(String name) {
            return name.equals("client") ? client : server;
        }

        ChannelProbe other(String name) {
            return name.equals("client") ? server : client;
        }
    }

    private Pair pair(Consumer<TunnelChannel> clientOptions, Consumer<TunnelChannel> serverOptions) {
        ChannelProbe server = new ChannelProbe(serverOptions);
        ChannelProbe client = new ChannelProbe(clientOptions);
        var served = rig.serve(new Acceptors.Scripted(offer -> server.open(offer.accept(Baggage.EMPTY))));
        rig.connect(rig.key(served.address(), BOB), "web.default:80", reply -> {
            if (reply instanceof ConnectReply.Accepted accepted) {
                client.open(accepted.stream());
            }
        });
        client.channel();
        server.channel();
        return new Pair(client, server);
    }

    private ByteBuf chunk() {
        return leaks.allocator().directBuffer(16 << 10).writeZero(16 << 10);
    }

    /// Writes chunks until the channel is not writable; how many bytes that were.
    private int fill(TunnelChannel channel, List<ChannelFuture> writes) {
        int[] total = new int[1];
        channel.eventLoop()
                .submit(() -> {
                    while (channel.isWritable() && total[0] < 64 << 20) {
                        writes.add(channel.writeAndFlush(chunk()));
                        total[0] += 16 << 10;
                    }
                })
                .syncUninterruptibly();
        return total[0];
    }

    /// Writes until neither the peer's window nor our queues take more; how many bytes that were.
    private int fillUp(TunnelChannel channel, List<ChannelFuture> writes) {
        int[] sent = new int[1];
        // what the window lets pass makes room, until it does not
        await().during(Duration.ofMillis(200)).until(() -> {
            int more = fill(channel, writes);
            sent[0] += more;
            return more == 0;
        });
        return sent[0];
    }

    @Test
    void carriesBytesBothWaysAndEachEndByItself() {
        Pair pair = pair(TunnelChannelTest::halfClosure, TunnelChannelTest::halfClosure);

        pair.client().send("hello");
        pair.client().channel().shutdownOutput().syncUninterruptibly();

        await().until(() -> pair.server().events.contains(ChannelInputShutdownReadComplete.INSTANCE));
        assertThat(pair.server().text()).isEqualTo("hello");
        assertThat(pair.server().events())
                .startsWith(ChannelInputShutdownEvent.INSTANCE, ChannelInputShutdownReadComplete.INSTANCE);
        assertThat(pair.server().channel().isInputShutdown()).isTrue();
        assertThat(pair.server().channel().isActive()).isTrue();
        assertThat(pair.client().channel().isOutputShutdown()).isTrue();
        assertThat(pair.client().events()).contains(ChannelOutputShutdownEvent.INSTANCE);
        pair.server().send("still here");
        await().until(() -> pair.client().text().equals("still here"));
        pair.server().channel().close();
        await().until(() -> pair.client().events.contains(ChannelInputShutdownEvent.INSTANCE));
        pair.client().channel().close().syncUninterruptibly();
        assertThat(pair.client().failures).isEmpty();
        assertThat(pair.server().failures).isEmpty();
        await().until(() -> rig.counts().streams() == 0);
    }

    @Test
    void knowsWhoIsAtTheOtherEnd() {
        Pair pair = pair(TunnelChannelTest::asItIs, TunnelChannelTest::asItIs);

        assertThat(pair.client().channel().peer().identity()).isEqualTo(BOB);
        assertThat(pair.server().channel().peer().identity()).isEqualTo(TunnelRig.ALICE);
        assertThat(pair.client().channel().localAddress())
                .isEqualTo(pair.server().channel().remoteAddress());
        assertThat(pair.client().channel().alloc()).isSameAs(leaks.allocator());
    }

    @Test
    void withoutHalfClosureTheEndOfThePeerClosesBehindItsBytes() {
        Pair pair = pair(TunnelChannelTest::asItIs, TunnelChannelTest::asItIs);

        pair.client().send("last words");
        pair.client().channel().close();

        await().until(() -> pair.server().inactive);
        assertThat(pair.server().text()).isEqualTo("last words");
        assertThat(pair.server().failures).isEmpty();
        await().until(() -> rig.counts().streams() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "server"})
    void whoDoesNotReadHoldsTheOtherBack(String reader) {
        Pair pair = pair(TunnelChannelTest::notReading, TunnelChannelTest::notReading);
        ChannelProbe sender = pair.other(reader);
        List<ChannelFuture> writes = new ArrayList<>();

        int sent = fillUp(sender.channel(), writes);

        assertThat(sent).isLessThan(BOUND);
        assertThat(pair.end(reader).size()).isZero();
        pair.end(reader).channel().config().setAutoRead(true);
        await().until(() -> pair.end(reader).size() == sent);
        await().until(() -> sender.channel().isWritable());
        assertThat(sender.writability).endsWith(true);
        assertThat(writes).allMatch(ChannelFuture::isSuccess);
    }

    @Test
    void aReadTakesOnePieceWhenNotReadingByItself() {
        Pair pair = pair(TunnelChannelTest::asItIs, TunnelChannelTest::notReading);
        for (int i = 0; i < 3; i++) {
            pair.client().channel().writeAndFlush(chunk()).syncUninterruptibly();
        }
        ChannelProbe server = pair.server();

        for (int i = 1; i <= 3; i++) {
            int reads = i;
            server.channel().read();
            await().until(() -> server.reads == reads && server.readCompletes == reads);
        }

        assertThat(server.size()).isGreaterThan(0);
    }

    @Test
    void theEndIsToldWhenItIsReadAndNotBefore() {
        Pair pair = pair(TunnelChannelTest::asItIs, channel -> {
            halfClosure(channel);
            notReading(channel);
        });
        pair.client().send("hello");
        pair.client().channel().shutdownOutput();
        ChannelProbe server = pair.server();

        await().during(Duration.ofMillis(100)).until(() -> server.events.isEmpty());
        server.channel().read();
        await().until(() -> server.text().equals("hello"));
        assertThat(server.channel().isInputShutdown()).isFalse();
        server.channel().read();

        await().until(() -> server.channel().isInputShutdown());
    }

    @Test
    void shutdownOutputEndsBehindEverythingThatWasFlushed() {
        Pair pair = pair(TunnelChannelTest::asItIs, channel -> {
            halfClosure(channel);
            notReading(channel);
        });
        int[] sent = new int[1];
        pair.client()
                .channel()
                .eventLoop()
                .submit(() -> {
                    for (int i = 0; i < 64; i++) {
                        pair.client().channel().writeAndFlush(chunk());
                        sent[0] += 16 << 10;
                    }
                })
                .syncUninterruptibly();

        ChannelFuture ended = pair.client().channel().shutdownOutput();

        assertThat(ended.isDone()).isFalse();
        pair.server().channel().config().setAutoRead(true);
        await().until(() -> pair.server().channel().isInputShutdown());
        assertThat(pair.server().size()).isEqualTo(sent[0]);
        assertThat(ended.isSuccess()).isTrue();
        ChannelFuture late = pair.client().send("too late").awaitUninterruptibly();
        assertThat(late.isSuccess()).isFalse();
    }

    @Test
    void closingBehindAWriteLosesNothingOfIt() {
        Pair pair = pair(TunnelChannelTest::notReading, TunnelChannelTest::asItIs);
        String much = "x".repeat(1 << 20);

        pair.server().send(much).addListener(ignored -> pair.server().channel().close());
        pair.client().channel().config().setAutoRead(true);

        await().until(() -> pair.client().inactive);
        assertThat(pair.client().size()).isEqualTo(much.length());
        assertThat(pair.client().failures).isEmpty();
    }

    @Test
    void whatWasReadSlowlySurvivesThatThePeerLeft() {
        Pair pair = pair(TunnelChannelTest::notReading, TunnelChannelTest::asItIs);
        pair.server().send("short answer");
        pair.server().channel().close().syncUninterruptibly();
        await().until(() -> rig.counts().streams() == 0);

        pair.client().channel().read();
        await().until(() -> pair.client().text().equals("short answer"));
        ChannelFuture write = pair.client().send("nobody is there").awaitUninterruptibly();
        pair.client().channel().read();

        await().until(() -> pair.client().inactive);
        assertThat(write.cause()).isInstanceOf(TunnelException.class);
        assertThat(pair.client().failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"client", "server"})
    void closingWithoutLingeringIsAResetThatThePeerTakesForNoEnd(String name) {
        Pair pair = pair(TunnelChannelTest::halfClosure, TunnelChannelTest::halfClosure);
        ChannelProbe other = pair.other(name);
        pair.end(name).send("half a mess");
        await().until(() -> other.text().equals("half a mess"));

        pair.end(name).channel().config().setOption(ChannelOption.SO_LINGER, 0);
        pair.end(name).channel().close();

        await().until(() -> other.inactive);
        assertThat(other.failure()).isEqualTo(new TunnelFailure.StreamReset(8));
        assertThat(other.events()).doesNotContain(ChannelInputShutdownEvent.INSTANCE);
        await().until(() -> rig.counts().streams() == 0);
        assertThat(rig.counts().connections()).isEqualTo(1);
    }

    @Test
    void aResetReleasesWhatNobodyHadReadAndFailsWhatWaitsToBeSent() {
        Pair pair = pair(TunnelChannelTest::notReading, TunnelChannelTest::notReading);
        List<ChannelFuture> writes = new ArrayList<>();
        pair.client().send("never read");
        fillUp(pair.server().channel(), writes);
        ChannelFuture waiting = pair.server().channel().writeAndFlush(chunk().writeZero(1 << 20));
        pair.client().channel().config().setOption(ChannelOption.SO_LINGER, 0);

        pair.client().channel().close();

        await().until(() -> pair.server().inactive);
        assertThat(pair.server().failure()).isEqualTo(new TunnelFailure.StreamReset(8));
        assertThat(pair.server().size()).isZero();
        await().until(waiting::isDone);
        assertThat(waiting.isSuccess()).isFalse();
    }

    @Test
    void lingersAsLongAsItWasToldForAPeerThatDoesNotRead() {
        Pair pair = pair(TunnelChannelTest::notReading, TunnelChannelTest::asItIs);
        pair.server().channel().config().setOption(ChannelOption.SO_LINGER, 1);
        fillUp(pair.server().channel(), new ArrayList<>());

        pair.server().channel().close();

        await().until(() -> pair.client().inactive);
        assertThat(pair.client().failure()).isEqualTo(new TunnelFailure.StreamReset(8));
    }

    @Test
    void theLossOfTheConnectionFailsAllItsChannels() {
        Pair pair = pair(TunnelChannelTest::asItIs, TunnelChannelTest::asItIs);

        rig.clientLoop.submit(rig.pool::close).syncUninterruptibly();

        await().until(() -> pair.client().inactive && pair.server().inactive);
        assertThat(pair.client().failure()).isInstanceOf(TunnelFailure.ClosedByUs.class);
        assertThat(pair.server().failure()).isInstanceOf(TunnelFailure.ConnectionLost.class);
    }

    @Test
    void discardsWhatComesAfterItsInputWasShutDownAndGivesItsCreditBack() {
        Pair pair = pair(TunnelChannelTest::asItIs, TunnelChannelTest::notReading);
        pair.server().channel().shutdownInput().syncUninterruptibly();
        int[] sent = new int[1];

        await().until(() -> {
            sent[0] += fill(pair.client().channel(), new ArrayList<>());
            return sent[0] > 1 << 20;
        });

        assertThat(pair.server().size()).isZero();
        pair.client().channel().close();
    }

    @Test
    void takesNothingButBytes() {
        Pair pair = pair(TunnelChannelTest::asItIs, TunnelChannelTest::asItIs);

        ChannelFuture write = pair.client().channel().writeAndFlush("text").awaitUninterruptibly();

        assertThat(write.cause())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("String");
        pair.client().channel().close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}

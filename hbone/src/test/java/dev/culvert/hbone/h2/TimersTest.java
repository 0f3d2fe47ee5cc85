package dev.culvert.hbone.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.Acceptors;
import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelPeer;
import dev.culvert.hbone.TunnelRig;
import dev.culvert.testkit.RawFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How long each end waits for the other, with time turned by hand and the other end on raw frames.
class TimersTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final InetSocketAddress REMOTE = new InetSocketAddress("10.0.0.2", 15008);
    private static final TunnelPeer PEER =
            new TunnelPeer(new SpiffeId("cluster.local", "ns", "b"), REMOTE, new InetSocketAddress("10.0.0.1", 40000));

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<RawFrame> unread = new ArrayList<>();
    private final ClientConnection client = new ClientConnection(HboneLimits.DEFAULT, PEER, _ -> {});
    private final ServerConnection server = new ServerConnection(HboneLimits.DEFAULT, PEER, Acceptors.hesitating());

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asksForASignOfLifeTenSecondsAfterTheLastOne(boolean ofServer) {
        settle(ofServer);
        pass(9_999);
        assertThat(pings()).isEmpty();
        pass(1);
        RawFrame first = only(pings());
        pass(3_000);
        pong(first);
        pass(9_999);
        assertThat(pings()).isEmpty();
        pass(1);
        assertThat(pings()).hasSize(1);
        assertThat(channel.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anythingFromThePeerIsASignOfLife(boolean ofServer) {
        settle(ofServer);
        for (int i = 0; i < 20; i++) {
            pass(9_000);
            frame(RawFrame.WINDOW_UPDATE, 0, 0, 0, 0, 1);
        }
        assertThat(pings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesASilentPeerUpTwentySecondsAfterThePing(boolean ofServer) {
        settle(ofServer);
        List<ConnectReply> replies = new ArrayList<>();
        if (!ofServer) {
            Runnable _ = client.connect(TunnelRig.request("10.0.0.3:80"), replies::add);
        }
        pass(10_000);
        assertThat(pings()).hasSize(1);
        pass(19_999);
        assertThat(channel.isOpen()).isTrue();
        assertThat(replies).isEmpty();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(only(goAways()).number(4)).isEqualTo(ErrorCode.NO_ERROR.code());
        if (!ofServer) {
            assertThat(replies)
                    .containsExactly(new ConnectReply.Failed(
                            new TunnelFailure.ConnectionLost("no sign of life for 20 s after a PING")));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesAPeerThatNeverSendsSettingsUpAfterTenSeconds(boolean ofServer) {
        begin(ofServer);
        pass(9_999);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(only(goAways()).number(4)).isEqualTo(ErrorCode.SETTINGS_TIMEOUT.code());
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aTunnelThatWaitsForTheSettingsLearnsThatTheHandshakeTimedOut() {
        begin(false);
        List<ConnectReply> replies = new ArrayList<>();
        Runnable _ = client.connect(TunnelRig.request("10.0.0.3:80"), replies::add);
        pass(10_000);
        assertThat(replies)
                .containsExactly(new ConnectReply.Failed(new TunnelFailure.HandshakeTimedOut(
                        REMOTE, HboneLimits.DEFAULT.timers().preface())));
    }

    @Test
    void leavesNoTimerBehindWhenItCloses() {
        settle(true);
        channel.close();
        pass(600_000);
        assertThat(pings()).isEmpty();
        assertThat(goAways()).isEmpty();
    }

    @Test
    void drainsInTwoStepsAndClosesWhenNothingIsOpen() {
        settle(true);
        server.drain(60_000);
        channel.runPendingTasks();
        RawFrame first = only(goAways());
        assertThat(first.number(0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(first.number(4)).isEqualTo(ErrorCode.NO_ERROR.code());
        assertThat(channel.isOpen()).isTrue();
        pong(only(pings()));
        RawFrame last = goAways().getLast();
        assertThat(last.number(0)).isZero();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatDoesNotAnswerTheDrainIsClosedAtItsDeadline() {
        settle(true);
        server.drain(5_000);
        pass(4_999);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    private void begin(boolean ofServer) {
        channel.freezeTime();
        channel.pipeline().addLast(ofServer ? server : client);
        channel.runPendingTasks();
    }

    private void settle(boolean ofServer) {
        begin(ofServer);
        if (ofServer) {
            channel.writeInbound(Unpooled.copiedBuffer(PREFACE, StandardCharsets.US_ASCII));
        }
        frame(RawFrame.SETTINGS, 0);
        frame(RawFrame.SETTINGS, 1);
    }

    private void pong(RawFrame ping) {
        byte[] payload = ping.payload();
        int[] numbers = new int[payload.length];
        for (int i = 0; i < payload.length; i++) {
            numbers[i] = payload[i];
        }
        frame(RawFrame.PING, 1, numbers);
    }

    private void frame(int type, int flags, int... payload) {
        ByteBuf bytes = Unpooled.buffer();
        bytes.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(0);
        for (int each : payload) {
            bytes.writeByte(each);
        }
        channel.writeInbound(bytes);
        channel.runPendingTasks();
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    /// The PINGs that ask, of those frames that were sent since the last time.
    private List<RawFrame> pings() {
        return take(RawFrame.PING).stream().filter(ping -> !ping.has(1)).toList();
    }

    private List<RawFrame> goAways() {
        return take(RawFrame.GOAWAY);
    }

    private static RawFrame only(List<RawFrame> frames) {
        assertThat(frames).hasSize(1);
        return frames.getFirst();
    }

    private List<RawFrame> take(int type) {
        ByteBuf sent = Unpooled.buffer();
        for (ByteBuf each = channel.readOutbound(); each != null; each = channel.readOutbound()) {
            sent.writeBytes(each);
            each.release();
        }
        if (sent.readableBytes() >= PREFACE.length() && sent.getByte(0) == 'P') {
            sent.skipBytes(PREFACE.length());
        }
        while (sent.isReadable()) {
            byte[] payload = new byte[sent.readMedium()];
            int kind = sent.readByte();
            int flags = sent.readByte();
            int stream = sent.readInt();
            sent.readBytes(payload);
            unread.add(new RawFrame(kind, flags, stream, payload));
        }
        List<RawFrame> wanted =
                unread.stream().filter(frame -> frame.type() == type).toList();
        unread.removeAll(wanted);
        return wanted;
    }
}

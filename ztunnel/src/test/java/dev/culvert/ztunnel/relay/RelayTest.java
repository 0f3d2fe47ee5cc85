package dev.culvert.ztunnel.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.hbone.TunnelFailure;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.ztunnel.connection.Captured;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.ConnectionEntry;
import dev.culvert.ztunnel.connection.ConnectionJournal;
import dev.culvert.ztunnel.connection.ConnectionTable;
import dev.culvert.ztunnel.connection.Direction;
import dev.culvert.ztunnel.connection.PodIdentity;
import dev.culvert.ztunnel.connection.Traffic;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two directions of bytes between ends that a test plays by hand.
class RelayTest {
    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final List<CloseReason> ends = new ArrayList<>();
    private final ConnectionTable table = new ConnectionTable(new Journal());
    private final ConnectionEntry entry = table.open(
            new PodIdentity("uid", new WorkloadName("ns", "a", "default")),
            Direction.OUTBOUND,
            new Captured(new InetSocketAddress("10.0.0.1", 1), new InetSocketAddress("10.0.0.2", 2), 0));
    private final ScriptedSocket client = new ScriptedSocket();
    private final ScriptedSocket server = new ScriptedSocket();
    private final ScriptedStream tunnel = new ScriptedStream(client.eventLoop());
    private boolean gone;

    private final class Journal implements ConnectionJournal {
        @Override
        public void accepted(Direction direction) {
            // the table's own test counts these
        }

        @Override
        public Account opened(ConnectionEntry opened, Traffic traffic) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void ended(ConnectionEntry which, CloseReason reason) {
            ends.add(reason);
        }
    }

    @AfterEach
    void release() {
        client.sent();
        server.sent();
        client.close();
        server.close();
    }

    @Test
    void carriesBytesBothWaysAndCountsThem() {
        relayTcp();
        client.peerSends(bytes("request"));
        server.peerSends(bytes("reply!"));
        assertThat(server.sent()).isEqualTo("request");
        assertThat(client.sent()).isEqualTo("reply!");
        assertThat(entry.bytesFromDownstream()).isEqualTo(7);
        assertThat(entry.bytesFromUpstream()).isEqualTo(6);
        assertThat(ends).isEmpty();
    }

    @Test
    void aHalfCloseTravelsAsAHalfClose() {
        relayTcp();
        client.peerSends(bytes("all"));
        client.peerEnds();
        assertThat(server.sent()).isEqualTo("all");
        assertThat(server.isOutputShutdown()).isTrue();
        assertThat(client.isOpen()).isTrue();
        server.peerSends(bytes("an answer"));
        assertThat(client.sent()).isEqualTo("an answer");
        assertThat(ends).isEmpty();
        server.peerEnds();
        assertThat(client.isOpen()).as("closing is the end of both halves").isFalse();
        assertThat(server.isOpen()).isFalse();
        assertThat(ends).containsExactly(new CloseReason.Finished());
        assertThat(table.size()).isZero();
    }

    @Test
    void anEndComesAfterAllThatWasWrittenBeforeIt() {
        relayTcp();
        server.stick();
        client.peerSends(bytes("late"));
        client.peerEnds();
        assertThat(server.isOutputShutdown()).isFalse();
        server.loosen();
        assertThat(server.sent()).isEqualTo("late");
        assertThat(server.isOutputShutdown()).isTrue();
    }

    @Test
    void stopsReadingWhileTheOtherSideIsFull() {
        relayTcp();
        assertThat(client.reads()).isTrue();
        server.stick();
        client.peerSends(bytes("x".repeat(2_000)));
        assertThat(client.reads()).isFalse();
        assertThat(server.reads()).as("the other direction goes on").isTrue();
        server.loosen();
        assertThat(client.reads()).isTrue();
        assertThat(server.sent()).hasSize(2_000);
    }

    @Test
    void stopsReadingWhileTheTunnelIsFull() {
        Relay.intoTunnel(entry, installed(client), new TunnelEnd(tunnel));
        tunnel.writable(false);
        assertThat(client.reads()).isFalse();
        tunnel.writable(true);
        assertThat(client.reads()).isTrue();
        client.peerSends(bytes("up"));
        assertThat(tunnel.sent).hasToString("up");
    }

    /// A tunnel's peer may send more only when its bytes have left our socket.
    @Test
    void givesCreditOnlyForBytesThatHaveLeft() {
        relayFromTunnel();
        server.stick();
        tunnel.peerSends(bytes("x".repeat(300)));
        tunnel.peerSends(bytes("x".repeat(200)));
        assertThat(tunnel.consumed).isZero();
        server.loosen();
        assertThat(tunnel.consumed).isEqualTo(500);
        tunnel.peerSends(bytes("x".repeat(7)));
        assertThat(tunnel.consumed).isEqualTo(507);
    }

    /// An application that reads no more must not keep its client from sending its last bytes and leaving.
    @Test
    void dropsWhatNobodyCanTakeAndGivesItsCreditBack() {
        relayFromTunnel();
        server.pipeline().fireExceptionCaught(new ClosedChannelException());
        server.close();
        assertThat(tunnel.ended).as("nothing more comes from the application").isTrue();
        tunnel.peerSends(bytes("into the void"));
        assertThat(tunnel.consumed).isEqualTo(0);
        assertThat(tunnel.reset)
                .as("bytes that nobody can take reset the stream")
                .isTrue();
        assertThat(ends).containsExactly(new CloseReason.Finished());
    }

    @Test
    void aTcpPeerThatStillSendsToNobodyIsReadToItsEnd() {
        relayTcp();
        server.stick();
        client.peerSends(bytes("x".repeat(2_000)));
        server.peerEnds();
        server.pipeline().fireExceptionCaught(new ClosedChannelException());
        server.close();
        server.runPendingTasks();
        assertThat(ends).containsExactly(new CloseReason.Finished());
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void theFirstFailureIsTheReason() {
        relayTcp();
        server.pipeline().fireExceptionCaught(new IOException("No route to host"));
        client.pipeline().fireExceptionCaught(new IOException("another"));
        server.close();
        client.close();
        assertThat(ends).containsExactly(new CloseReason.SocketFailed(CloseReason.Origin.UPSTREAM, "No route to host"));
    }

    @Test
    void aBugEndsTheConnectionAtOnceAndSaysSo() {
        relayTcp();
        IllegalStateException bug = new IllegalStateException("a test's bug");
        client.pipeline().fireExceptionCaught(bug);
        assertThat(client.isOpen()).isFalse();
        assertThat(server.isOpen()).isFalse();
        assertThat(ends).containsExactly(new CloseReason.Broken(bug));
    }

    /// NO_ERROR, STREAM_CLOSED and CANCEL are how a peer of ours ends a byte stream in which it lost interest.
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 8})
    void aResetThatOnlyEndsIsAnEnd(int code) {
        Relay.intoTunnel(entry, installed(client), new TunnelEnd(tunnel));
        tunnel.receiver().failed(new TunnelFailure.StreamReset(code));
        assertThat(client.isOutputShutdown()).isTrue();
        client.peerEnds();
        assertThat(ends).containsExactly(new CloseReason.Finished());
    }

    @Test
    void anyOtherResetIsTheReason() {
        Relay.intoTunnel(entry, installed(client), new TunnelEnd(tunnel));
        TunnelFailure failure = new TunnelFailure.StreamReset(2);
        tunnel.receiver().failed(failure);
        client.peerEnds();
        assertThat(ends).containsExactly(new CloseReason.TunnelFailed(CloseReason.Origin.UPSTREAM, failure));
    }

    @Test
    void abortingClosesBothEndsAndResetsTheStreamAndEndsOnce() {
        Relay.intoTunnel(entry, installed(client), new TunnelEnd(tunnel));
        CloseReason why = new CloseReason.PolicyWithdrawn("ns/deny");
        entry.close(why);
        entry.close(new CloseReason.Drained());
        assertThat(client.isOpen()).isFalse();
        assertThat(tunnel.reset).isTrue();
        assertThat(ends).containsExactly(why);
    }

    @Test
    void whatCameBeforeTheRelayIsSentFirst() {
        TcpEnd downstream = installed(client);
        client.peerSends(bytes("early "));
        client.peerSends(bytes("bird "));
        client.peerEnds();
        Relay.tcp(entry, downstream, installed(server));
        assertThat(server.sent()).isEqualTo("early bird ");
        assertThat(server.isOutputShutdown()).isTrue();
        assertThat(entry.bytesFromDownstream()).isEqualTo(11);
    }

    @Test
    void aClientThatLeavesBeforeTheRelayIsTold() {
        installed(client);
        client.peerSends(bytes("never mind"));
        client.close();
        assertThat(gone).isTrue();
    }

    @Test
    void aDiscardedConnectionTellsNobodyAndKeepsNothing() {
        TcpEnd end = installed(client);
        client.peerSends(bytes("never mind"));
        end.discard();
        assertThat(gone).isFalse();
        assertThat(client.isOpen()).isFalse();
    }

    /// The end that we sent must not be overtaken by a reset, so the stream stays for a while.
    @Test
    void aTunnelWhosePeerGoesOnAfterTheEndIsResetAfterAWhile() {
        client.freezeTime();
        relayFromTunnel();
        server.pipeline().fireExceptionCaught(new ClosedChannelException());
        server.close();
        assertThat(ends).hasSize(1);
        assertThat(tunnel.ended).isTrue();
        assertThat(tunnel.reset).isFalse();
        client.advanceTimeBy(5, TimeUnit.SECONDS);
        client.runScheduledPendingTasks();
        assertThat(tunnel.reset).isTrue();
    }

    private void relayTcp() {
        Relay.tcp(entry, installed(client), installed(server));
    }

    private void relayFromTunnel() {
        Relay.fromTunnel(entry, new TunnelEnd(tunnel), installed(server));
    }

    private TcpEnd installed(ScriptedSocket socket) {
        return TcpEnd.install(socket, () -> gone = true);
    }

    private ByteBuf bytes(String text) {
        return leaks.allocator().buffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}

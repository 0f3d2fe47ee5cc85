package dev.culvert.hbone.pool;

import static dev.culvert.hbone.TunnelRig.ALICE;
import static dev.culvert.hbone.TunnelRig.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.Acceptors;
import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.Recorder;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelRig;
import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.testkit.RawFrame;
import dev.culvert.testkit.RawPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TunnelPoolTest {
    private static final String TARGET = "10.1.2.3:80";

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final HboneLimits limits = HboneLimits.DEFAULT
            .withStreams(new HboneLimits.Streams(200, 2, 65_536, 16_384))
            .withTimers(new HboneLimits.Timers(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    Duration.ofMillis(1_500)));
    private final TunnelRig rig = new TunnelRig(limits, leaks.allocator());

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void aConnectionAtItsCapServesAgainWhenAStreamEnds() {
        var served = rig.serve(Acceptors.echoing());
        var key = rig.key(served.address(), BOB);
        var first = rig.connect(key, TARGET);
        rig.connect(key, TARGET);
        assertThat(rig.dials).hasValue(1);

        rig.connect(key, TARGET);
        assertThat(rig.dials).as("the first connection was full").hasValue(2);

        first.recorder().end();
        await().until(() -> rig.counts().streams() == 2);
        rig.connect(key, TARGET);
        rig.connect(key, TARGET);
        assertThat(rig.dials).as("both have a stream free again").hasValue(2);
    }

    @Test
    void requestsJoinTheDialThatIsUnderWay() {
        var served = rig.serve(Acceptors.echoing());
        var key = rig.key(served.address(), BOB);
        List<ConnectReply> replies = new CopyOnWriteArrayList<>();
        rig.connect(key, TARGET, reply -> attach(reply, replies));
        rig.connect(key, TARGET, reply -> attach(reply, replies));

        await().until(() -> replies.size() == 2);

        assertThat(rig.dials).hasValue(1);
        assertThat(replies).allMatch(ConnectReply.Accepted.class::isInstance);
    }

    private static void attach(ConnectReply reply, List<ConnectReply> replies) {
        if (reply instanceof ConnectReply.Accepted accepted) {
            new Recorder().attach(accepted.stream());
        }
        replies.add(reply);
    }

    @Test
    void everyWaiterIsToldWhenADialFails() throws IOException {
        InetSocketAddress nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new InetSocketAddress(taken.getInetAddress(), taken.getLocalPort());
        }
        List<ConnectReply> replies = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 5; i++) {
            rig.connect(rig.key(nobody, BOB), TARGET, replies::add);
        }

        await().until(() -> replies.size() == 5);

        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply)
                        .isInstanceOfSatisfying(
                                ConnectReply.Failed.class,
                                failed ->
                                        assertThat(failed.failure()).isInstanceOf(TunnelFailure.ConnectRefused.class)));
        assertThat(rig.dials)
                .as("waiters who came during a dial get one of their own")
                .hasValueLessThanOrEqualTo(2);
        assertThat(rig.counts()).isEqualTo(new PoolCounts(0, 0, 0, 0));
    }

    @Test
    void aMissingCertificateIsItsOwnFailure() {
        var served = rig.serve(Acceptors.echoing());
        rig.clientCertificates = (executor, callback) ->
                executor.execute(() -> callback.accept(new CertificateAnswer.Unavailable("no")));

        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);

        assertThat(answer.reply()).isEqualTo(new ConnectReply.Failed(new TunnelFailure.NoCertificate("no")));
    }

    @Test
    void evictionClosesTheTunnelsOfOnePodOnly() {
        var served = rig.serve(Acceptors.echoing());
        var mine = rig.connect(rig.key(served.address(), BOB), TARGET);
        var others = rig.connect(
                new TunnelKey("uid-2", ALICE, List.of(BOB), served.address(), InetAddress.getLoopbackAddress()),
                TARGET);

        rig.clientLoop.execute(() -> rig.pool.evict("uid-1"));

        await().until(() -> mine.recorder().failure != null);
        assertThat(mine.recorder().failure).isInstanceOf(TunnelFailure.ClosedByUs.class);
        assertThat(others.recorder().failure).isNull();
        assertThat(rig.counts().connections()).isEqualTo(1);
    }

    @Test
    void anIdleConnectionIsReleased() {
        var served = rig.serve(Acceptors.echoing());
        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);
        answer.recorder().end();

        await().until(() -> rig.counts().connections() == 0);

        await().until(() -> served.server().connections() == 0);
        assertThat(answer.recorder().ended).isTrue();
        assertThat(answer.recorder().failure).isNull();
    }

    @Test
    void aNewCertificateIsUsedForNewConnectionsOnly() {
        var acceptor = Acceptors.echoing();
        var served = rig.serve(acceptor);
        var key = rig.key(served.address(), BOB);
        rig.connect(key, TARGET);
        var second = new SpiffeId("cluster.local", "default", "alice-again");
        rig.clientCertificates = TunnelRig.ready(rig.ca, second, 2);

        rig.connect(key, TARGET);
        rig.connect(key, TARGET);

        assertThat(acceptor.offers).extracting(offer -> offer.peer().identity()).containsExactly(ALICE, ALICE, second);
    }

    @Test
    void drainingLetsStreamsEndAndTakesNoNewOnesOnThatConnection() {
        var served = rig.serve(Acceptors.echoing());
        var key = rig.key(served.address(), BOB);
        var open = rig.connect(key, TARGET);
        var other = rig.serve(Acceptors.echoing());

        var drained = served.server().drain(Duration.ofSeconds(30));
        await().until(() -> rig.onClientLoop(() -> rig.pool.counts().streams()) == 1);
        open.recorder().send("still works");
        await().until(() -> open.recorder().text().equals("still works"));
        assertThat(drained.isDone()).isFalse();
        open.recorder().end();

        await().until(drained::isDone);
        assertThat(open.recorder().ended).isTrue();
        assertThat(other.server().connections()).isZero();
    }

    @Test
    void drainingEndsByForceAtItsDeadline() {
        var served = rig.serve(Acceptors.echoing());
        var open = rig.connect(rig.key(served.address(), BOB), TARGET);

        var drained = served.server().drain(Duration.ofMillis(200));

        await().until(drained::isDone);
        await().until(() -> open.recorder().failure != null);
        assertThat(open.recorder().failure).isEqualTo(new TunnelFailure.StreamReset(8));
    }

    @Test
    void streamsThatAGoAwayLeavesOutAreAskedAgainElsewhere() throws Exception {
        try (SSLServerSocket listening = RawPeer.listen(RawPeer.tls(rig.ca.issue(BOB)))) {
            var address = (InetSocketAddress) listening.getLocalSocketAddress();
            List<ConnectReply> replies = new CopyOnWriteArrayList<>();
            rig.connect(rig.key(address, BOB), TARGET, reply -> attach(reply, replies));
            List<RawPeer> peers = new ArrayList<>();
            try {
                RawPeer first = RawPeer.accept(listening);
                peers.add(first);
                first.settings();
                first.await(RawFrame.HEADERS);
                first.send(RawFrame.GOAWAY, 0, 0, ByteBuffer.allocate(8).array());

                RawPeer second = RawPeer.accept(listening);
                peers.add(second);
                second.settings();
                RawFrame again = second.await(RawFrame.HEADERS);
                assertThat(second.decode(again).authority().toString()).isEqualTo(TARGET);
                second.headers(again.stream(), ":status", "200");
                await().until(() -> replies.size() == 1);
                assertThat(replies.getFirst()).isInstanceOf(ConnectReply.Accepted.class);
            } finally {
                for (RawPeer peer : peers) {
                    peer.close();
                }
            }
        }
    }

    @Test
    void theRequestCarriesItsHeadersAndNothingElse() throws Exception {
        try (SSLServerSocket listening = RawPeer.listen(RawPeer.tls(rig.ca.issue(BOB)))) {
            var address = (InetSocketAddress) listening.getLocalSocketAddress();
            List<ConnectReply> replies = new CopyOnWriteArrayList<>();
            rig.connect(rig.key(address, BOB), TARGET, replies::add);
            try (RawPeer peer = RawPeer.accept(listening)) {
                peer.settings();
                RawFrame head = peer.await(RawFrame.HEADERS);
                var fields = peer.decode(head);

                assertThat(fields.names())
                        .extracting(CharSequence::toString)
                        .containsExactlyInAnyOrder(":method", ":authority", "baggage", "traceparent");
                assertThat(head.has(1)).as("ends the stream").isFalse();
                peer.headers(head.stream(), ":status", "503");
                await().until(() -> replies.size() == 1);
                assertThat(replies.getFirst()).isEqualTo(new ConnectReply.Refused(503, ""));
            }
        }
    }
}

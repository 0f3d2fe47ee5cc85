package dev.culvert.hbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.hbone.header.Baggage;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.testkit.RawFrame;
import dev.culvert.testkit.RawPeer;
import dev.culvert.testkit.TestCa;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a client may not do to our server end, each over TLS and on raw frames.
class HostilePeerTest {
    private static final int PROTOCOL_ERROR = 1;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final String TARGET = "10.1.2.3:80";

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final HboneLimits limits = HboneLimits.DEFAULT
            .withStreams(new HboneLimits.Streams(5, 100, 8_192, 16_384))
            .withFloods(new HboneLimits.Floods(Duration.ofMinutes(5), 20, 20, 20, 20, 20, 50, 50, 50, 5));
    private final TunnelRig rig = new TunnelRig(limits, leaks.allocator());

    @AfterEach
    void stop() {
        rig.close();
    }

    @FunctionalInterface
    private interface Attack {
        void on(RawPeer peer) throws IOException;
    }

    private RawPeer peerOf(TunnelAcceptor acceptor) throws IOException {
        var served = rig.serve(acceptor);
        return RawPeer.connect(served.address(), RawPeer.tls(rig.ca.issue(TunnelRig.ALICE)))
                .greet();
    }

    private int errorAfter(Attack attack) throws IOException {
        try (RawPeer peer = peerOf(Acceptors.hesitating())) {
            try {
                attack.on(peer);
            } catch (IOException closed) {
                // the server may have closed before the attack was over; its GOAWAY is there all the same
            }
            return peer.awaitError();
        }
    }

    @Test
    void rapidResetsEndTheConnection() throws IOException {
        assertThat(errorAfter(peer -> {
                    for (int i = 0; i < 21; i++) {
                        peer.connect(1 + 2 * i, TARGET);
                        peer.number(RawFrame.RST_STREAM, 1 + 2 * i, 8);
                    }
                }))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void resetsThatThePeerProvokesEndTheConnection() throws IOException {
        assertThat(errorAfter(peer -> {
                    for (int i = 0; i < 21; i++) {
                        peer.connect(1 + 2 * i, TARGET);
                        peer.number(RawFrame.WINDOW_UPDATE, 1 + 2 * i, 0);
                    }
                }))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void floodsOfControlFramesEndTheConnection() throws IOException {
        assertThat(errorAfter(peer -> {
                    for (int i = 0; i < 21; i++) {
                        peer.settings();
                    }
                }))
                .as("SETTINGS")
                .isEqualTo(ENHANCE_YOUR_CALM);
        assertThat(errorAfter(peer -> {
                    for (int i = 0; i < 21; i++) {
                        peer.send(RawFrame.PING, 0, 0, new byte[8]);
                    }
                }))
                .as("PING")
                .isEqualTo(ENHANCE_YOUR_CALM);
        assertThat(errorAfter(peer -> {
                    for (int i = 0; i < 51; i++) {
                        peer.send(RawFrame.PRIORITY, 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 9, (byte) 1);
                    }
                }))
                .as("PRIORITY")
                .isEqualTo(ENHANCE_YOUR_CALM);
        assertThat(errorAfter(peer -> {
                    for (int i = 0; i < 51; i++) {
                        peer.number(RawFrame.WINDOW_UPDATE, 0, 1);
                    }
                }))
                .as("WINDOW_UPDATE")
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void emptyDataFramesEndTheConnection() throws IOException {
        assertThat(errorAfter(peer -> {
                    peer.connect(1, TARGET);
                    for (int i = 0; i < 21; i++) {
                        peer.send(RawFrame.DATA, 0, 1);
                    }
                }))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void endlessContinuationEndsTheConnectionEvenWhenEmpty() throws IOException {
        assertThat(errorAfter(peer -> {
                    peer.send(RawFrame.HEADERS, 0, 1, peer.block(":method", "CONNECT"));
                    for (int i = 0; i < 6; i++) {
                        peer.send(RawFrame.CONTINUATION, 0, 1);
                    }
                }))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void aHeaderBlockBeyondTheLimitEndsTheConnection() throws IOException {
        assertThat(errorAfter(peer -> {
                    peer.send(RawFrame.HEADERS, 0, 1, new byte[8_000]);
                    peer.send(RawFrame.CONTINUATION, 0, 1, new byte[8_000]);
                }))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void aHeaderListThatUnfoldsBeyondTheLimitCostsOnlyItsStream() throws IOException {
        try (RawPeer peer = peerOf(Acceptors.echoing())) {
            String large = "x".repeat(3_000);
            String[] bomb = new String[4 + 20];
            bomb[0] = ":method";
            bomb[1] = "CONNECT";
            bomb[2] = ":authority";
            bomb[3] = TARGET;
            for (int i = 4; i < bomb.length; i += 2) {
                bomb[i] = "bomb";
                bomb[i + 1] = large;
            }
            peer.headers(1, bomb);

            RawFrame reset = peer.await(RawFrame.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(1);
            peer.connect(3, TARGET);
            RawFrame reply = peer.await(RawFrame.HEADERS);
            assertThat(peer.decode(reply).status().toString()).isEqualTo("200");
        }
    }

    @Test
    void windowsThatOverflowAreErrorsOfTheirScope() throws IOException {
        assertThat(errorAfter(peer -> peer.number(RawFrame.WINDOW_UPDATE, 0, Integer.MAX_VALUE)))
                .isEqualTo(FLOW_CONTROL_ERROR);
        try (RawPeer peer = peerOf(Acceptors.hesitating())) {
            peer.connect(1, TARGET);
            peer.number(RawFrame.WINDOW_UPDATE, 1, Integer.MAX_VALUE);

            assertThat(peer.await(RawFrame.RST_STREAM).number(0)).isEqualTo(FLOW_CONTROL_ERROR);
        }
    }

    @Test
    void streamsBeyondTheLimitAreRefused() throws IOException {
        try (RawPeer peer = peerOf(Acceptors.hesitating())) {
            for (int i = 0; i < 6; i++) {
                peer.connect(1 + 2 * i, TARGET);
            }

            RawFrame reset = peer.await(RawFrame.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(11);
            assertThat(reset.number(0)).isEqualTo(REFUSED_STREAM);
        }
    }

    @Test
    void anOfferIsWithdrawnWhenItsClientResetsIt() throws IOException {
        boolean[] withdrawn = new boolean[1];
        var acceptor = new Acceptors.Scripted(offer -> offer.whenAbandoned(() -> withdrawn[0] = true));
        try (RawPeer peer = peerOf(acceptor)) {
            peer.connect(1, TARGET);
            peer.number(RawFrame.RST_STREAM, 1, 8);

            await().until(() -> withdrawn[0]);
        }
    }

    @Test
    void whatIsNoTunnelIsAnsweredWith400() throws IOException {
        try (RawPeer peer = peerOf(Acceptors.echoing())) {
            peer.headers(1, ":method", "GET", ":scheme", "https", ":path", "/");
            RawFrame get = peer.await(RawFrame.HEADERS);
            assertThat(peer.decode(get).status().toString()).isEqualTo("400");
            assertThat(get.has(1)).as("ends the stream").isTrue();

            peer.connect(3, "no-port");
            assertThat(peer.decode(peer.await(RawFrame.HEADERS)).status().toString())
                    .isEqualTo("400");

            peer.headers(5, ":method", "CONNECT", ":authority", TARGET, ":path", "/", ":scheme", "https");
            assertThat(peer.await(RawFrame.RST_STREAM).number(0)).isEqualTo(PROTOCOL_ERROR);
        }
    }

    @Test
    void creditComesBackOnlyForBytesThatHaveLeft() throws IOException {
        var acceptor = new Acceptors.Scripted(offer -> {
            Recorder recorder = new Recorder();
            recorder.holdsCredit = true;
            recorder.attach(offer.accept(Baggage.EMPTY));
        });
        try (RawPeer peer = peerOf(acceptor)) {
            peer.connect(1, TARGET);
            peer.await(RawFrame.HEADERS);
            byte[] chunk = new byte[1 << 20];
            for (int i = 0; i < 4; i++) {
                peer.send(RawFrame.DATA, 0, 1, chunk);
            }
            peer.send(RawFrame.DATA, 0, 1, new byte[1]);

            RawFrame next = peer.await(frame -> frame.type() != RawFrame.SETTINGS);
            assertThat(next.type()).isEqualTo(RawFrame.RST_STREAM);
            assertThat(next.number(0)).isEqualTo(FLOW_CONTROL_ERROR);
        }
    }

    @Test
    void aClientWithoutCertificateGetsNothing() throws IOException {
        var acceptor = Acceptors.echoing();
        var served = rig.serve(acceptor);
        TestCa.Issued own = rig.ca.issue(TunnelRig.ALICE);
        var none = RawPeer.tls(new TestCa.Issued(own.key(), List.of(), own.roots()));

        assertThatThrownBy(() -> {
                    try (RawPeer peer = RawPeer.connect(served.address(), none)) {
                        peer.greet().await(RawFrame.SETTINGS);
                    }
                })
                .isInstanceOf(IOException.class);
        await().until(() -> !acceptor.failures.isEmpty());
        assertThat(acceptor.offers).isEmpty();
    }
}

package dev.culvert.hbone;

import static dev.culvert.hbone.TunnelRig.ALICE;
import static dev.culvert.hbone.TunnelRig.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.hbone.header.Forwarded;
import dev.culvert.hbone.header.TraceParent;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.testkit.TestCa;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Both of our ends over loopback and real TLS.
class TunnelTest {
    private static final String TARGET = "10.1.2.3:80";

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final TunnelRig rig = new TunnelRig(HboneLimits.DEFAULT, leaks.allocator());

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void carriesBytesBothWaysAndEndsEachDirectionByItself() {
        var acceptor = Acceptors.echoing();
        var served = rig.serve(acceptor);

        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);

        assertThat(answer.reply()).isInstanceOf(ConnectReply.Accepted.class);
        answer.recorder().send("hello");
        await().until(() -> answer.recorder().text().equals("hello"));
        answer.recorder().end();
        await().until(() -> answer.recorder().ended);
        assertThat(acceptor.offers.element().peer().identity()).isEqualTo(ALICE);
        await().until(() -> rig.counts().streams() == 0);
        assertThat(rig.counts().connections()).isEqualTo(1);
    }

    @Test
    void theServerMayEndFirstAndStillReceive() {
        var acceptor = Acceptors.recording();
        var served = rig.serve(acceptor);
        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);
        var server = acceptor.recorders.element();

        server.send("bye");
        server.end();
        await().until(() -> answer.recorder().ended);
        answer.recorder().send("still here");
        answer.recorder().end();

        await().until(() -> server.ended);
        assertThat(server.text()).isEqualTo("still here");
        assertThat(answer.recorder().text()).isEqualTo("bye");
    }

    @Test
    void aRefusalCarriesItsStatusAndLeavesTheConnectionUsable() {
        var served = rig.serve(Acceptors.refusing(401));

        for (int i = 0; i < 3; i++) {
            var answer = rig.connect(rig.key(served.address(), BOB), TARGET);
            assertThat(answer.reply()).isEqualTo(new ConnectReply.Refused(401, ""));
        }

        assertThat(rig.dials).hasValue(1);
    }

    @Test
    void aRefusalMaySayWhyInWordsThatALogCanBear() {
        var served = rig.serve(
                new Acceptors.Scripted(offer -> offer.refuse(401, "denied by ns/p;\tuse the waypoint\u00e9")));

        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);

        assertThat(answer.reply()).isEqualTo(new ConnectReply.Refused(401, "denied by ns/p;?use the waypoint?"));
    }

    @Test
    void aResetReachesTheOtherEndAsACleanEnd() {
        var acceptor = Acceptors.recording();
        var served = rig.serve(acceptor);
        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);

        answer.recorder().reset();

        var server = acceptor.recorders.element();
        await().until(() -> server.failure != null);
        assertThat(server.failure).isEqualTo(new TunnelFailure.StreamReset(8));
        assertThat(new TunnelFailure.StreamReset(8).isCleanEnd()).isTrue();
    }

    @Test
    void whoLeavesSendsWhatIsQueuedAndItsEndAndThenAReset() {
        var acceptor = Acceptors.recording();
        var served = rig.serve(acceptor);
        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);
        var server = acceptor.recorders.element();
        String much = "x".repeat(1 << 20);

        server.send(much);
        server.leave();

        await().until(() -> answer.recorder().failure != null);
        assertThat(answer.recorder().text()).isEqualTo(much);
        assertThat(answer.recorder().ended).isTrue();
        assertThat(answer.recorder().failure).isEqualTo(new TunnelFailure.StreamReset(0));
        assertThat(rig.counts().streams()).isZero();
    }

    @Test
    void aStreamThatBothEndedAndOneLeavesIsNotReset() {
        var acceptor = Acceptors.recording();
        var served = rig.serve(acceptor);
        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);
        var server = acceptor.recorders.element();
        answer.recorder().end();
        await().until(() -> server.ended);

        server.leave();

        await().until(() -> answer.recorder().ended);
        assertThat(answer.recorder().failure).isNull();
    }

    @Test
    void aServerWithAnotherIdentityIsRefused() {
        var served = rig.serve(Acceptors.echoing());

        var answer = rig.connect(rig.key(served.address(), ALICE), TARGET);

        assertThat(answer.reply())
                .isEqualTo(new ConnectReply.Failed(
                        new TunnelFailure.UnexpectedIdentity(served.address(), List.of(BOB), List.of(ALICE))));
    }

    @Test
    void nobodyIsAcceptedWhenNobodyIsExpected() {
        var served = rig.serve(Acceptors.echoing());

        var answer = rig.connect(rig.key(served.address()), TARGET);

        assertThat(answer.reply())
                .isInstanceOfSatisfying(
                        ConnectReply.Failed.class,
                        failed -> assertThat(failed.failure().message())
                                .contains("presented [" + BOB + "]; expected nobody: the control plane names no"));
    }

    @Test
    void aClientOfAnotherTrustDomainIsRefused() {
        var acceptor = Acceptors.echoing();
        var served = rig.serve(acceptor);
        rig.clientCertificates = TunnelRig.ready(rig.ca, new SpiffeId("elsewhere", "default", "eve"), 1);

        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);

        assertThat(answer.reply())
                .isInstanceOfSatisfying(
                        ConnectReply.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(TunnelFailure.HandshakeFailed.class));
        await().until(() -> !acceptor.failures.isEmpty());
        assertThat(acceptor.failures.element()).isInstanceOf(TunnelFailure.UnexpectedIdentity.class);
        assertThat(acceptor.offers).isEmpty();
    }

    @Test
    void aClientOfAnAliasOfTheTrustDomainIsAcceptedAsWhoItIs() {
        var acceptor = Acceptors.echoing();
        var served = rig.serveAlso(acceptor, "former", "elsewhere");
        SpiffeId eve = new SpiffeId("elsewhere", "default", "eve");
        rig.clientCertificates = TunnelRig.ready(rig.ca, eve, 1);

        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);

        assertThat(answer.reply()).isInstanceOf(ConnectReply.Accepted.class);
        assertThat(acceptor.offers.element().peer().identity()).isEqualTo(eve);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.96.0.1:80", "[fd00::1]:80", "web.shop.svc.cluster.local:8080"})
    void theServerIsToldAllThatTheClientAsksFor(String authority) {
        List<ConnectRequest> asked = new CopyOnWriteArrayList<>();
        var served = rig.serve(new Acceptors.Scripted(offer -> {
            asked.add(offer.request());
            offer.refuse(503);
        }));
        ConnectRequest request = new ConnectRequest(
                TunnelRig.request(authority).authority(),
                Baggage.parse(List.of("k8s.namespace.name=shop,service.name=web")),
                Forwarded.parse("for=\"10.0.0.1:4000\";host=web.shop.svc.cluster.local"),
                TraceParent.random(),
                "network-1",
                "gateway");

        rig.connect(rig.key(served.address(), BOB), request, _ -> {});

        await().until(() -> !asked.isEmpty());
        ConnectRequest told = asked.getFirst();
        assertThat(told.authority()).isEqualTo(request.authority());
        assertThat(told.baggage()).isEqualTo(request.baggage());
        assertThat(told.forwarded().host()).isEqualTo("web.shop.svc.cluster.local");
        assertThat(told.traceParent()).isEqualTo(request.traceParent());
        assertThat(told.forwardedNetwork()).isEqualTo("network-1");
        assertThat(told.source()).isEqualTo("gateway");
    }

    @Test
    void aClientOfAnotherRootIsRefused() {
        var acceptor = Acceptors.echoing();
        var served = rig.serve(acceptor);
        TestCa stranger = TestCa.create("stranger");
        var issued = stranger.issue(ALICE);
        rig.clientCertificates = TunnelRig.source(
                TunnelRig.certificate(new TestCa.Issued(issued.key(), issued.chain(), List.of(rig.ca.root())), 1));

        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);

        assertThat(answer.reply()).isInstanceOf(ConnectReply.Failed.class);
        await().until(() -> !acceptor.failures.isEmpty());
        assertThat(acceptor.failures.element()).isInstanceOf(TunnelFailure.HandshakeFailed.class);
    }

    @Test
    void anExpiredServerIsRefused() {
        var expired = rig.ca.issue(Duration.ofMinutes(-1), BOB.toString());
        var served = rig.serve(TunnelRig.source(TunnelRig.certificate(expired, 1)), Acceptors.echoing());

        var answer = rig.connect(rig.key(served.address(), BOB), TARGET);

        assertThat(answer.reply())
                .isInstanceOfSatisfying(
                        ConnectReply.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(TunnelFailure.HandshakeFailed.class));
    }
}

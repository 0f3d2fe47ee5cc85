package dev.culvert.hbone.tls;

import static dev.culvert.hbone.TunnelRig.ALICE;
import static dev.culvert.hbone.TunnelRig.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.hbone.Acceptors;
import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelRig;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.testkit.TestCa;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Revoked certificates in handshakes and on open connections, over loopback and real TLS.
@Timeout(60)
class RevocationTest {
    private static final String TARGET = "10.1.2.3:80";
    private static final Duration DAY = Duration.ofDays(1);

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final Queue<String> observed = new ConcurrentLinkedQueue<>();
    private final Revocations revocations = new Revocations(client -> observed.add(client ? "client" : "server"));
    private final TunnelRig rig = new TunnelRig(HboneLimits.DEFAULT, leaks.allocator(), TlsOffer.STANDARD, revocations);
    private final TestCa.Issued alice = rig.ca.issue(ALICE);
    private final TestCa.Issued bob = rig.ca.issue(BOB);
    private final Acceptors.Scripted acceptor = Acceptors.recording();

    RevocationTest() {
        rig.clientCertificates = TunnelRig.source(TunnelRig.certificate(alice, 1));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private TunnelRig.Answer call(TestCa.Issued server) {
        var served = rig.serve(TunnelRig.source(TunnelRig.certificate(server, 1)), acceptor);
        return rig.connect(rig.key(served.address(), BOB), TARGET);
    }

    private static X509Certificate leaf(TestCa.Issued issued) {
        return issued.chain().getFirst();
    }

    private static RevocationList list(String pem) throws CRLException {
        return RevocationList.parse(pem.getBytes(StandardCharsets.US_ASCII));
    }

    private static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(16);
    }

    private static String serial(TunnelFailure failure) {
        assertThat(failure).isInstanceOf(TunnelFailure.CertificateRevoked.class);
        return ((TunnelFailure.CertificateRevoked) failure).serial();
    }

    @Test
    void aServerRefusesAClientWhoseCertificateIsRevoked() throws Exception {
        revocations.replace(list(rig.ca.revoked(DAY, leaf(alice))));
        var answer = call(bob);
        assertThat(answer.reply()).isInstanceOf(ConnectReply.Failed.class);
        await().until(() -> !acceptor.failures.isEmpty());
        assertThat(serial(acceptor.failures.element())).isEqualTo(serial(leaf(alice)));
        assertThat(observed).containsExactly("server");
        assertThat(acceptor.offers).isEmpty();
    }

    @Test
    void aClientRefusesAServerWhoseCertificateIsRevoked() throws Exception {
        revocations.replace(list(rig.ca.revoked(DAY, leaf(bob))));
        var failed = (ConnectReply.Failed) call(bob).reply();
        assertThat(serial(failed.failure())).isEqualTo(serial(leaf(bob)));
        assertThat(failed.failure().message()).contains("is revoked", "CN=mesh root", "CRL_PATH");
        assertThat(observed).containsExactly("client");
    }

    @Test
    void aRevokedIntermediateTakesAllBelowItWithIt() throws Exception {
        TestCa intermediate = rig.ca.below("intermediate");
        TestCa.Issued server = intermediate.issue(BOB);
        assertThat(call(server).reply()).isInstanceOf(ConnectReply.Accepted.class);
        revocations.replace(list(rig.ca.revoked(DAY, intermediate.certificate())));
        var failed = (ConnectReply.Failed) call(server).reply();
        assertThat(serial(failed.failure())).isEqualTo(serial(intermediate.certificate()));
    }

    @Test
    void aCertificateRevokedLaterEndsItsConnectionsAtOnceAndNoOthers() throws Exception {
        var answer = call(bob);
        await().until(() -> revocations.connections() == 2);
        revocations.replace(list(rig.ca.revoked(DAY, leaf(rig.ca.issue(ALICE)))));
        answer.recorder().send("still there");
        var server = acceptor.recorders.element();
        await().until(() -> server.text().equals("still there"));

        revocations.replace(list(rig.ca.revoked(DAY, leaf(alice))));

        await().until(() -> server.failure != null && answer.recorder().failure != null);
        assertThat(server.failure).isInstanceOf(TunnelFailure.CertificateRevoked.class);
        assertThat(answer.recorder().failure).isNotInstanceOf(TunnelFailure.CertificateRevoked.class);
        await().until(() -> revocations.connections() == 0);
        assertThat(observed).containsExactly("server");
        assertThat(rig.counts().connections()).isZero();
    }

    @Test
    void aServerRevokedLaterEndsAsRevokedAtTheClient() throws Exception {
        var answer = call(bob);
        await().until(() -> revocations.connections() == 2);
        revocations.replace(list(rig.ca.revoked(DAY, leaf(bob))));
        await().until(() -> answer.recorder().failure != null);
        assertThat(answer.recorder().failure).isInstanceOf(TunnelFailure.CertificateRevoked.class);
    }

    @Test
    void aListThatIsOverdueCountsAndOneOfAnotherAuthorityDoesNot() throws Exception {
        TestCa namesake = TestCa.create("mesh root");
        revocations.replace(list(namesake.revoked(DAY, leaf(bob))));
        assertThat(call(bob).reply()).isInstanceOf(ConnectReply.Accepted.class);
        revocations.replace(list(rig.ca.revoked(DAY.negated(), leaf(bob))));
        assertThat(call(bob).reply()).isInstanceOf(ConnectReply.Failed.class);
    }

    @Test
    void readsSeveralListsAmongOtherThingsAndDerAndNothing() throws Exception {
        String one = rig.ca.revoked(DAY, leaf(alice));
        String two = rig.ca.below("other").revoked(DAY, leaf(bob), leaf(alice));
        assertThat(list("# comment\n" + one + rig.ca.issue(BOB).pem().get(1) + two)
                        .entries())
                .isEqualTo(3);
        byte[] der = Base64.getMimeDecoder().decode(one.replaceAll("-----[^-]*-----", ""));
        assertThat(RevocationList.parse(der).revoked(List.of(leaf(alice), rig.ca.root())))
                .isEqualTo(leaf(alice));
        assertThat(list(" \n").entries()).isZero();
        assertThat(list(bob.pem().get(1)).entries()).isZero();
    }

    @Test
    void refusesWhatIsCutOffOrNoListAtAll() {
        String whole = rig.ca.revoked(DAY, leaf(alice));
        for (String bad : List.of(
                "nonsense",
                whole.substring(0, whole.length() / 2),
                whole + whole.substring(0, 100),
                "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
                "-----BEGIN X509 CRL-----\n*\n-----END X509 CRL-----\n")) {
            assertThatThrownBy(() -> list(bad)).as(bad).isInstanceOf(CRLException.class);
        }
        assertThatThrownBy(() -> RevocationList.parse(new byte[] {0x30, 2, 1})).isInstanceOf(CRLException.class);
    }
}

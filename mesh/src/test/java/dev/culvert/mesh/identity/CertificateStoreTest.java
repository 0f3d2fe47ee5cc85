package dev.culvert.mesh.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.hbone.tls.WorkloadCertificate;
import dev.culvert.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CertificateStoreTest {
    private static final SpiffeId A = id("a");
    private static final SpiffeId B = id("b");
    private static final Duration DAY = Duration.ofHours(24);
    /// Half of a day, less half of the spread of 5 %.
    private static final Duration REFRESH = Duration.ofHours(12).minus(Duration.ofMinutes(36));

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final ScriptedSigner signer = new ScriptedSigner(clock);
    /// A generator in the middle of its range, so that nothing is spread.
    private final CertificateStore store = new CertificateStore(clock, clock, signer, () -> Long.MIN_VALUE);

    private final List<CertificateAnswer> answers = new ArrayList<>();

    CertificateStoreTest() throws IOException {}

    @AfterEach
    void close() {
        signer.close();
    }

    @Test
    void fetchesOnceForAllWhoWait() {
        ask(A);
        ask(A);
        assertThat(signer.identities()).containsExactly(A);
        assertThat(answers).isEmpty();
        WorkloadCertificate certificate = signer.grant(DAY);
        assertThat(answers)
                .containsExactly(new CertificateAnswer.Ready(certificate), new CertificateAnswer.Ready(certificate));
        ask(A);
        assertThat(answers).hasSize(3);
        assertThat(signer.pending).isEmpty();
    }

    @Test
    void renewsAtHalfOfTheLife() {
        ask(A);
        WorkloadCertificate first = signer.grant(DAY);
        clock.advance(REFRESH.minusSeconds(1));
        assertThat(signer.pending).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(signer.identities()).containsExactly(A);
        assertThat(current(A)).isSameAs(first);
        WorkloadCertificate second = signer.grant(DAY);
        assertThat(second.generation()).isEqualTo(first.generation() + 1);
        assertThat(current(A)).isSameAs(second);
    }

    @Test
    void keepsAValidCertificateWhenRenewalFails() {
        ask(A);
        WorkloadCertificate first = signer.grant(DAY);
        clock.advance(REFRESH);
        signer.refuse("down");
        assertThat(current(A)).isSameAs(first);
        assertThat(clock.waiting()).containsExactly(Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        signer.refuse("down");
        assertThat(clock.waiting()).containsExactly(Duration.ofSeconds(2));
        clock.advance(Duration.ofSeconds(2));
        WorkloadCertificate second = signer.grant(DAY);
        assertThat(current(A)).isSameAs(second);
    }

    @Test
    void triesAgainAtExpiryAndThenSaysThatThereIsNone() {
        ask(A);
        signer.grant(Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(10));
        signer.refuse("down");
        ask(A);
        assertThat(answers.getLast()).isEqualTo(new CertificateAnswer.Unavailable("down"));
        assertThat(store.list().getFirst().stateText()).isEqualTo("Unavailable: down");
    }

    @Test
    void givesNoExpiredCertificateWhileItsRenewalHangs() {
        ask(A);
        signer.grant(Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(10));
        assertThat(signer.identities()).containsExactly(A);
        ask(A);
        assertThat(answers.getLast())
                .isInstanceOfSatisfying(
                        CertificateAnswer.Unavailable.class,
                        unavailable -> assertThat(unavailable.reason()).contains("expired at 2026-01-01T00:00:10Z"));
        WorkloadCertificate late = signer.grant(DAY);
        assertThat(current(A)).isSameAs(late);
    }

    @Test
    void answersAtOnceAfterAFailureUntilARetrySucceeds() {
        ask(A);
        signer.refuse("no such pod");
        assertThat(answers).containsExactly(new CertificateAnswer.Unavailable("no such pod"));
        ask(A);
        assertThat(answers).hasSize(2).last().isEqualTo(new CertificateAnswer.Unavailable("no such pod"));
        assertThat(signer.pending).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        WorkloadCertificate certificate = signer.grant(DAY);
        assertThat(current(A)).isSameAs(certificate);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "8, 128", "9, 150", "60, 150"})
    void backsOffByDoublingUpToACap(int failures, long seconds) {
        assertThat(BackOff.after(failures, () -> Long.MIN_VALUE)).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(BackOff.after(failures, () -> 0)).isEqualTo(Duration.ofMillis(seconds * 800));
    }

    @Test
    void asksForNoMoreThanEightAtATimeAndTheUrgentFirst() {
        List<SpiffeId> filling = new ArrayList<>();
        for (int i = 0; i < CertificateStore.MAX_IN_FLIGHT; i++) {
            SpiffeId filler = id("filler" + i);
            filling.add(filler);
            ask(filler);
        }
        store.appeared(A);
        store.appeared(B);
        store.appeared(id("c"));
        ask(id("urgent"));
        ask(B);
        assertThat(signer.identities()).containsExactlyElementsOf(filling);
        for (int i = 0; i < CertificateStore.MAX_IN_FLIGHT; i++) {
            signer.grant(DAY);
        }
        assertThat(signer.identities()).containsExactly(id("urgent"), B, A, id("c"));
    }

    @Test
    void fetchesWhatAppearsOnceAndDropsWhatIsTooMuch() {
        for (int i = 0; i < 400; i++) {
            store.appeared(id("w" + i));
            store.appeared(id("w" + i));
        }
        assertThat(signer.pending).hasSize(CertificateStore.MAX_IN_FLIGHT);
        assertThat(store.list()).hasSize(CertificateStore.MAX_IN_FLIGHT + CertificateStore.MAX_WARMUPS);
    }

    @Test
    void tellsWhoWaitsWhenAnIdentityIsForgotten() {
        ask(A);
        store.vanished(A);
        assertThat(answers)
                .singleElement()
                .isInstanceOfSatisfying(
                        CertificateAnswer.Unavailable.class,
                        unavailable -> assertThat(unavailable.reason()).contains("forgotten"));
        signer.grant(DAY);
        assertThat(store.list()).isEmpty();
        assertThat(clock.waiting()).isEmpty();
        ask(A);
        assertThat(signer.identities()).containsExactly(A);
    }

    @Test
    void stopsRenewingWhatIsForgotten() {
        ask(A);
        signer.grant(DAY);
        store.vanished(A);
        assertThat(clock.waiting()).isEmpty();
        store.vanished(A);
    }

    @Test
    void stopsWhenClosed() {
        ask(A);
        signer.grant(DAY);
        ask(B);
        store.close();
        assertThat(clock.waiting()).isEmpty();
        assertThat(answers.getLast()).isEqualTo(new CertificateAnswer.Unavailable("shutting down"));
        ask(id("late"));
        assertThat(answers.getLast()).isEqualTo(new CertificateAnswer.Unavailable("shutting down"));
        assertThat(current(A)).isNotNull();
    }

    @Test
    void listsWhatTheDumpShows() {
        ask(B);
        ask(A);
        signer.grant(DAY);
        List<IdentityStatus> list = store.list();
        assertThat(list).extracting(IdentityStatus::identity).containsExactly(A, B);
        assertThat(list).extracting(IdentityStatus::stateText).containsExactly("Initializing", "Available");
        assertThat(list.getFirst().certChain()).isEmpty();
        CertificateInfo leaf = list.getLast().certChain().getFirst();
        assertThat(leaf.validFrom()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(leaf.expirationTime()).isEqualTo("2026-01-02T00:00:00Z");
        assertThat(leaf.serialNumber()).containsOnlyDigits();
        assertThat(list.getLast().rootCerts()).hasSize(1);
    }

    private void ask(SpiffeId identity) {
        store.source(identity).request(Runnable::run, answers::add);
    }

    private WorkloadCertificate current(SpiffeId identity) {
        List<CertificateAnswer> now = new ArrayList<>();
        store.source(identity).request(Runnable::run, now::add);
        assertThat(now).singleElement().isInstanceOf(CertificateAnswer.Ready.class);
        return ((CertificateAnswer.Ready) now.getFirst()).certificate();
    }

    private static SpiffeId id(String account) {
        return new SpiffeId("cluster.local", "ns", account);
    }
}

package dev.culvert.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.process.state.StateDirectory;
import dev.culvert.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When the certificate of our own port is another one, by a clock that is turned by hand.
final class ServerCertificateTest {
    private static final Duration LIFE = Duration.ofDays(30);

    @TempDir
    Path temp;

    private final ManualClock time = new ManualClock(Instant.parse("2026-06-01T12:00:00Z"));
    private CertificateAuthority authority;
    private ServerCertificate certificate;

    @BeforeEach
    void open() throws IOException {
        Clock clock = time.withZone(ZoneOffset.UTC);
        StateDirectory state = StateDirectory.open(temp.resolve("state"));
        authority = CertificateAuthority.open(new SignerSource(state, null, "cluster.local", clock), clock);
        certificate = new ServerCertificate(authority, ServerNames.of("istio-system", List.of()), LIFE, clock);
    }

    @Test
    void isReplacedAtHalfItsLifeAndNotBefore() {
        X509Certificate first = shown();
        assertThat(first.getNotAfter().toInstant()).isEqualTo(time.instant().plus(LIFE));
        time.advance(Duration.ofDays(15).minusSeconds(1));
        certificate.refresh(false);
        assertThat(shown()).isEqualTo(first);
        time.advance(Duration.ofSeconds(1));
        certificate.refresh(false);
        X509Certificate second = shown();
        assertThat(second.getSerialNumber()).isNotEqualTo(first.getSerialNumber());
        assertThat(second.getPublicKey()).as("a key of its own").isNotEqualTo(first.getPublicKey());
        assertThat(second.getNotAfter().toInstant()).isEqualTo(time.instant().plus(LIFE));
        certificate.refresh(false);
        assertThat(shown()).isEqualTo(second);
    }

    @Test
    void isReplacedAtOnceWhenTheSignerIsAnother() {
        X509Certificate first = shown();
        certificate.refresh(true);
        assertThat(shown().getSerialNumber()).isNotEqualTo(first.getSerialNumber());
    }

    /// A handshake that is going on in the meantime keeps what it has; the next one sees the new certificate.
    @Test
    void theKeyManagerStaysAndShowsTheNewest() throws Exception {
        X509ExtendedKeyManager keys = certificate.keyManager();
        time.advance(Duration.ofDays(20));
        certificate.refresh(false);
        assertThat(certificate.keyManager()).isSameAs(keys);
        shown().verify(authority
                .issue(shown().getPublicKey(), ServerNames.of("x", List.of()).generalNames(), LIFE)
                .roots()
                .getFirst()
                .getPublicKey());
        assertThat(shown().getNotAfter().toInstant()).isEqualTo(time.instant().plus(LIFE));
    }

    private X509Certificate shown() {
        X509ExtendedKeyManager keys = certificate.keyManager();
        String alias = keys.chooseEngineServerAlias("EC", null, null);
        return Objects.requireNonNull(keys.getCertificateChain(alias))[0];
    }
}

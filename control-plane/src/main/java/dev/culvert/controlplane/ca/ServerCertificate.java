package dev.culvert.controlplane.ca;

import io.grpc.util.AdvancedTlsX509KeyManager;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate that our own TLS port shows, signed by our own authority and replaced at half
/// its life.
///
/// Thread-safe: handshakes read the key manager, which the one thread that calls [#refresh]
/// changes.
public final class ServerCertificate {
    private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);

    private final CertificateAuthority authority;
    private final ServerNames names;
    private final Duration life;
    private final Clock clock;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private Instant renewAt = Instant.MIN;

    /// Makes the first certificate.
    public ServerCertificate(CertificateAuthority authority, ServerNames names, Duration life, Clock clock) {
        this.authority = authority;
        this.names = names;
        this.life = life;
        this.clock = clock;
        replace();
    }

    /// What a TLS context asks for at each handshake; always the newest.
    public X509ExtendedKeyManager keyManager() {
        return keys;
    }

    /// Replaces the certificate when half its life is over, or when `signerChanged`.
    public synchronized void refresh(boolean signerChanged) {
        if (signerChanged || !clock.instant().isBefore(renewAt)) {
            replace();
        }
    }

    private synchronized void replace() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            IssuedCertificate issued = authority.issue(pair.getPublic(), names.generalNames(), life);
            keys.updateIdentityCredentials(issued.presented().toArray(X509Certificate[]::new), pair.getPrivate());
            Instant now = clock.instant();
            Instant end = issued.leaf().getNotAfter().toInstant();
            renewAt = now.plus(Duration.between(now, end).dividedBy(2));
            log.atInfo()
                    .addKeyValue("serial", issued.leaf().getSerialNumber().toString(16))
                    .addKeyValue("notAfter", end)
                    .log("server certificate made");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }
}

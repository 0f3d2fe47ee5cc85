package dev.culvert.controlplane.ca;

import dev.culvert.process.state.StateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the [Signer] comes from: files that an operator plugged in, else a root of our own in the
/// state directory.
///
/// Used at start and by the hourly check, never by two threads at once. File names are those of
/// Istio's `cacerts`.
///
/// Our own root is an EC P-256 key. A mesh's certificates live a day, so signing and checking speed
/// and the bytes of each handshake weigh more than the support of old clients that RSA would bring;
/// every proxy that can speak TLS 1.3 must know P-256 (RFC 8446, section 9.1).
public final class SignerSource {
    static final String CA_CERTIFICATE = "ca-cert.pem";
    static final String CA_KEY = "ca-key.pem";
    static final String CHAIN = "cert-chain.pem";
    static final String ROOTS = "root-cert.pem";
    static final Duration ROOT_LIFE = Duration.ofDays(3650);

    private static final Logger log = LoggerFactory.getLogger(SignerSource.class);
    private static final int RENEW_IN_LAST_FRACTION = 5;

    private final StateDirectory directory;
    private final @Nullable Path pluggedIn;
    private final String organization;
    private final Clock clock;

    /// @param state the control plane's state directory
    /// @param pluggedIn where an operator's files may be, or null
    /// @param organization subject of a root that we make; the trust domain
    public SignerSource(StateDirectory state, @Nullable Path pluggedIn, String organization, Clock clock)
            throws IOException {
        this.directory = state.child("ca");
        this.pluggedIn = pluggedIn;
        this.organization = organization;
        this.clock = clock;
    }

    /// The signer to use now. A root of ours is made when there is none, and signed again, with the
    /// same key, in the last fifth of its life.
    ///
    /// @throws IOException when files are damaged, or do not belong together
    Signer load() throws IOException {
        if (pluggedIn != null && Files.exists(pluggedIn.resolve(CA_CERTIFICATE))) {
            return assemble(
                    text(pluggedIn, CA_KEY), text(pluggedIn, CA_CERTIFICATE), optional(CHAIN), text(pluggedIn, ROOTS));
        }
        byte[] storedKey = directory.read(CA_KEY);
        if (storedKey == null) {
            return store(newKey());
        }
        PrivateKey key =
                Pem.privateKey(utf8(storedKey), directory.path().resolve(CA_KEY).toString());
        byte[] storedCertificate = directory.read(CA_CERTIFICATE);
        if (storedCertificate == null) {
            throw new IOException(directory.path() + " has a " + CA_KEY + " and no " + CA_CERTIFICATE
                    + "; bring it back from a backup, or remove both to begin with a new root");
        }
        String roots = utf8(storedCertificate);
        Signer stored = assemble(utf8(storedKey), roots, "", roots);
        return dueForRenewal(stored.certificate()) ? renew(key, stored) : stored;
    }

    private Signer store(KeyAndCertificate made) throws IOException {
        // The certificate first: a crash between the two leaves no key, and the next start begins again.
        directory.write(CA_CERTIFICATE, Pem.encode(made.certificate()).getBytes(StandardCharsets.UTF_8));
        directory.write(CA_KEY, Pem.encode(made.key()).getBytes(StandardCharsets.UTF_8));
        log.atInfo()
                .addKeyValue("directory", directory.path())
                .addKeyValue("notAfter", made.certificate().getNotAfter().toInstant())
                .log("new root certificate made");
        return new Signer(made.key(), made.certificate(), List.of(), List.of(made.certificate()));
    }

    private Signer renew(PrivateKey key, Signer old) throws IOException {
        X509Certificate certificate = CertificateBuilder.root(
                key, old.certificate().getPublicKey(), organization, clock.instant(), ROOT_LIFE);
        directory.write(CA_CERTIFICATE, Pem.encode(certificate).getBytes(StandardCharsets.UTF_8));
        log.atInfo()
                .addKeyValue("notAfter", certificate.getNotAfter().toInstant())
                .log("root certificate signed again with the same key");
        return new Signer(key, certificate, List.of(), List.of(certificate));
    }

    private boolean dueForRenewal(X509Certificate certificate) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        Duration last = Duration.between(from, to).dividedBy(RENEW_IN_LAST_FRACTION);
        return clock.instant().isAfter(to.minus(last));
    }

    private record KeyAndCertificate(PrivateKey key, X509Certificate certificate) {}

    private KeyAndCertificate newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            return new KeyAndCertificate(
                    pair.getPrivate(),
                    CertificateBuilder.root(
                            pair.getPrivate(), pair.getPublic(), organization, clock.instant(), ROOT_LIFE));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    private Signer assemble(String key, String certificate, String chain, String roots) throws IOException {
        String where = pluggedIn == null ? directory.path().toString() : pluggedIn.toString();
        List<X509Certificate> own = Pem.certificates(certificate, CA_CERTIFICATE);
        List<X509Certificate> trusted = Pem.certificates(roots, ROOTS);
        if (own.isEmpty() || trusted.isEmpty()) {
            throw new IOException(where + ": " + (own.isEmpty() ? CA_CERTIFICATE : ROOTS) + " holds no certificate");
        }
        List<X509Certificate> intermediates = new ArrayList<>();
        List<X509Certificate> candidates = new ArrayList<>(own);
        candidates.addAll(Pem.certificates(chain, CHAIN));
        for (X509Certificate candidate : candidates) {
            if (!Signer.signedBy(candidate, candidate) && !intermediates.contains(candidate)) {
                intermediates.add(candidate);
            }
        }
        try {
            return new Signer(Pem.privateKey(key, CA_KEY), own.getFirst(), intermediates, trusted);
        } catch (IllegalArgumentException e) {
            throw new IOException(where + ": " + e.getMessage(), e);
        }
    }

    private String optional(String name) throws IOException {
        return pluggedIn != null && Files.exists(pluggedIn.resolve(name)) ? text(pluggedIn, name) : "";
    }

    private static String text(Path directory, String name) throws IOException {
        return Files.readString(directory.resolve(name), StandardCharsets.UTF_8);
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

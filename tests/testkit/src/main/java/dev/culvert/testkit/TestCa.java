package dev.culvert.testkit;

import dev.culvert.api.SpiffeId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// A certificate authority made in a moment: a root, and leaves with SPIFFE identities. Thread-safe.
public final class TestCa {
    private static final Duration ROOT_LIFE = Duration.ofDays(3650);
    private static final Duration LEAF_LIFE = Duration.ofDays(1);
    private static final Duration SKEW = Duration.ofMinutes(2);

    private final AtomicLong serials = new AtomicLong(1);
    private final X500Name name;
    private final KeyPair keys;
    private final X509Certificate certificate;
    private final @Nullable TestCa above;

    /// What a workload holds.
    ///
    /// @param chain the leaf, then intermediates
    public record Issued(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> roots) {
        public Issued {
            chain = List.copyOf(chain);
            roots = List.copyOf(roots);
        }

        /// Key, chain and roots as PEM, in that order.
        public List<String> pem() {
            return List.of(pkcs8(key), TestCa.pem(chain.toArray()), TestCa.pem(roots.toArray()));
        }
    }

    private TestCa(String commonName, @Nullable TestCa above) {
        this.name = new X500Name("CN=" + commonName);
        this.keys = newKeys();
        this.above = above;
        Instant now = Instant.now();
        this.certificate =
                (above == null ? this : above).signed(name, keys, now.minus(SKEW), now.plus(ROOT_LIFE), null);
    }

    /// An authority of its own, trusted by nobody but those who are given its root.
    public static TestCa create(String commonName) {
        return new TestCa(commonName, null);
    }

    /// An intermediate authority below this one.
    public TestCa below(String commonName) {
        return new TestCa(commonName, this);
    }

    /// Its own certificate.
    public X509Certificate certificate() {
        return certificate;
    }

    /// The certificate that everything below is trusted for.
    public X509Certificate root() {
        return above == null ? certificate : above.root();
    }

    /// A list that revokes `certificates`, as PEM.
    ///
    /// @param current how long the list means to be current; negative for one that is overdue
    public String revoked(Duration current, X509Certificate... certificates) {
        Instant now = Instant.now();
        X509v2CRLBuilder builder = new X509v2CRLBuilder(name, Date.from(now.minus(LEAF_LIFE.multipliedBy(2))));
        builder.setNextUpdate(Date.from(now.plus(current)));
        for (X509Certificate each : certificates) {
            builder.addCRLEntry(each.getSerialNumber(), Date.from(now), CRLReason.keyCompromise);
        }
        try {
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
            return pem(builder.build(signer));
        } catch (OperatorCreationException broken) {
            throw new IllegalStateException("cannot make a test revocation list", broken);
        }
    }

    /// Writes the files that a control plane takes as its plugged-in authority.
    public void writeTo(Path directory) {
        try {
            Files.writeString(directory.resolve("ca-cert.pem"), pem(root()));
            Files.writeString(directory.resolve("ca-key.pem"), pkcs8(keys.getPrivate()));
            Files.writeString(directory.resolve("cert-chain.pem"), pem(root()));
            Files.writeString(directory.resolve("root-cert.pem"), pem(root()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A certificate that is valid now, for these identities.
    public Issued issue(SpiffeId... identities) {
        return issue(
                LEAF_LIFE, Arrays.stream(identities).map(SpiffeId::toString).toArray(String[]::new));
    }

    /// A certificate that ends in `life`, which is negative for one that ended already, with these URIs.
    public Issued issue(Duration life, String... uris) {
        Instant until = Instant.now().plus(life);
        Instant from =
                life.isNegative() ? until.minus(LEAF_LIFE) : Instant.now().minus(SKEW);
        KeyPair leafKeys = newKeys();
        X509Certificate leaf = signed(new X500Name("O=workload"), leafKeys, from, until, uris);
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
        for (TestCa each = this; each.above != null; each = each.above) {
            chain.add(each.certificate);
        }
        return new Issued(leafKeys.getPrivate(), chain, List.of(root()));
    }

    private X509Certificate signed(
            X500Name subject, KeyPair subjectKeys, Instant from, Instant until, String @Nullable [] uris) {
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(serials.getAndIncrement()),
                    Date.from(from),
                    Date.from(until),
                    subject,
                    subjectKeys.getPublic());
            if (uris == null) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            } else {
                leafExtensions(builder, uris);
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (GeneralSecurityException | OperatorCreationException | IOException broken) {
            throw new IllegalStateException("cannot make a test certificate", broken);
        }
    }

    private static void leafExtensions(X509v3CertificateBuilder builder, String[] uris) throws IOException {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        }));
        GeneralName[] names = Arrays.stream(uris)
                .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                .toArray(GeneralName[]::new);
        if (names.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("this JDK has no P-256", broken);
        }
    }

    private static String pkcs8(PrivateKey key) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
    }

    private static String pem(Object... objects) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                writer.writeObject(object);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }
}

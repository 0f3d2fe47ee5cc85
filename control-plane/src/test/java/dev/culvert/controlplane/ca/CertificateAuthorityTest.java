package dev.culvert.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.api.SpiffeId;
import dev.culvert.process.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateAuthorityTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final SpiffeId ID = new SpiffeId("cluster.local", "a", "web");

    @TempDir
    Path temp;

    private KeyPair leafKey;

    @BeforeEach
    void key() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        leafKey = generator.generateKeyPair();
    }

    private CertificateAuthority open(Instant now) throws IOException {
        return open(now, null);
    }

    private CertificateAuthority open(Instant now, @org.jspecify.annotations.Nullable Path pluggedIn)
            throws IOException {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        StateDirectory state = StateDirectory.open(temp.resolve("state"));
        return CertificateAuthority.open(new SignerSource(state, pluggedIn, "cluster.local", clock), clock);
    }

    @Test
    void signsWhatAPeerExpectsByteForByte() throws Exception {
        IssuedCertificate issued = open(NOW).issue(leafKey.getPublic(), ID, Duration.ofHours(24));
        X509Certificate leaf = issued.leaf();
        assertThat(leaf.getVersion()).isEqualTo(3);
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(leaf.getPublicKey()).isEqualTo(leafKey.getPublic());
        assertThat(leaf.getSigAlgName()).isEqualTo("SHA256withECDSA");
        assertThat(leaf.getNotBefore()).isEqualTo(NOW.minusSeconds(120));
        assertThat(leaf.getNotAfter()).isEqualTo(NOW.plus(Duration.ofHours(24)));
        assertThat(leaf.getSerialNumber().signum()).isEqualTo(1);
        assertThat(leaf.getSerialNumber().bitLength()).isBetween(90, 128);
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        // digitalSignature and keyEncipherment, none of the other seven
        assertThat(leaf.getKeyUsage()).containsExactly(true, false, true, false, false, false, false, false, false);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getCriticalExtensionOIDs()).contains("2.5.29.17");
        String uri = "spiffe://cluster.local/ns/a/sa/web";
        byte[] names =
                ASN1OctetString.getInstance(leaf.getExtensionValue("2.5.29.17")).getOctets();
        assertThat(HexFormat.of().formatHex(names))
                .isEqualTo(String.format("30%02x86%02x", uri.length() + 2, uri.length())
                        + HexFormat.of().formatHex(uri.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        leaf.verify(issued.roots().getFirst().getPublicKey());
        assertThat(issued.response()).hasSize(2);
    }

    @Test
    void givesEveryCertificateAnotherSerial() throws Exception {
        CertificateAuthority authority = open(NOW);
        assertThat(List.of(
                        authority
                                .issue(leafKey.getPublic(), ID, Duration.ofHours(1))
                                .leaf()
                                .getSerialNumber(),
                        authority
                                .issue(leafKey.getPublic(), ID, Duration.ofHours(1))
                                .leaf()
                                .getSerialNumber()))
                .doesNotHaveDuplicates();
    }

    @Test
    void clipsALifeToItsOwnEnd() throws Exception {
        CertificateAuthority authority = open(NOW);
        IssuedCertificate issued = authority.issue(leafKey.getPublic(), ID, Duration.ofDays(20_000));
        assertThat(issued.leaf().getNotAfter().toInstant()).isEqualTo(authority.end());
    }

    @Test
    void keepsItsRootOverARestart() throws Exception {
        String first = open(NOW).rootsPem();
        assertThat(open(NOW.plus(Duration.ofDays(30))).rootsPem()).isEqualTo(first);
    }

    @Test
    void signsItsRootAgainWithTheSameKeyNearItsEnd() throws Exception {
        CertificateAuthority first = open(NOW);
        X509Certificate before =
                first.issue(leafKey.getPublic(), ID, Duration.ofDays(1)).leaf();
        CertificateAuthority second = open(NOW.plus(Duration.ofDays(365 * 9)));
        assertThat(second.rootsPem()).isNotEqualTo(first.rootsPem());
        X509Certificate root = second.issue(leafKey.getPublic(), ID, Duration.ofDays(1))
                .roots()
                .getFirst();
        before.verify(root.getPublicKey());
    }

    @Test
    void keepsItsKeyPrivate() throws Exception {
        open(NOW);
        Path key = temp.resolve("state/ca/ca-key.pem");
        assertThat(Files.getPosixFilePermissions(key)).hasSize(2);
        Files.setPosixFilePermissions(key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> open(NOW)).hasMessageContaining("chmod 600");
    }

    @Test
    void saysWhenTheKeyIsThereAndTheCertificateIsNot() throws Exception {
        open(NOW);
        Files.delete(temp.resolve("state/ca/ca-cert.pem"));
        assertThatThrownBy(() -> open(NOW)).hasMessageContaining("ca-cert.pem").hasMessageContaining("backup");
    }

    @Test
    void usesAPluggedInIntermediateAndItsChain() throws Exception {
        Path plugged = plugIn("RSA", true);
        IssuedCertificate issued = open(NOW, plugged).issue(leafKey.getPublic(), ID, Duration.ofDays(60));
        assertThat(issued.intermediates()).hasSize(1);
        assertThat(issued.response()).hasSize(3);
        issued.leaf().verify(issued.intermediates().getFirst().getPublicKey());
        issued.intermediates().getFirst().verify(issued.roots().getFirst().getPublicKey());
        assertThat(issued.leaf().getNotAfter().toInstant())
                .as("clipped to the intermediate's")
                .isEqualTo(NOW.plus(Duration.ofDays(30)));
        assertThat(temp.resolve("state/ca/ca-key.pem")).doesNotExist();
    }

    @Test
    void refusesPluggedInFilesThatDoNotBelongTogether() throws Exception {
        Path plugged = plugIn("EC", false);
        assertThatThrownBy(() -> open(NOW, plugged)).hasMessageContaining("does not lead to any");
        Files.writeString(plugged.resolve("ca-key.pem"), Pem.encode(leafKey.getPrivate()));
        assertThatThrownBy(() -> open(NOW, plugged)).hasMessageContaining("is not that of the certificate");
    }

    @Test
    void keepsTheOldSignerWhenAChangedFileIsWrong() throws Exception {
        Path plugged = plugIn("EC", true);
        CertificateAuthority authority = open(NOW, plugged);
        String roots = authority.rootsPem();
        Files.writeString(plugged.resolve("root-cert.pem"), "nothing");
        assertThat(authority.refresh()).isFalse();
        assertThat(authority.rootsPem()).isEqualTo(roots);
    }

    /// A root and an intermediate under it, as an operator would bring them; `right` or with
    /// another root's certificate.
    private Path plugIn(String algorithm, boolean right) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
        KeyPair rootKey = generator.generateKeyPair();
        KeyPair caKey = generator.generateKeyPair();
        X509Certificate root =
                CertificateBuilder.root(rootKey.getPrivate(), rootKey.getPublic(), "corp", NOW, Duration.ofDays(3650));
        X509Certificate ca = TestIntermediate.sign(rootKey.getPrivate(), root, caKey.getPublic(), NOW);
        Path directory = Files.createDirectories(temp.resolve("cacerts"));
        Files.writeString(directory.resolve("ca-cert.pem"), Pem.encode(ca));
        Files.writeString(directory.resolve("ca-key.pem"), Pem.encode(caKey.getPrivate()));
        Files.writeString(directory.resolve("cert-chain.pem"), Pem.encode(ca) + Pem.encode(root));
        X509Certificate other =
                CertificateBuilder.root(leafKey.getPrivate(), leafKey.getPublic(), "corp", NOW, Duration.ofDays(3650));
        Files.writeString(directory.resolve("root-cert.pem"), Pem.encode(right ? root : other));
        return directory;
    }
}

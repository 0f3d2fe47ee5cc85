package dev.culvert.controlplane.ca;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Builds and signs X.509 certificates (RFC 5280). Stateless, but for the random source, which is
/// thread-safe.
@SuppressWarnings("JavaUtilDate") // the certificate libraries speak java.util.Date and nothing else
final class CertificateBuilder {
    /// Certificates begin this much in the past, for peers whose clock is behind.
    static final Duration BACKDATED = Duration.ofMinutes(2);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SERIAL_BITS = 128;
    private static final X500Name NO_SUBJECT = new X500Name(new org.bouncycastle.asn1.x500.RDN[0]);

    private CertificateBuilder() {}

    /// A root for `key`, signed by itself.
    static X509Certificate root(PrivateKey key, PublicKey publicKey, String organization, Instant now, Duration life) {
        X500Name subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, organization)
                .build();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                subject, serial(), Date.from(now.minus(BACKDATED)), Date.from(now.plus(life)), subject, publicKey);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(publicKey));
            String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            return sign(builder, key, algorithm);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot build a root certificate", e);
        }
    }

    /// A leaf that both sides of a TLS connection may present: no subject, so the names are
    /// critical.
    ///
    /// @param end asked end of its life; it never outlives the signer
    static X509Certificate leaf(Signer signer, PublicKey publicKey, GeneralNames names, Instant now, Instant end) {
        Instant notAfter = signer.end().isBefore(end) ? signer.end() : end;
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                X500Name.getInstance(
                        signer.certificate().getSubjectX500Principal().getEncoded()),
                serial(),
                Date.from(now.minus(BACKDATED)),
                Date.from(notAfter),
                NO_SUBJECT,
                publicKey);
        try {
            builder.addExtension(
                    Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils()
                            .createAuthorityKeyIdentifier(signer.certificate().getPublicKey()));
            builder.addExtension(Extension.subjectAlternativeName, true, names);
            return sign(builder, signer.key(), signer.algorithm());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot build a certificate", e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key, String algorithm)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("the CA's key cannot sign with " + algorithm, e);
        }
    }

    private static BigInteger serial() {
        BigInteger serial = new BigInteger(SERIAL_BITS, RANDOM);
        // RFC 5280, 4.1.2.2: a serial number is positive.
        return serial.signum() == 0 ? BigInteger.ONE : serial;
    }
}

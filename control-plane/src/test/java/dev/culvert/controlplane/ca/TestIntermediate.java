package dev.culvert.controlplane.ca;

import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// An operator's intermediate authority, valid for 30 days.
@SuppressWarnings("JavaUtilDate") // the certificate library speaks java.util.Date
final class TestIntermediate {
    private TestIntermediate() {}

    static X509Certificate sign(PrivateKey rootKey, X509Certificate root, PublicKey key, Instant now) throws Exception {
        var builder = new JcaX509v3CertificateBuilder(
                root.getSubjectX500Principal(),
                BigInteger.TWO,
                Date.from(now.minusSeconds(60)),
                Date.from(now.plus(Duration.ofDays(30))),
                new X500Principal("O=corp,CN=mesh"),
                key);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        String algorithm = rootKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(rootKey)));
    }
}

package dev.culvert.mesh.identity;

import dev.culvert.api.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/// The PKCS#10 request (RFC 2986) for a workload certificate: an empty subject and one critical
/// alternative name, the SPIFFE id, as X.509-SVID section 2 wants it; P-256, signed with ECDSA and
/// SHA-256. Stateless.
///
/// It is written out here because it always has this one shape: a cryptography library on the class path
/// of every node would cost more memory than all that it is needed for.
final class CertificateRequest {
    private static final byte[] ECDSA_WITH_SHA256 = Der.oid(1, 2, 840, 10045, 4, 3, 2);
    private static final byte[] EXTENSION_REQUEST = Der.oid(1, 2, 840, 113549, 1, 9, 14);
    private static final byte[] SUBJECT_ALT_NAME = Der.oid(2, 5, 29, 17);
    /// `uniformResourceIdentifier` among the general names of RFC 5280 section 4.2.1.6.
    private static final int URI = 6;

    private CertificateRequest() {}

    static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK makes no P-256 keys", e);
        }
    }

    static String pem(SpiffeId identity, KeyPair key) {
        byte[] info = info(identity, key);
        byte[] request = Der.sequence(info, Der.sequence(ECDSA_WITH_SHA256), Der.bits(sign(info, key)));
        return Pem.text("CERTIFICATE REQUEST", request);
    }

    private static byte[] info(SpiffeId identity, KeyPair key) {
        byte[] names = Der.sequence(Der.taggedText(URI, identity.toString()));
        byte[] extension = Der.sequence(SUBJECT_ALT_NAME, Der.TRUE, Der.octets(names));
        byte[] attribute = Der.sequence(EXTENSION_REQUEST, Der.set(Der.sequence(extension)));
        byte[] subject = Der.sequence();
        return Der.sequence(Der.ZERO, subject, key.getPublic().getEncoded(), Der.tagged(0, attribute));
    }

    private static byte[] sign(byte[] info, KeyPair key) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(info);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a P-256 key of this JDK does not sign", e);
        }
    }
}

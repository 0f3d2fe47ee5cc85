package dev.culvert.controlplane.ca;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The key that signs, its certificate, and what leads from there to the roots. Immutable; legal
/// when it exists.
///
/// @param key the private key
/// @param certificate the certificate of that key, marked as an authority's
/// @param intermediates what a leaf's chain carries: `certificate` and those above it, without any
///     root
/// @param roots what relying parties trust
record Signer(
        PrivateKey key, X509Certificate certificate, List<X509Certificate> intermediates, List<X509Certificate> roots) {
    Signer {
        intermediates = List.copyOf(intermediates);
        roots = List.copyOf(roots);
        if (certificate.getBasicConstraints() < 0) {
            throw new IllegalArgumentException("the certificate '" + certificate.getSubjectX500Principal()
                    + "' may not sign others (basic constraints: not a CA)");
        }
        if (!pair(key, certificate.getPublicKey())) {
            throw new IllegalArgumentException(
                    "the private key is not that of the certificate '" + certificate.getSubjectX500Principal() + "'");
        }
        if (!leadsToARoot(certificate, intermediates, roots)) {
            throw new IllegalArgumentException("the certificate '" + certificate.getSubjectX500Principal()
                    + "' does not lead to any of the " + roots.size() + " roots");
        }
    }

    /// The signature algorithm that goes with the key.
    String algorithm() {
        return algorithm(key);
    }

    /// When the first certificate between a leaf and the root ends, after which nothing we sign can
    /// be valid.
    Instant end() {
        Instant end = certificate.getNotAfter().toInstant();
        for (X509Certificate intermediate : intermediates) {
            Instant other = intermediate.getNotAfter().toInstant();
            end = other.isBefore(end) ? other : end;
        }
        return end;
    }

    private static String algorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default ->
                throw new IllegalArgumentException(
                        "the CA's key is of type " + key.getAlgorithm() + "; expected EC or RSA");
        };
    }

    private static boolean pair(PrivateKey key, PublicKey publicKey) {
        try {
            Signature signature = Signature.getInstance(algorithm(key));
            signature.initSign(key);
            signature.update((byte) 1);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update((byte) 1);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static boolean leadsToARoot(
            X509Certificate from, List<X509Certificate> intermediates, List<X509Certificate> roots) {
        X509Certificate at = from;
        // Each step goes one certificate up, so the number of certificates bounds the walk.
        for (int step = 0; step <= intermediates.size(); step++) {
            if (roots.contains(at) || issuer(at, roots) != null) {
                return true;
            }
            X509Certificate next = issuer(at, intermediates);
            if (next == null) {
                return false;
            }
            at = next;
        }
        return false;
    }

    private static @Nullable X509Certificate issuer(X509Certificate certificate, List<X509Certificate> candidates) {
        for (X509Certificate candidate : candidates) {
            if (!candidate.equals(certificate) && signedBy(certificate, candidate)) {
                return candidate;
            }
        }
        return null;
    }

    static boolean signedBy(X509Certificate certificate, X509Certificate issuer) {
        if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}

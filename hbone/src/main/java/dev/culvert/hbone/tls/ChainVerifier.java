package dev.culvert.hbone.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorResult;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Whether a chain of certificates leads to one of our roots, now, for the use that is made of it (RFC 5280).
/// Immutable; may be used from any thread.
final class ChainVerifier {
    static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USE = "2.5.29.37.0";

    private final List<X509Certificate> roots;
    private final Set<TrustAnchor> anchors = new HashSet<>();

    ChainVerifier(List<X509Certificate> roots) {
        this.roots = List.copyOf(roots);
        roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
    }

    /// Verifies a chain.
    ///
    /// @param chain leaf first; a root at its end is passed over
    /// @param use object identifier of the extended key usage that the leaf must allow
    /// @return the chain as it was verified, its root at the end
    List<X509Certificate> verify(X509Certificate[] chain, String use) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("the peer presented no certificate");
        }
        X509Certificate leaf = chain[0];
        leaf.checkValidity();
        if (leaf.getBasicConstraints() >= 0) {
            throw new CertificateException("the peer presented a certificate authority as itself");
        }
        List<String> uses = leaf.getExtendedKeyUsage();
        if (uses != null && !uses.contains(use) && !uses.contains(ANY_USE)) {
            throw new CertificateException("the peer's certificate is not for this use: it allows " + uses);
        }
        return path(chain);
    }

    private List<X509Certificate> path(X509Certificate[] chain) throws CertificateException {
        List<X509Certificate> below =
                List.of(chain).stream().takeWhile(link -> !roots.contains(link)).toList();
        if (below.isEmpty()) {
            throw new CertificateException("the peer presented a root as itself");
        }
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            CertPathValidatorResult result =
                    CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(below), parameters);
            List<X509Certificate> path = new ArrayList<>(below);
            path.add(((PKIXCertPathValidatorResult) result).getTrustAnchor().getTrustedCert());
            return path;
        } catch (CertificateException malformed) {
            throw malformed;
        } catch (GeneralSecurityException untrusted) {
            throw new CertificateException(
                    "the peer's chain does not lead to a root of ours: " + untrusted.getMessage(), untrusted);
        }
    }
}

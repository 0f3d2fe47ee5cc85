package dev.culvert.mesh.identity;

import dev.culvert.api.SpiffeId;
import java.security.cert.X509Certificate;
import java.util.List;

/// One identity as the configuration dump shows it. Immutable.
public record IdentityStatus(SpiffeId identity, CertificateState state) {
    /// `Available`, `Initializing`, or `Unavailable: ` and why.
    public String stateText() {
        return switch (state) {
            case CertificateState.Available _ -> "Available";
            case CertificateState.Initializing _ -> "Initializing";
            case CertificateState.Unavailable unavailable -> "Unavailable: " + unavailable.reason();
        };
    }

    /// The leaf and its intermediates; empty when there is no certificate.
    public List<CertificateInfo> certChain() {
        return state instanceof CertificateState.Available available
                ? infos(available.certificate().chain())
                : List.of();
    }

    /// The roots that came with the certificate.
    public List<CertificateInfo> rootCerts() {
        return state instanceof CertificateState.Available available
                ? infos(available.certificate().roots())
                : List.of();
    }

    private static List<CertificateInfo> infos(List<X509Certificate> certificates) {
        return certificates.stream().map(CertificateInfo::of).toList();
    }
}

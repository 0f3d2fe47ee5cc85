package dev.culvert.hbone.tls;

import dev.culvert.api.SpiffeId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// Whether a peer whose chain is good is also one that we expect. Pure; may be used from any thread.
///
/// Comparison is exact, and names of hosts play no part. Only a server may know aliases of its trust domain.
public final class SpiffeVerifier {
    private static final int URI = 6;

    private SpiffeVerifier() {}

    /// The SPIFFE identities of a certificate, in its order. Other names are passed over.
    public static List<SpiffeId> identities(X509Certificate certificate) {
        List<SpiffeId> found = new ArrayList<>(1);
        for (List<?> name : names(certificate)) {
            if (name.get(0) instanceof Integer kind && kind == URI && name.get(1) instanceof String uri) {
                SpiffeId id = SpiffeId.tryParse(uri);
                if (id != null) {
                    found.add(id);
                }
            }
        }
        return found;
    }

    private static Collection<List<?>> names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException malformed) {
            return List.of();
        }
    }

    /// Whether a server may be talked to: one of its identities is among those expected of it.
    public static boolean serverMatches(List<SpiffeId> presented, List<SpiffeId> expected) {
        return presented.stream().anyMatch(expected::contains);
    }

    /// Whether a client may talk to us: one of its identities is of our trust domain, or of an alias of it.
    public static boolean clientMatches(List<SpiffeId> presented, String ownTrustDomain, Set<String> aliases) {
        return presented.stream()
                .map(SpiffeId::trustDomain)
                .anyMatch(domain -> domain.equals(ownTrustDomain) || aliases.contains(domain));
    }
}

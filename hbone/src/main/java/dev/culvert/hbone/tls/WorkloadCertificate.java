package dev.culvert.hbone.tls;

import dev.culvert.api.SpiffeId;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// A workload's key, certificate and the roots that came with it. Immutable; two are the same only if they are
/// one object, so that the TLS context made of one is found again without comparing keys.
public final class WorkloadCertificate {
    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final List<X509Certificate> roots;
    private final SpiffeId identity;
    private final long generation;

    /// @param chain leaf first, then intermediates, without the root
    /// @param roots that peers' chains must lead to
    /// @param generation counts the certificates of one identity, for logs
    /// @throws IllegalArgumentException when the leaf carries no SPIFFE identity or there are no roots
    public WorkloadCertificate(
            PrivateKey key, List<X509Certificate> chain, List<X509Certificate> roots, long generation) {
        this.key = key;
        this.chain = List.copyOf(chain);
        this.roots = List.copyOf(roots);
        this.generation = generation;
        if (chain.isEmpty() || roots.isEmpty()) {
            throw new IllegalArgumentException("a workload certificate needs a leaf and a root; have " + chain.size()
                    + " certificates and " + roots.size() + " roots");
        }
        List<SpiffeId> ids = SpiffeVerifier.identities(chain.getFirst());
        if (ids.isEmpty()) {
            throw new IllegalArgumentException(
                    "certificate of " + chain.getFirst().getSubjectX500Principal() + " carries no SPIFFE identity");
        }
        this.identity = ids.getFirst();
    }

    /// Key of the leaf.
    public PrivateKey key() {
        return key;
    }

    /// Leaf first, then intermediates.
    public List<X509Certificate> chain() {
        return chain;
    }

    /// What peers' chains must lead to.
    public List<X509Certificate> roots() {
        return roots;
    }

    /// Who the leaf says that we are.
    public SpiffeId identity() {
        return identity;
    }

    /// Number of this certificate among those of its identity.
    public long generation() {
        return generation;
    }

    /// From when the leaf is valid.
    public Instant notBefore() {
        return chain.getFirst().getNotBefore().toInstant();
    }

    /// Until when the leaf is valid.
    public Instant notAfter() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    @Override
    public String toString() {
        return identity + " generation " + generation + " until " + notAfter();
    }
}

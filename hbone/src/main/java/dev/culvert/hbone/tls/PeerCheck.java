package dev.culvert.hbone.tls;

import dev.culvert.api.SpiffeId;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is expected of the peer of one handshake, and what became of it. Confined to its connection's loop: TLS
/// runs there, and asks during the handshake.
final class PeerCheck {
    /// Whom a client expects; null at a server, which expects its own trust domain.
    private final @Nullable List<SpiffeId> expected;

    private final String ownTrustDomain;
    private final Set<String> aliases;
    private @Nullable SpiffeId identity;
    private @Nullable List<SpiffeId> rejected;
    private List<X509Certificate> path = List.of();
    private @Nullable X509Certificate revoked;

    private PeerCheck(@Nullable List<SpiffeId> expected, String ownTrustDomain, Set<String> aliases) {
        this.expected = expected;
        this.ownTrustDomain = ownTrustDomain;
        this.aliases = aliases;
    }

    static PeerCheck ofServer(List<SpiffeId> expected, SpiffeId own) {
        return new PeerCheck(List.copyOf(expected), own.trustDomain(), Set.of());
    }

    /// @param aliases trust domains that are accepted like our own
    static PeerCheck ofClient(SpiffeId own, Set<String> aliases) {
        return new PeerCheck(null, own.trustDomain(), aliases);
    }

    /// Whether it is made at the client, and judges a server.
    boolean isAtClient() {
        return expected != null;
    }

    /// The chain is good, but one of it is revoked.
    void revoke(X509Certificate which) {
        revoked = which;
    }

    /// The certificate for whose revocation the peer was not accepted, else null.
    @Nullable
    X509Certificate revoked() {
        return revoked;
    }

    /// Keeps the verified chain, its root at the end, for when a certificate of it is revoked later.
    void keep(List<X509Certificate> verified) {
        path = verified;
    }

    List<X509Certificate> path() {
        return path;
    }

    /// Judges the identities of a chain that is good otherwise.
    boolean judge(List<SpiffeId> presented) {
        boolean matches = expected == null
                ? SpiffeVerifier.clientMatches(presented, ownTrustDomain, aliases)
                : SpiffeVerifier.serverMatches(presented, expected);
        if (matches) {
            identity = presented.getFirst();
        } else {
            rejected = List.copyOf(presented);
        }
        return matches;
    }

    /// Whom a client expects; null at a server.
    @Nullable
    List<SpiffeId> expected() {
        return expected;
    }

    /// The first identity of a peer that was accepted, else null.
    @Nullable
    SpiffeId identity() {
        return identity;
    }

    /// The identities for which the peer was not accepted, else null.
    @Nullable
    List<SpiffeId> rejected() {
        return rejected;
    }
}

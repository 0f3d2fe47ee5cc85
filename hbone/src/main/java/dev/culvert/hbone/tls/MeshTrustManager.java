package dev.culvert.hbone.tls;

import java.net.Socket;
import java.security.cert.CRLReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// The judge of peers for one certificate of ours: the chain first, then the SPIFFE identity. Thread-safe.
final class MeshTrustManager extends X509ExtendedTrustManager {
    private static final X509Certificate[] NONE = {};

    private final ChainVerifier chains;
    private final Map<SSLEngine, PeerCheck> checks;
    private final @Nullable Revocations revocations;

    /// @param checks of handshakes under way
    /// @param revocations null to ask for none
    MeshTrustManager(List<X509Certificate> roots, Map<SSLEngine, PeerCheck> checks, @Nullable Revocations revocations) {
        this.chains = new ChainVerifier(roots);
        this.checks = checks;
        this.revocations = revocations;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, ChainVerifier.CLIENT_AUTH, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, ChainVerifier.SERVER_AUTH, engine);
    }

    private void check(X509Certificate[] chain, String use, SSLEngine engine) throws CertificateException {
        PeerCheck check = checks.get(engine);
        if (check == null) {
            throw new CertificateException("nobody expects a peer on this engine");
        }
        List<X509Certificate> path = chains.verify(chain, use);
        if (revocations != null) {
            check.keep(path);
            X509Certificate revoked = revocations.revoked(path);
            if (revoked != null) {
                check.revoke(revoked);
                throw new CertificateRevokedException(
                        Date.from(Instant.now()), CRLReason.UNSPECIFIED, revoked.getIssuerX500Principal(), Map.of());
            }
        }
        if (!check.judge(SpiffeVerifier.identities(chain[0]))) {
            throw new CertificateException("the peer is " + check.rejected() + ", which is not expected");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        throw engineOnly();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        throw engineOnly();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw engineOnly();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw engineOnly();
    }

    private static CertificateException engineOnly() {
        return new CertificateException("peers are checked on an engine only");
    }

    /// Empty: no names of authorities are sent to clients, who have one certificate at most.
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return NONE;
    }
}

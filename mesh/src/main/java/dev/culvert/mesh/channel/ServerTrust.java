package dev.culvert.mesh.channel;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Accepts a control plane whose certificate chains to our roots and bears the host that we dialled, or else
/// the alternative name that we were given.
///
/// Immutable.
final class ServerTrust extends X509ExtendedTrustManager {
    private static final int DNS_NAME = 2;

    private final X509ExtendedTrustManager chains;
    private final @Nullable String alternativeName;

    private ServerTrust(X509ExtendedTrustManager chains, @Nullable String alternativeName) {
        this.chains = chains;
        this.alternativeName = alternativeName;
    }

    /// @param roots empty for those of the operating system
    static ServerTrust of(List<X509Certificate> roots, @Nullable String alternativeName)
            throws GeneralSecurityException, IOException {
        KeyStore store = null;
        if (!roots.isEmpty()) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < roots.size(); i++) {
                store.setCertificateEntry("root" + i, roots.get(i));
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return new ServerTrust(extended, alternativeName);
            }
        }
        throw new GeneralSecurityException("this JDK gives no X.509 trust manager");
    }

    /// The engine asks for the check of the host too; only when that is what failed can the other name help.
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            chains.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            if (alternativeName == null) {
                throw e;
            }
            chains.checkServerTrusted(chain, authType);
            if (!bears(chain[0], alternativeName)) {
                e.addSuppressed(new CertificateException("nor does it bear " + alternativeName));
                throw e;
            }
        }
    }

    private static boolean bears(X509Certificate certificate, String name) throws CertificateException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names != null
                && names.stream()
                        .anyMatch(entry -> entry.get(0) instanceof Integer type
                                && type == DNS_NAME
                                && entry.get(1) instanceof String pattern
                                && covers(pattern.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT)));
    }

    /// A leading `*` stands for one label.
    private static boolean covers(String pattern, String name) {
        int dot = name.indexOf('.');
        return pattern.equals(name)
                || (pattern.startsWith("*.") && dot > 0 && pattern.substring(1).equals(name.substring(dot)));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("the host of the server is not known, so it cannot be checked");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("the host of the server is not known, so it cannot be checked");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("a control plane is no client of ours");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("a control plane is no client of ours");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("a control plane is no client of ours");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return chains.getAcceptedIssuers();
    }
}

package dev.culvert.hbone.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The client's and the server's context of one certificate. Counted: one for the cache, one for each handshake
/// being made; an engine retains the context below it by itself. Thread-safe.
final class CertificateContexts {
    /// Netty hands the key to BoringSSL by way of a key store in memory. In the default one it would be encrypted
    /// and decrypted again with thousands of rounds of a password hash, for each certificate, to no one's good.
    private static final String PLAIN_KEY_STORE = "JKS";

    private final WorkloadCertificate certificate;
    private final @Nullable Revocations revocations;
    private final Map<SSLEngine, PeerCheck> checks = new ConcurrentHashMap<>();
    private final SslContext client;
    private final SslContext server;
    private int holders = 1;

    CertificateContexts(WorkloadCertificate certificate, TlsOffer offer, @Nullable Revocations revocations)
            throws SSLException {
        this.certificate = certificate;
        this.revocations = revocations;
        this.client = finish(
                        SslContextBuilder.forClient()
                                .keyManager(certificate.key(), chain())
                                .endpointIdentificationAlgorithm(null),
                        offer)
                .build();
        try {
            this.server = finish(SslContextBuilder.forServer(certificate.key(), chain()), offer)
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
        } catch (SSLException unusable) {
            ReferenceCountUtil.release(client);
            throw unusable;
        }
    }

    /// A resumed session is not asked for its certificate: nobody would know who it is, nor whether
    /// it was revoked since. So no tickets are given out or taken, which Netty's server context does
    /// by itself, and each connection makes its whole handshake; one carries many streams.
    private static void withoutTickets(SSLEngine engine) {
        if (!(engine instanceof ReferenceCountedOpenSslEngine ours)) {
            throw new IllegalStateException("the TLS engine is " + engine + "; expected one of BoringSSL");
        }
        SSL.setOptions(ours.sslPointer(), SSL.SSL_OP_NO_TICKET);
    }

    private X509Certificate[] chain() {
        return certificate.chain().toArray(X509Certificate[]::new);
    }

    private SslContextBuilder finish(SslContextBuilder builder, TlsOffer offer) {
        return builder.sslProvider(SslProvider.OPENSSL_REFCNT)
                .keyStoreType(PLAIN_KEY_STORE)
                .trustManager(new MeshTrustManager(certificate.roots(), checks, revocations))
                .protocols(offer.protocols())
                .ciphers(offer.ciphers())
                .option(OpenSslContextOption.GROUPS, offer.groups())
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2));
    }

    boolean isOf(WorkloadCertificate other) {
        return certificate == other;
    }

    /// A new handshake on a context of ours.
    HandshakeHandler handshake(boolean ofClient, PeerCheck check, ByteBufAllocator allocator, Duration timeout) {
        SslHandler tls = (ofClient ? client : server).newHandler(allocator);
        tls.setHandshakeTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        // the connection writes whole records; what it gives is not to be copied together again
        tls.setWrapDataSize(0);
        SSLEngine engine = tls.engine();
        if (!ofClient) {
            withoutTickets(engine);
        }
        checks.put(engine, check);
        return new HandshakeHandler(tls, check, revocations, timeout, () -> checks.remove(engine));
    }

    synchronized void retain() {
        holders++;
    }

    synchronized void release() {
        if (--holders == 0) {
            ReferenceCountUtil.release(client);
            ReferenceCountUtil.release(server);
        }
    }
}

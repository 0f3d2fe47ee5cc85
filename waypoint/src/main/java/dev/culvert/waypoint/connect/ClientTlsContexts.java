package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.upstream.TrafficPolicy;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// TLS to applications, inside of the tunnel (DestinationRule `tls`), with one context for each
/// setting. Confined to its loop.
public final class ClientTlsContexts {
    private static final int MOST = 256;

    private final Map<Use, SslContext> contexts = new HashMap<>();

    private record Use(TrafficPolicy.Tls tls, boolean http2) {}

    /// The handler that makes a connection secure.
    ///
    /// @throws SSLException when the settings cannot be used; the message says why
    SslHandler handler(TrafficPolicy.Tls tls, Destination to, ByteBufAllocator allocator) throws SSLException {
        if (!tls.invalid().isEmpty()) {
            throw new SSLException(tls.invalid());
        }
        Use use = new Use(tls, to.http2());
        SslContext context = contexts.get(use);
        if (context == null) {
            if (contexts.size() >= MOST) {
                contexts.clear();
            }
            context = build(use);
            contexts.put(use, context);
        }
        return tls.serverName().isEmpty()
                ? context.newHandler(allocator)
                : context.newHandler(allocator, tls.serverName(), to.address().getPort());
    }

    private static SslContext build(Use use) throws SSLException {
        TrafficPolicy.Tls tls = use.tls();
        SslContextBuilder builder = SslContextBuilder.forClient()
                .endpointIdentificationAlgorithm(null)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        use.http2() ? ApplicationProtocolNames.HTTP_2 : ApplicationProtocolNames.HTTP_1_1));
        if (tls.unverified()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else if (!tls.authorities().isEmpty()) {
            builder.trustManager(stream(tls.authorities()));
        }
        if (!tls.certificate().isEmpty()) {
            builder.keyManager(stream(tls.certificate()), stream(tls.privateKey()));
        }
        return builder.build();
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /// Why the peer of a handshake that went well is not the one that was wanted, or null.
    @Nullable
    String refusal(TrafficPolicy.Tls tls, SslHandler handler, boolean http2) {
        if (http2 && !ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol())) {
            return "the server does not speak HTTP/2 (ALPN h2)";
        }
        List<String> wanted =
                tls.names().isEmpty() && !tls.serverName().isEmpty() ? List.of(tls.serverName()) : tls.names();
        if (tls.unverified() || wanted.isEmpty()) {
            return null;
        }
        try {
            X509Certificate leaf =
                    (X509Certificate) handler.engine().getSession().getPeerCertificates()[0];
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            boolean found = names != null
                    && names.stream().anyMatch(name -> wanted.stream().anyMatch(want -> matches(want, name.get(1))));
            return found ? null : "its certificate is for " + names + "; expected one of " + wanted;
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            return "its certificate cannot be read: " + e.getMessage();
        }
    }

    /// A name of the certificate may stand for one label by an asterisk at its front.
    private static boolean matches(String wanted, Object presented) {
        if (!(presented instanceof String name)) {
            return false;
        }
        String low = name.toLowerCase(Locale.ROOT);
        String want = wanted.toLowerCase(Locale.ROOT);
        if (low.startsWith("*.")) {
            int dot = want.indexOf('.');
            return dot > 0 && want.substring(dot).equals(low.substring(1));
        }
        return low.equals(want);
    }
}

package dev.culvert.hbone.tls;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelFailure;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.OpenSsl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The TLS contexts of a process: one pair per certificate in use, so that a handshake parses no keys. When an
/// identity's certificate is replaced, the old context goes as soon as its last connection does. Thread-safe:
/// shared by all loops, with a lock that is held for a map access, or for the making of a context once per
/// rotation.
public final class TlsContexts implements AutoCloseable {
    private final HboneLimits limits;
    private final TlsOffer offer;
    private final @Nullable Revocations revocations;
    private final Map<SpiffeId, CertificateContexts> current = new HashMap<>();

    /// @param revocations judges peers' certificates further, now and as long as they are connected; null
    ///     when nobody tells of any
    public TlsContexts(HboneLimits limits, TlsOffer offer, @Nullable Revocations revocations) {
        // Unpacks and loads BoringSSL, which the first handshake would have to wait for, on its loop.
        OpenSsl.ensureAvailability();
        this.limits = limits;
        this.offer = offer;
        this.revocations = revocations;
    }

    /// The handlers that make a channel ours: TLS, and the one that waits for it. They replace themselves, in
    /// effect: once `outcome` was called the second has left the pipeline.
    ///
    /// @param expected whom we accept; empty accepts nobody
    public List<ChannelHandler> client(
            WorkloadCertificate own,
            List<SpiffeId> expected,
            ByteBufAllocator allocator,
            Consumer<HandshakeOutcome> outcome) {
        PeerCheck check = PeerCheck.ofServer(expected, own.identity());
        return handlers(own, check, true, allocator, outcome);
    }

    /// The same for a channel that was accepted; clients of our own trust domain are accepted.
    ///
    /// @param aliases trust domains whose clients are accepted as well
    public List<ChannelHandler> server(
            WorkloadCertificate own,
            Set<String> aliases,
            ByteBufAllocator allocator,
            Consumer<HandshakeOutcome> outcome) {
        return handlers(own, PeerCheck.ofClient(own.identity(), aliases), false, allocator, outcome);
    }

    private List<ChannelHandler> handlers(
            WorkloadCertificate own,
            PeerCheck check,
            boolean client,
            ByteBufAllocator allocator,
            Consumer<HandshakeOutcome> outcome) {
        List<ChannelHandler> made = new ArrayList<>(2);
        try {
            CertificateContexts contexts = acquire(own);
            try {
                HandshakeHandler waiting = contexts.handshake(
                        client, check, allocator, limits.timers().handshake());
                waiting.whenDone(outcome);
                made.add(waiting.tls());
                made.add(waiting);
            } finally {
                contexts.release();
            }
        } catch (SSLException unusable) {
            outcome.accept(new HandshakeOutcome.Failed(
                    new TunnelFailure.NoCertificate(own + " cannot be used: " + unusable.getMessage())));
        }
        return made;
    }

    /// The contexts of a certificate, retained for the caller.
    private synchronized CertificateContexts acquire(WorkloadCertificate own) throws SSLException {
        CertificateContexts known = current.get(own.identity());
        if (known != null && known.isOf(own)) {
            known.retain();
            return known;
        }
        CertificateContexts made = new CertificateContexts(own, offer, revocations);
        made.retain();
        current.put(own.identity(), made);
        if (known != null) {
            known.release();
        }
        return made;
    }

    /// Forgets the contexts of an identity that left; connections that use them go on.
    public synchronized void forget(SpiffeId identity) {
        CertificateContexts known = current.remove(identity);
        if (known != null) {
            known.release();
        }
    }

    /// How many certificates have contexts at this moment.
    public synchronized int size() {
        return current.size();
    }

    @Override
    public synchronized void close() {
        current.values().forEach(CertificateContexts::release);
        current.clear();
    }
}

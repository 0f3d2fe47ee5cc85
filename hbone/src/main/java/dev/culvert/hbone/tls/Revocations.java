package dev.culvert.hbone.tls;

import dev.culvert.hbone.TunnelFailure;
import io.netty.channel.Channel;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The revocation list in force, and every connection whose peer was judged by it or by one before it. Thread-safe.
///
/// A handshake reads the list as it is; a connection is entered first and judged again then, so that a list that
/// comes in between is not missed.
public final class Revocations {
    private final RevocationObserver observer;
    private final Map<Channel, Peer> live = new ConcurrentHashMap<>();
    private volatile RevocationList list = RevocationList.NONE;

    /// Whom a connection was made with.
    ///
    /// @param client whether we are the client
    /// @param path the peer's certificates, to the root that vouches for them
    private record Peer(boolean client, List<X509Certificate> path) {}

    public Revocations(RevocationObserver observer) {
        this.observer = observer;
    }

    /// Puts `next` in force, and closes connections whose peer is revoked by it. Takes its time with many
    /// connections, so it is not for a loop.
    public void replace(RevocationList next) {
        list = next;
        live.forEach(this::judge);
    }

    /// The certificate of `path` that is revoked now, or null.
    @Nullable
    X509Certificate revoked(List<X509Certificate> path) {
        return list.revoked(path);
    }

    /// A connection with a peer of `path` was made; it is closed as soon as a certificate of that is revoked. On its
    /// loop.
    void made(Channel channel, boolean client, List<X509Certificate> path) {
        Peer peer = new Peer(client, List.copyOf(path));
        live.put(channel, peer);
        channel.closeFuture().addListener(_ -> live.remove(channel));
        judge(channel, peer);
    }

    /// A handshake was refused.
    void refused(boolean client) {
        observer.revoked(client);
    }

    /// Connections that are watched.
    public int connections() {
        return live.size();
    }

    private void judge(Channel channel, Peer peer) {
        X509Certificate revoked = list.revoked(peer.path);
        if (revoked != null && live.remove(channel, peer)) {
            observer.revoked(peer.client);
            TunnelFailure.CertificateRevoked failure = failure(channel, revoked);
            channel.eventLoop().execute(() -> channel.pipeline().fireUserEventTriggered(failure));
        }
    }

    static TunnelFailure.CertificateRevoked failure(Channel channel, X509Certificate revoked) {
        return new TunnelFailure.CertificateRevoked(
                channel.remoteAddress(),
                revoked.getSerialNumber().toString(16),
                revoked.getIssuerX500Principal().getName());
    }
}

package dev.culvert.mesh.channel;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The channel to the certificate authority: opened with the first request, and anew when the roots have changed.
/// Thread-safe, though certificates are asked for by one thread alone.
///
/// Roots that cannot be read leave the channel that there is in use; the next request tries again.
public final class CaChannel implements Supplier<Channel>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CaChannel.class);

    private final ControlPlane authority;
    private final ControlPlaneChannels channels;
    private final Executor callbacks;
    private List<X509Certificate> roots = List.of();
    private @Nullable ManagedChannel channel;

    public CaChannel(ControlPlane authority, ControlPlaneChannels channels, Executor callbacks) {
        this.authority = authority;
        this.channels = channels;
        this.callbacks = callbacks;
    }

    @Override
    public synchronized Channel get() {
        ManagedChannel known = channel;
        try {
            List<X509Certificate> now = authority.roots().roots();
            if (known != null && now.equals(roots)) {
                return known;
            }
            ManagedChannel opened = channels.open(authority, callbacks);
            close();
            channel = opened;
            roots = now;
            return opened;
        } catch (IOException | GeneralSecurityException e) {
            if (known == null) {
                throw new IllegalStateException(
                        "no channel to the certificate authority " + authority.address() + ": " + e.getMessage(), e);
            }
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("roots of the authority not read, keeping the old");
            return known;
        }
    }

    @Override
    public synchronized void close() {
        if (channel != null) {
            channel.shutdown();
            channel = null;
        }
    }
}

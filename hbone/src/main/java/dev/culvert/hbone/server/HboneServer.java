package dev.culvert.hbone.server;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelAcceptor;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.h2.ChannelTuning;
import dev.culvert.hbone.h2.ServerConnection;
import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.hbone.tls.HandshakeOutcome;
import dev.culvert.hbone.tls.TlsContexts;
import dev.culvert.hbone.tls.WorkloadCertificate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.Set;

/// The server end of the tunnels of one workload. Thread-safe: the children of its listener may be on any loop,
/// and whoever drains it may be on none.
public final class HboneServer {
    private final TlsContexts tls;
    private final HboneLimits limits;
    private final CertificateSource certificates;
    private final TunnelAcceptor acceptor;
    private final Set<String> aliases;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private volatile boolean draining;

    /// @param certificates of the workload that the tunnels lead to
    /// @param acceptor answers each CONNECT, on the loop of its connection
    public HboneServer(TlsContexts tls, HboneLimits limits, CertificateSource certificates, TunnelAcceptor acceptor) {
        this(tls, limits, certificates, acceptor, Set.of());
    }

    /// @param aliases trust domains whose clients are accepted like those of our own, as waypoints do
    public HboneServer(
            TlsContexts tls,
            HboneLimits limits,
            CertificateSource certificates,
            TunnelAcceptor acceptor,
            Set<String> aliases) {
        this.tls = tls;
        this.limits = limits;
        this.certificates = certificates;
        this.acceptor = acceptor;
        this.aliases = Set.copyOf(aliases);
    }

    /// Makes an accepted channel a tunnel connection. Called on the channel's loop, before anything was read.
    public void install(Channel channel) {
        assert channel.eventLoop().inEventLoop();
        if (draining) {
            channel.close();
            return;
        }
        channels.add(channel);
        ChannelTuning.apply(channel);
        // nothing may be read until there are handlers for it
        channel.config().setAutoRead(false);
        certificates.request(channel.eventLoop(), answer -> secure(channel, answer));
    }

    private void secure(Channel channel, CertificateAnswer answer) {
        if (!channel.isOpen()) {
            return;
        }
        switch (answer) {
            case CertificateAnswer.Ready(WorkloadCertificate own) -> {
                for (ChannelHandler handler :
                        tls.server(own, aliases, channel.alloc(), outcome -> secured(channel, outcome))) {
                    channel.pipeline().addLast(handler);
                }
                channel.config().setAutoRead(true);
            }
            case CertificateAnswer.Unavailable(String reason) ->
                failed(channel, new TunnelFailure.NoCertificate(reason));
        }
    }

    private void secured(Channel channel, HandshakeOutcome outcome) {
        switch (outcome) {
            case HandshakeOutcome.Secured(var peer) ->
                channel.pipeline().addLast(new ServerConnection(limits, peer, acceptor));
            case HandshakeOutcome.Failed(TunnelFailure failure) -> failed(channel, failure);
        }
    }

    private void failed(Channel channel, TunnelFailure failure) {
        acceptor.handshakeFailed(channel.remoteAddress(), channel.localAddress(), failure);
        channel.close();
    }

    /// Tells all clients that we go away, lets open streams come to their end, and after `deadline` closes what
    /// is left. Channels installed from now on are closed.
    ///
    /// @return done when the last connection is closed
    public Future<?> drain(Duration deadline) {
        draining = true;
        for (Channel channel : channels) {
            channel.eventLoop().execute(() -> drain(channel, deadline));
        }
        return channels.newCloseFuture();
    }

    private static void drain(Channel channel, Duration deadline) {
        ServerConnection connection = channel.pipeline().get(ServerConnection.class);
        if (connection == null) {
            channel.close();
        } else if (deadline.isZero()) {
            connection.abort();
        } else {
            connection.drain(deadline.toMillis());
        }
    }

    /// Open connections, those in their handshake among them.
    public int connections() {
        return channels.size();
    }
}

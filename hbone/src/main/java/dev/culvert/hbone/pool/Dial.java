package dev.culvert.hbone.pool;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.h2.ChannelTuning;
import dev.culvert.hbone.h2.ClientConnection;
import dev.culvert.hbone.h2.ConnectionListener;
import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.hbone.tls.HandshakeOutcome;
import dev.culvert.hbone.tls.TlsContexts;
import dev.culvert.hbone.tls.WorkloadCertificate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// A connection being made: certificate, socket, TLS. Ends once, with a connection or a failure. Confined to the
/// pool's loop.
final class Dial {

    /// Who waits for a dial.
    interface Owner extends ConnectionListener {

        void dialled(Dial dial, Channel channel, ClientConnection connection);

        void failed(Dial dial, TunnelFailure failure);
    }

    private final TunnelKey key;
    private final Owner owner;
    private final HboneLimits limits;
    private final TlsContexts tls;
    private @Nullable Channel channel;
    private boolean done;

    Dial(TunnelKey key, Owner owner, HboneLimits limits, TlsContexts tls) {
        this.key = key;
        this.owner = owner;
        this.limits = limits;
        this.tls = tls;
    }

    void start(EventLoop loop, TunnelDialer dialer) {
        dialer.certificates().request(loop, answer -> {
            switch (answer) {
                case CertificateAnswer.Ready(WorkloadCertificate own) -> connect(loop, dialer, own);
                case CertificateAnswer.Unavailable(String reason) -> fail(new TunnelFailure.NoCertificate(reason));
            }
        });
    }

    /// Gives up; the owner hears nothing more.
    void cancel() {
        done = true;
        if (channel != null) {
            channel.close();
        }
    }

    private void connect(EventLoop loop, TunnelDialer dialer, WorkloadCertificate own) {
        if (done) {
            return;
        }
        Future<Channel> connected = dialer.dial(key, loop, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                initialize(made, own);
            }
        });
        connected.addListener(result -> {
            if (!result.isSuccess()) {
                fail(DialFailures.of(key.destination(), result.cause()));
            }
        });
    }

    private void initialize(Channel made, WorkloadCertificate own) {
        channel = made;
        if (done) {
            made.close();
            return;
        }
        ChannelTuning.apply(made);
        for (ChannelHandler handler :
                tls.client(own, key.expected(), made.alloc(), outcome -> secured(made, outcome))) {
            made.pipeline().addLast(handler);
        }
    }

    private void secured(Channel made, HandshakeOutcome outcome) {
        switch (outcome) {
            case HandshakeOutcome.Failed(TunnelFailure failure) -> fail(failure);
            case HandshakeOutcome.Secured(var peer) -> {
                if (done) {
                    made.close();
                    return;
                }
                done = true;
                ClientConnection connection = new ClientConnection(limits, peer, owner);
                made.pipeline().addLast(connection);
                owner.dialled(this, made, connection);
            }
        }
    }

    private void fail(TunnelFailure failure) {
        if (!done) {
            cancel();
            owner.failed(this, failure);
        }
    }
}

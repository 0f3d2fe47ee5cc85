package dev.culvert.hbone.tls;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelPeer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// Waits for the end of a TLS handshake, tells it once, and leaves the pipeline. Confined to its channel's loop.
final class HandshakeHandler extends ChannelInboundHandlerAdapter {
    private final SslHandler tls;
    private final PeerCheck check;
    private final @Nullable Revocations revocations;
    private final Duration timeout;
    private final Runnable forget;
    private @Nullable Consumer<HandshakeOutcome> outcome;

    /// @param forget takes the check out of the table of handshakes under way
    HandshakeHandler(
            SslHandler tls, PeerCheck check, @Nullable Revocations revocations, Duration timeout, Runnable forget) {
        this.tls = tls;
        this.check = check;
        this.revocations = revocations;
        this.timeout = timeout;
        this.forget = forget;
    }

    SslHandler tls() {
        return tls;
    }

    void whenDone(Consumer<HandshakeOutcome> callback) {
        outcome = callback;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            tell(context, done.isSuccess() ? secured(context) : failed(context, done.cause()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        tell(context, failed(context, new ClosedChannelException()));
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        tell(context, failed(context, cause.getCause() == null ? cause : cause.getCause()));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        forget.run();
        if (outcome != null) {
            tell(context, failed(context, new ClosedChannelException()));
        }
    }

    private HandshakeOutcome secured(ChannelHandlerContext context) {
        SpiffeId identity = check.identity();
        if (identity == null) {
            return failed(context, new SSLHandshakeException("the peer presented no certificate"));
        }
        if (!ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
            return failed(context, new SSLHandshakeException("the peer does not speak HTTP/2 (ALPN h2)"));
        }
        if (revocations != null) {
            revocations.made(context.channel(), check.isAtClient(), check.path());
        }
        return new HandshakeOutcome.Secured(new TunnelPeer(
                identity, context.channel().remoteAddress(), context.channel().localAddress()));
    }

    private HandshakeOutcome failed(ChannelHandlerContext context, Throwable cause) {
        var remote = context.channel().remoteAddress();
        List<SpiffeId> rejected = check.rejected();
        if (rejected != null) {
            return new HandshakeOutcome.Failed(
                    new TunnelFailure.UnexpectedIdentity(remote, rejected, check.expected()));
        }
        X509Certificate revoked = check.revoked();
        if (revoked != null && revocations != null) {
            revocations.refused(check.isAtClient());
            return new HandshakeOutcome.Failed(Revocations.failure(context.channel(), revoked));
        }
        if (cause instanceof SslHandshakeTimeoutException) {
            return new HandshakeOutcome.Failed(new TunnelFailure.HandshakeTimedOut(remote, timeout));
        }
        return new HandshakeOutcome.Failed(new TunnelFailure.HandshakeFailed(remote, cause));
    }

    private void tell(ChannelHandlerContext context, HandshakeOutcome result) {
        Consumer<HandshakeOutcome> to = outcome;
        outcome = null;
        if (to == null) {
            return;
        }
        to.accept(result);
        if (result instanceof HandshakeOutcome.Failed) {
            context.close();
        }
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }
}

package dev.culvert.waypoint.connect;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.TunnelChannel;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.header.Authority;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.hbone.header.Forwarded;
import dev.culvert.hbone.header.TraceParent;
import dev.culvert.hbone.pool.TunnelDialer;
import dev.culvert.hbone.pool.TunnelKey;
import dev.culvert.hbone.pool.TunnelPool;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/// Makes connections to destinations on one loop. Confined to that loop.
public final class Dialler {
    private static final InetAddress ANY = new InetSocketAddress(0).getAddress();

    private final EventLoop loop;
    private final TunnelPool tunnels;
    private final Self self;
    private final ClientTlsContexts tls;

    /// Who we are at the other end of a tunnel. Immutable.
    ///
    /// @param baggage what we say of ourselves
    /// @param allocator of the buffers of connections
    public record Self(
            SpiffeId identity, CertificateSource certificates, Baggage baggage, ByteBufAllocator allocator) {}

    public Dialler(EventLoop loop, TunnelPool tunnels, Self self, ClientTlsContexts tls) {
        this.loop = loop;
        this.tunnels = tunnels;
        this.self = self;
        this.tls = tls;
    }

    public EventLoop loop() {
        return loop;
    }

    /// Connects, with all that the destination wants before the application's own bytes.
    ///
    /// @param timeout for all of it
    /// @param handler put at the end of the pipeline of the connected channel
    /// @param outcome called once, on the loop
    public void dial(Destination to, Duration timeout, ChannelHandler handler, Consumer<DialOutcome> outcome) {
        assert loop.inEventLoop();
        DialAttempt attempt = new DialAttempt(to, loop, timeout, outcome);
        Destination.Tunnel tunnel = to.tunnel();
        ChannelHandler ready = new Setup(to, handler, attempt);
        if (tunnel == null) {
            connect(self.allocator(), loop, to.address(), timeout, ready).addListener(connected -> {
                if (!connected.isSuccess()) {
                    attempt.failed(connectFailure(to.address(), connected.cause()));
                }
            });
            return;
        }
        TunnelKey key = new TunnelKey("", self.identity(), tunnel.expected(), tunnel.proxy(), ANY);
        ConnectRequest request = new ConnectRequest(
                Authority.of(to.address()), self.baggage(), Forwarded.EMPTY, TraceParent.random(), null, "waypoint");
        attempt.cancelBy(tunnels.connect(
                key,
                request,
                new ProxyDialer(self.certificates(), self.allocator(), timeout),
                reply -> answered(reply, to, attempt, ready)));
    }

    private static void answered(ConnectReply reply, Destination to, DialAttempt attempt, ChannelHandler ready) {
        switch (reply) {
            case ConnectReply.Accepted accepted -> {
                if (attempt.isOver()) {
                    accepted.stream().reset();
                } else {
                    TunnelChannel.open(accepted.stream(), ready);
                }
            }
            case ConnectReply.Refused(int status, String reason) ->
                attempt.failed(new UpstreamFailure(Kind.NOT_CONNECTED, refusal(to, status, reason)));
            case ConnectReply.Failed(TunnelFailure failure) ->
                attempt.failed(new UpstreamFailure(
                        failure instanceof TunnelFailure.ConnectTimedOut ? Kind.CONNECT_TIMEOUT : Kind.NOT_CONNECTED,
                        failure.message()));
        }
    }

    private static String refusal(Destination to, int status, String reason) {
        String what = switch (status) {
            case 401 -> " denies this waypoint by policy";
            case 503 -> " cannot reach the application";
            default -> " refused the tunnel";
        };
        return "the node proxy of " + to.address() + what + " (" + status + (reason.isEmpty() ? "" : ": " + reason)
                + ")";
    }

    private static UpstreamFailure connectFailure(InetSocketAddress to, Throwable cause) {
        return cause instanceof ConnectTimeoutException
                ? new UpstreamFailure(Kind.CONNECT_TIMEOUT, "timed out connecting to " + to)
                : new UpstreamFailure(Kind.NOT_CONNECTED, "cannot connect to " + to + ": " + cause.getMessage());
    }

    private static ChannelFuture connect(
            ByteBufAllocator allocator,
            EventLoop loop,
            InetSocketAddress address,
            Duration timeout,
            ChannelHandler handler) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, timeout.toMillis()))
                .handler(handler)
                .connect(address);
    }

    /// Prepares a channel once it is there: the header of the PROXY protocol, TLS, and what was
    /// given.
    private final class Setup extends ChannelInitializer<Channel> {
        private final Destination to;
        private final ChannelHandler handler;
        private final DialAttempt attempt;

        Setup(Destination to, ChannelHandler handler, DialAttempt attempt) {
            this.to = to;
            this.handler = handler;
            this.attempt = attempt;
        }

        @Override
        protected void initChannel(Channel channel) throws Exception {
            channel.config().setAutoRead(false);
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            channel.pipeline().addLast(new PreambleHandler(to, tls, attempt, handler));
        }
    }

    /// Connects to node proxies.
    private record ProxyDialer(CertificateSource certificates, ByteBufAllocator allocator, Duration timeout)
            implements TunnelDialer {
        @Override
        public Future<Channel> dial(TunnelKey key, EventLoop on, ChannelHandler handler) {
            Promise<Channel> result = on.newPromise();
            ChannelFuture connecting = connect(allocator, on, key.destination(), timeout, handler);
            connecting.addListener(done -> {
                if (done.isSuccess()) {
                    result.setSuccess(connecting.channel());
                } else {
                    result.setFailure(done.cause());
                }
            });
            return result;
        }
    }
}

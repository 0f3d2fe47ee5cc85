package dev.culvert.hbone;

import dev.culvert.hbone.h2.ChannelTuning;
import dev.culvert.hbone.h2.ServerConnection;
import dev.culvert.testkit.TestCa;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/// Serves the server end of a connection to a conformance tester that has no client certificate:
/// `h2spec -t -k -p <port>`. Not a test by itself.
public final class H2SpecServer {
    private H2SpecServer() {}

    public static void main(String[] arguments) throws SSLException {
        int port = Integer.parseInt(arguments[0]);
        TestCa.Issued own = TestCa.create("h2spec").issue(TunnelRig.BOB);
        SslContext tls = SslContextBuilder.forServer(own.key(), own.chain().toArray(X509Certificate[]::new))
                .sslProvider(SslProvider.OPENSSL)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        "h2"))
                .build();
        new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        ChannelTuning.apply(channel);
                        TunnelPeer peer =
                                new TunnelPeer(TunnelRig.ALICE, channel.remoteAddress(), channel.localAddress());
                        channel.pipeline()
                                .addLast(tls.newHandler(channel.alloc()))
                                .addLast(new ServerConnection(HboneLimits.DEFAULT, peer, Acceptors.echoing()));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), port)
                .syncUninterruptibly()
                .channel()
                .closeFuture()
                .syncUninterruptibly();
    }
}

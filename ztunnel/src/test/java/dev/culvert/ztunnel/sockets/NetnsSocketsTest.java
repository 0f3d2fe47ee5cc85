package dev.culvert.ztunnel.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Netns;
import dev.culvert.linux.NetnsThread;
import dev.culvert.linux.SocketOptions;
import dev.culvert.mesh.config.Machine;
import dev.culvert.process.Settings;
import dev.culvert.ztunnel.config.SocketConfig;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sockets made by way of the namespace thread, here in the namespace of the test.
class NetnsSocketsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final SocketConfig config = ZtunnelConfig.from(Settings.of(Map.of("XDS_ADDRESS", "")), Machine.here())
            .sockets();
    private final EventLoopGroup loops = Transport.EPOLL.newLoops(1);
    private final EventLoop loop = loops.next();
    private final NetnsThread thread = new NetnsThread();
    private final Netns home = Netns.ofThisThread();
    private final NetnsSockets sockets = new NetnsSockets(home, thread, Transport.EPOLL, loops, config);
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

    NetnsSocketsTest() throws LinuxException {}

    @AfterEach
    void close() {
        sockets.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        thread.close();
        home.close();
    }

    @Test
    void connectsWithTheMarkAndKeepsTheClientsAddress() throws Exception {
        int port = listen();
        Channel channel = connect(
                new Dial(new InetSocketAddress(LOOPBACK, port), InetAddress.ofLiteral("127.83.1.7"), ChannelUse.RELAY));
        assertThat(channel.config().getOption(SocketOptions.MARK)).isEqualTo(config.packetMark());
        assertThat(channel.config().isAutoRead()).isFalse();
        Channel seen = accepted.take();
        InetSocketAddress peer = CanonicalAddress.of((InetSocketAddress) seen.remoteAddress());
        assertThat(peer.getAddress().getHostAddress()).isEqualTo("127.83.1.7");
        assertThat(sockets.originalDestination(seen)).isEqualTo(new InetSocketAddress(LOOPBACK, port));
    }

    @Test
    void failsAConnectThatIsRefused() {
        assertThatThrownBy(() -> connect(Dial.plain(new InetSocketAddress(LOOPBACK, 1))))
                .hasMessageContaining("Connection refused");
    }

    @Test
    void servesManyConnectsAtOnceFromItsStash() throws Exception {
        int port = listen();
        for (int i = 0; i < 40; i++) {
            assertThat(connect(Dial.plain(new InetSocketAddress(LOOPBACK, port)))
                            .isActive())
                    .isTrue();
        }
        for (int i = 0; i < 40; i++) {
            accepted.take().close();
        }
    }

    private int listen() {
        Future<Channel> bound = sockets.listen(new Listen(0, ChannelUse.RELAY), new Collector());
        return ((InetSocketAddress) bound.syncUninterruptibly().getNow().localAddress()).getPort();
    }

    private Channel connect(Dial dial) {
        Promise<Channel> result = loop.newPromise();
        loop.execute(() -> sockets.connect(loop, dial, null).addListener((Future<Channel> done) -> {
            if (done.isSuccess()) {
                result.setSuccess(done.getNow());
            } else {
                result.setFailure(done.cause());
            }
        }));
        return result.syncUninterruptibly().getNow();
    }

    @ChannelHandler.Sharable
    private final class Collector extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            accepted.add(ctx.channel());
        }
    }
}

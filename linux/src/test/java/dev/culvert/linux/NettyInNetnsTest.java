package dev.culvert.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NettyInNetnsTest {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final BlockingQueue<Channel> accepted = new ArrayBlockingQueue<>(4);
    private TestNetns pod;
    private Netns netns;
    private NetnsThread thread;

    @BeforeEach
    void start() throws Exception {
        pod = new TestNetns();
        netns = Netns.open(pod.path());
        NettyWarmUp.run(List.of(EpollSocketChannel::new, EpollServerSocketChannel::new));
        thread = new NetnsThread();
    }

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        thread.close();
        netns.close();
        pod.close();
    }

    private static InetSocketAddress at(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }

    private Channel listen(InetSocketAddress address) throws Exception {
        EpollServerSocketChannel made = NettyWarmUp.channelIn(thread, netns, EpollServerSocketChannel::new)
                .get(30, TimeUnit.SECONDS);
        return new ServerBootstrap()
                .group(loops)
                .channelFactory(() -> made)
                .option(SocketOptions.MARK, 0x539)
                .option(SocketOptions.REUSE_PORT, 1)
                .option(SocketOptions.TRANSPARENT_V4, 1)
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        accepted.add(ctx.channel());
                    }

                    @Override
                    public boolean isSharable() {
                        return true;
                    }
                })
                .bind(address)
                .sync()
                .channel();
    }

    private Channel connect(InetSocketAddress to) throws Exception {
        EpollSocketChannel made =
                NettyWarmUp.channelIn(thread, netns, EpollSocketChannel::new).get(30, TimeUnit.SECONDS);
        return new Bootstrap()
                .group(loops)
                .channelFactory(() -> made)
                .option(SocketOptions.MARK, 0x111)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(to)
                .sync()
                .channel();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,127.0.0.9,ip daddr 127.0.0.9",
        "::,127.0.0.9,ip daddr 127.0.0.9",
        "::,fd00::9,ip6 daddr fd00::9"
    })
    void tellsWhereARedirectedConnectionWantedToGo(String bind, String target, String match) throws Exception {
        pod.exec("ip", "addr", "add", "fd00::9/128", "dev", "lo");
        pod.exec(
                "nft",
                "add table inet t; add chain inet t o { type nat hook output priority -100; };" + "add rule inet t o "
                        + match + " tcp dport 80 redirect to :15001");
        Channel server = listen(at(bind, 15001));
        Channel client = connect(at(target, 80));
        Channel child = accepted.poll(30, TimeUnit.SECONDS);
        assertThat(child).isNotNull();
        assertThat(SocketOptions.originalDestination(child)).isEqualTo(at(target, 80));
        assertThat(client.config().getOption(SocketOptions.MARK)).isEqualTo(0x111);
        assertThat(server.config().getOption(SocketOptions.MARK)).isEqualTo(0x539);
        client.close().sync();
        server.close().sync();
    }

    @Test
    void aConnectionThatWasNotRedirectedHasItsOwnAddressOrNone() throws Exception {
        Channel server = listen(at("127.0.0.1", 15001));
        Channel client = connect(at("127.0.0.1", 15001));
        Channel child = accepted.poll(30, TimeUnit.SECONDS);
        assertThat(child).isNotNull();
        assertThat(SocketOptions.originalDestination(child)).isIn(null, at("127.0.0.1", 15001));
        client.close().sync();
        server.close().sync();
    }
}

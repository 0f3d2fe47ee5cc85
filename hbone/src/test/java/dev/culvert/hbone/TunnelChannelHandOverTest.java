package dev.culvert.hbone;

import static dev.culvert.hbone.TunnelRig.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.hbone.header.Baggage;
import dev.culvert.testkit.LeakGuard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What passes through a channel: the very buffers, and whatever a codec makes of them.
@Timeout(30)
class TunnelChannelHandOverTest {
    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final TunnelRig rig = new TunnelRig(HboneLimits.DEFAULT, leaks.allocator());
    private final EventLoop loop = new DefaultEventLoop();

    @AfterEach
    void stop() {
        loop.shutdownGracefully();
        rig.close();
    }

    /// A stream without a tunnel, which shows what it was given.
    private final class Gauge implements TunnelStream {
        final List<ByteBuf> written = new ArrayList<>();
        int consumed;
        boolean over;

        @Nullable
        TunnelReceiver receiver;

        @Override
        public EventLoop eventLoop() {
            return loop;
        }

        @Override
        public ByteBufAllocator alloc() {
            return leaks.allocator();
        }

        @Override
        public TunnelPeer peer() {
            return new TunnelPeer(BOB, new InetSocketAddress(1), new InetSocketAddress(2));
        }

        @Override
        public boolean isOver() {
            return over;
        }

        @Override
        public void receiver(TunnelReceiver to) {
            receiver = to;
        }

        @Override
        public void write(ByteBuf bytes) {
            written.add(bytes);
        }

        @Override
        public void flush() {
            // written is sent
        }

        @Override
        public boolean isWritable() {
            return !over;
        }

        @Override
        public void end() {
            // nobody listens
        }

        @Override
        public void leave() {
            over = true;
        }

        @Override
        public void reset() {
            over = true;
        }

        @Override
        public void consumed(int bytes) {
            consumed += bytes;
        }
    }

    @Test
    void buffersPassUncopiedAndWithOneReference() {
        Gauge stream = new Gauge();
        AtomicReference<Object> read = new AtomicReference<>();
        ByteBuf in = leaks.allocator().directBuffer().writeZero(100);
        ByteBuf out = leaks.allocator().directBuffer().writeZero(200);

        loop.submit(() -> {
                    Channel channel = TunnelChannel.open(stream, new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext context, Object message) {
                            read.set(message);
                        }
                    });
                    Objects.requireNonNull(stream.receiver).data(in);
                    channel.writeAndFlush(out);
                    channel.close();
                })
                .syncUninterruptibly();

        assertThat(read.get()).isSameAs(in);
        assertThat(stream.consumed).isEqualTo(100);
        assertThat(stream.written).hasSize(1).first().isSameAs(out);
        assertThat(in.refCnt()).isOne();
        assertThat(out.refCnt()).isOne();
        in.release();
        out.release();
    }

    /// Answers each request with its body, read backwards.
    private static final class Mirror extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            String asked = ((FullHttpRequest) message).content().toString(StandardCharsets.US_ASCII);
            ReferenceCountUtil.release(message);
            FullHttpResponse answer = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.OK,
                    Unpooled.copiedBuffer(new StringBuilder(asked).reverse(), StandardCharsets.US_ASCII));
            HttpUtil.setContentLength(answer, asked.length());
            context.writeAndFlush(answer);
        }
    }

    @Test
    void carriesHttpByTheCodecsOfBothEnds() {
        List<String> answers = new ArrayList<>();
        var served = rig.serve(new Acceptors.Scripted(offer ->
                TunnelChannel.open(offer.accept(Baggage.EMPTY), new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 20), new Mirror());
                    }
                })));
        AtomicReference<Channel> client = new AtomicReference<>();
        rig.connect(rig.key(served.address(), BOB), "web:80", reply -> {
            if (reply instanceof ConnectReply.Accepted(TunnelStream stream, Baggage _)) {
                client.set(TunnelChannel.open(stream, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpClientCodec(), new HttpObjectAggregator(1 << 20));
                        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object message) {
                                answers.add(
                                        ((FullHttpResponse) message).content().toString(StandardCharsets.US_ASCII));
                                ReferenceCountUtil.release(message);
                            }
                        });
                    }
                }));
            }
        });
        await().until(() -> client.get() != null);

        for (String body : List.of("one", "two")) {
            FullHttpRequest request = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII));
            HttpUtil.setTransferEncodingChunked(request, true);
            client.get().writeAndFlush(request);
        }

        await().until(() -> answers.size() == 2);
        assertThat(answers).containsExactly("eno", "owt");
        client.get().close().syncUninterruptibly();
        await().until(() -> rig.counts().streams() == 0);
    }
}

package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import dev.culvert.waypoint.exchange.ServerEnd;
import dev.culvert.waypoint.exchange.ServerListener;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.upstream.Cluster;
import dev.culvert.waypoint.upstream.Lease;
import dev.culvert.waypoint.upstream.Pick;
import dev.culvert.waypoint.upstream.PickRequest;
import dev.culvert.waypoint.world.WaypointWorld;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Calls of our own on the connections that clients' requests use. Confined to one loop.
public final class PooledCalls implements InternalCalls {
    private static final InetSocketAddress NOBODY = new InetSocketAddress(0);

    private final EventLoop loop;
    private final Supplier<WaypointWorld> world;
    private final Upstreams upstreams;
    private final RandomGenerator random;

    public PooledCalls(EventLoop loop, Supplier<WaypointWorld> world, Upstreams upstreams, RandomGenerator random) {
        this.loop = loop;
        this.world = world;
        this.upstreams = upstreams;
        this.random = random;
    }

    @Override
    public CompletionStage<Reply> call(Request wanted) {
        assert loop.inEventLoop();
        String cluster = wanted.to().cluster();
        ByteBuf body = wanted.body();
        Cluster found = world.get().clusters().get(cluster);
        if (found == null) {
            body.release();
            return failed("no cluster " + cluster + " is known to this waypoint");
        }
        PickRequest request = new PickRequest(wanted.to().port(), "", null, Set.of(), false, random, System.nanoTime());
        return switch (found.pick(request)) {
            case Pick.NoEndpoint(String reason) -> {
                body.release();
                yield failed(reason);
            }
            case Pick.Overflow(String limit) -> {
                body.release();
                yield failed(cluster + " is at its limit " + limit);
            }
            case Pick.Chosen(Lease lease) -> {
                RequestHead head = wanted.head();
                if (!wanted.to().http2() && body.isReadable()) {
                    head.headers().set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.readableBytes()));
                }
                Call call = new Call(lease, body, wanted.maxResponseBytes());
                call.timer = loop.schedule(
                        () -> call.fail(cluster + " gave no answer within "
                                + wanted.timeout().toMillis() + " ms"),
                        wanted.timeout().toNanos(),
                        TimeUnit.NANOSECONDS);
                Destination to = Destination.of(lease, wanted.to().http2(), NOBODY);
                call.withdraw = upstreams.send(to, lease.policy().limits(), head, !body.isReadable(), call);
                yield call.reply;
            }
        };
    }

    private static CompletionStage<Reply> failed(String message) {
        return CompletableFuture.failedFuture(new CallFailed(message));
    }

    /// Its message says what happened. Without a stack trace, for it is nothing unexpected.
    private static final class CallFailed extends Exception {
        private static final long serialVersionUID = 1L;

        CallFailed(String message) {
            super(message, null, false, false);
        }
    }

    private static final class Call implements ServerListener {
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private final Lease lease;
        private final int most;
        private final ByteBuf gathered = Unpooled.buffer(256);
        private @Nullable ByteBuf body;
        private @Nullable ServerEnd end;
        private @Nullable ResponseHead head;
        private @Nullable Runnable withdraw;
        private io.netty.util.concurrent.@Nullable Future<?> timer;
        private boolean over;

        Call(Lease lease, ByteBuf body, int most) {
            this.lease = lease;
            this.body = body;
            this.most = most;
        }

        @Override
        public void opened(ServerEnd opened) {
            ByteBuf bytes = body;
            body = null;
            if (over || bytes == null) {
                opened.reset();
                return;
            }
            end = opened;
            if (bytes.isReadable()) {
                opened.data(bytes);
                opened.end(EmptyHttpHeaders.INSTANCE);
                opened.flush();
            } else {
                bytes.release();
            }
        }

        @Override
        public void informational(ResponseHead info) {}

        @Override
        public void head(ResponseHead response, boolean last) {
            lease.answered(response.status());
            head = response;
        }

        @Override
        public void data(ByteBuf bytes) {
            if (!over && gathered.readableBytes() + bytes.readableBytes() <= most) {
                gathered.writeBytes(bytes);
                bytes.release();
            } else {
                bytes.release();
                fail("the response has more than " + most + " bytes");
            }
        }

        @Override
        public void ended(HttpHeaders trailers) {
            ResponseHead response = head;
            if (!over && response != null) {
                finish();
                reply.complete(new Reply(response, Bytes.of(gathered), trailers));
            }
        }

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged() {}

        @Override
        public void failed(UpstreamFailure failure) {
            lease.failed();
            end = null;
            fail(failure.message());
        }

        void fail(String message) {
            if (over) {
                return;
            }
            finish();
            if (end != null) {
                end.reset();
            } else if (withdraw != null) {
                withdraw.run();
            }
            reply.completeExceptionally(new CallFailed(message));
        }

        private void finish() {
            over = true;
            lease.close();
            if (timer != null) {
                timer.cancel(false);
            }
            if (body != null) {
                body.release();
                body = null;
            }
        }
    }
}

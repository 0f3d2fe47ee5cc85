package dev.culvert.waypoint.observe;

import dev.culvert.process.Counter;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends spans to a collector in batches. Thread-safe: spans wait in a queue of [#QUEUE], and what finds no room, or
/// cannot be delivered, is dropped and counted.
final class SpanExporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpanExporter.class);
    /// Spans that may wait.
    static final int QUEUE = 4096;

    private static final int BATCH = 512;
    private static final long EVERY_MILLIS = 1000;
    private static final int MOST_ANSWER = 64 * 1024;

    /// Where and how. Immutable.
    ///
    /// @param path of HTTP, or of the method of gRPC
    record Target(String cluster, int port, boolean grpc, String path, Duration timeout, Map<String, String> headers) {
        Target {
            headers = Map.copyOf(headers);
        }
    }

    private final Target target;
    private final SpanEncoder encoder;
    private final InternalCalls calls;
    private final EventLoop loop;
    private final Counter sent;
    private final Counter dropped;
    private final BlockingQueue<FinishedSpan> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicBoolean failing = new AtomicBoolean();
    private final Future<?> timer;

    /// @param loop of the waypoint, on which calls are made
    SpanExporter(
            Target target, SpanEncoder encoder, InternalCalls calls, EventLoop loop, Counter sent, Counter dropped) {
        this.target = target;
        this.encoder = encoder;
        this.calls = calls;
        this.loop = loop;
        this.sent = sent;
        this.dropped = dropped;
        timer = loop.scheduleWithFixedDelay(this::flush, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    void offer(FinishedSpan span) {
        if (!queue.offer(span)) {
            dropped.increment();
        } else if (queue.size() == BATCH) {
            loop.execute(this::flush);
        }
    }

    private void flush() {
        List<FinishedSpan> batch = new ArrayList<>();
        while (queue.drainTo(batch, BATCH) > 0) {
            send(List.copyOf(batch));
            batch.clear();
        }
    }

    private void send(List<FinishedSpan> batch) {
        ByteBuf body = encoder.encode(batch, target.grpc());
        RequestHead head = new RequestHead("POST", "http", authority(), target.path(), new DefaultHttpHeaders());
        head.headers().set("content-type", target.grpc() ? "application/grpc" : encoder.contentType());
        if (target.grpc()) {
            head.headers().set("te", "trailers");
        }
        target.headers().forEach((name, value) -> head.headers().set(name, value));
        InternalCalls.Target to = new InternalCalls.Target(target.cluster(), target.port(), target.grpc());
        calls.call(new InternalCalls.Request(to, head, body, target.timeout(), MOST_ANSWER))
                .whenComplete((reply, failure) -> {
                    if (failure != null) {
                        lost(batch.size(), String.valueOf(failure.getMessage()));
                    } else if (reply.head().status() / 100 != 2) {
                        lost(batch.size(), "status " + reply.head().status());
                    } else if (target.grpc() && !"0".equals(grpcStatus(reply))) {
                        lost(batch.size(), "grpc-status " + grpcStatus(reply));
                    } else {
                        sent.add(batch.size());
                        failing.set(false);
                    }
                });
    }

    private static String grpcStatus(InternalCalls.Reply reply) {
        String trailer = reply.trailers().get("grpc-status");
        return String.valueOf(trailer == null ? reply.head().headers().get("grpc-status") : trailer);
    }

    private void lost(int spans, String why) {
        dropped.add(spans);
        if (failing.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("collector", target.cluster() + ":" + target.port())
                    .addKeyValue("reason", why)
                    .log("spans cannot be delivered; further failures are counted only");
        }
    }

    private String authority() {
        return target.cluster().substring(target.cluster().indexOf('/') + 1) + ":" + target.port();
    }

    /// Sends what waits, and nothing after.
    @Override
    public void close() {
        timer.cancel(false);
        loop.execute(this::flush);
    }
}

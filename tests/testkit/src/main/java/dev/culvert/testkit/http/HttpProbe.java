package dev.culvert.testkit.http;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabSockets;
import dev.culvert.testkit.netns.Streams;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A client of HTTP/1.1 in the pods of a lab, with a connection for each request. Thread-safe.
public final class HttpProbe {
    private final LabSockets sockets;
    private final Duration limit;

    /// Requests that give up after `limit`.
    public HttpProbe(LabSockets sockets, Duration limit) {
        this.sockets = sockets;
        this.limit = limit;
    }

    /// Sends `call` from a pod to `address` at `port`.
    ///
    /// @throws IOException when there is no whole answer within the limit
    public HttpAnswer send(LabPod from, String address, int port, HttpCall call) throws IOException {
        CompletableFuture<SocketChannel> opened = new CompletableFuture<>();
        CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (SocketChannel channel = sockets.connect(from.netns(), address, port)) {
                opened.complete(channel);
                Streams.write(channel, call.head());
                answer.complete(HttpAnswer.read(Channels.newInputStream(channel)));
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            SocketChannel channel = opened.getNow(null);
            if (channel != null) {
                channel.close();
            }
            throw new IOException("no answer within " + limit, e);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}

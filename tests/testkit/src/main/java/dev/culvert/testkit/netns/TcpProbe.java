package dev.culvert.testkit.netns;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A client of one exchange, that says how it ended in the words of an application. Thread-safe.
public final class TcpProbe {
    /// How an exchange ended.
    public sealed interface Outcome {
        /// The answer came; it may be shorter than asked for when the peer ended the stream.
        record Answered(String text) implements Outcome {}

        /// There was no connection.
        record ConnectFailed(String why) implements Outcome {}

        /// There was a connection; it was reset or ended before a byte came back.
        record Broken(String why) implements Outcome {}

        /// Nothing happened within the time allowed.
        record Silent() implements Outcome {}
    }

    private final LabSockets sockets;
    private final Duration limit;

    /// Probes that give up after `limit`.
    public TcpProbe(LabSockets sockets, Duration limit) {
        this.sockets = sockets;
        this.limit = limit;
    }

    /// Sends `text` from inside `netns` to `host` at `port` and reads `bytes` back.
    public Outcome exchange(String netns, String host, int port, String text, int bytes) {
        CompletableFuture<SocketChannel> opened = new CompletableFuture<>();
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> outcome.complete(exchangeNow(opened, netns, host, port, new Question(text, bytes))));
        try {
            return outcome.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            close(opened);
            return new Outcome.Silent();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Sends `text` and expects it back from an echo.
    public Outcome echo(LabPod from, String host, int port, String text) {
        return exchange(from.netns(), host, port, text, text.length());
    }

    private record Question(String text, int bytes) {}

    private Outcome exchangeNow(
            CompletableFuture<SocketChannel> opened, String netns, String host, int port, Question question) {
        SocketChannel channel;
        try {
            channel = sockets.connect(netns, host, port);
            opened.complete(channel);
        } catch (IOException e) {
            return new Outcome.ConnectFailed(String.valueOf(e.getMessage()));
        }
        try (channel) {
            Streams.write(channel, question.text());
            String answer = Streams.read(channel, question.bytes());
            return answer.isEmpty() ? new Outcome.Broken("end of stream") : new Outcome.Answered(answer);
        } catch (IOException e) {
            return new Outcome.Broken(String.valueOf(e.getMessage()));
        }
    }

    private static void close(CompletableFuture<SocketChannel> opened) {
        SocketChannel channel = opened.getNow(null);
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // Its thread learns of the end either way.
        }
    }
}

package dev.culvert.plugin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// Asks the node agent over its unix socket: one HTTP/1.1 request per connection. Confined to the
/// calling thread.
public final class AgentClient {
    /// The container of the request, a header.
    public static final String CONTAINER_HEADER = "culvert-container-id";
    /// The pod's UID when the runtime told it, a header.
    public static final String UID_HEADER = "culvert-pod-uid";

    private static final int ANSWER_LIMIT = 1 << 20;

    private final Path socket;
    private final Duration timeout;

    public AgentClient(Path socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
    }

    /// What the agent answered.
    public record Answer(int status, String body) {
        boolean ok() {
            return status == 200;
        }
    }

    /// Sends `body` to `path`.
    ///
    /// @throws IOException when the agent cannot be reached or gives no whole answer in time; says
    /// what to check
    public Answer post(String path, String body, Map<String, String> headers) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n");
        headers.forEach((name, value) -> {
            if (value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        });
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        long deadline = System.nanoTime() + timeout.toNanos();
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            send(
                    channel,
                    key,
                    ByteBuffer.allocate(start.length + content.length)
                            .put(start)
                            .put(content)
                            .flip(),
                    deadline);
            key.interestOps(SelectionKey.OP_READ);
            return answer(readAll(channel, key, deadline));
        } catch (IOException e) {
            throw new IOException(
                    "no answer from the node agent at " + socket + ": " + e.getMessage()
                            + "; see that the agent runs on this node",
                    e);
        }
    }

    private void send(SocketChannel channel, SelectionKey key, ByteBuffer request, long deadline) throws IOException {
        while (request.hasRemaining()) {
            if (channel.write(request) == 0) {
                await(key, deadline);
            }
        }
    }

    private byte[] readAll(SocketChannel channel, SelectionKey key, long deadline) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        for (int n = channel.read(buffer); n >= 0; n = channel.read(buffer)) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
            if (all.size() > ANSWER_LIMIT) {
                throw new IOException("the answer is longer than " + ANSWER_LIMIT + " bytes");
            }
            if (n == 0) {
                await(key, deadline);
            }
        }
        return all.toByteArray();
    }

    private void await(SelectionKey key, long deadline) throws IOException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || key.selector().select(millis) == 0) {
            throw new IOException("timed out after " + timeout.toMillis() + " ms");
        }
        key.selector().selectedKeys().clear();
    }

    private static Answer answer(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.startsWith("HTTP/1.") || text.length() < 12) {
            throw new IOException("the answer is cut short");
        }
        try {
            return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(end + 4));
        } catch (NumberFormatException e) {
            throw new IOException("the answer has no status", e);
        }
    }
}

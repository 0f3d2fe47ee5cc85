package dev.culvert.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A node agent that answers as it is told and remembers what it was asked, written on raw bytes.
final class FakeAgent implements AutoCloseable {
    final List<String> requests = new CopyOnWriteArrayList<>();
    final Map<String, String> answers = new ConcurrentHashMap<>();
    private final ServerSocketChannel server;

    FakeAgent(Path runDir) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(runDir.resolve("pluginevent.sock")));
        Thread.ofPlatform().daemon(true).start(this::serve);
    }

    /// Answers requests to `path` so from now on.
    FakeAgent on(String path, int status, String body) {
        answers.put(
                path,
                "HTTP/1.1 " + status + " X\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length
                        + "\r\nConnection: close\r\n\r\n" + body);
        return this;
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel channel = server.accept()) {
                String request = read(channel);
                requests.add(request);
                String path = request.split(" ", 3)[1];
                String answer = answers.getOrDefault(path, "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
                channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                if (server.isOpen()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static String read(SocketChannel channel) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        while (true) {
            int end = text.indexOf("\r\n\r\n");
            if (end > 0) {
                String length = text.substring(text.indexOf("Content-Length: ") + 16);
                if (text.length() >= end + 4 + Integer.parseInt(length.substring(0, length.indexOf('\r')))) {
                    return text.toString();
                }
            }
            if (channel.read(buffer.clear()) < 0) {
                return text.toString();
            }
            text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
        }
    }

    /// The bodies of the requests to `path`.
    List<String> bodies(String path) {
        return requests.stream()
                .filter(request -> request.startsWith("POST " + path + " "))
                .map(request -> request.substring(request.indexOf("\r\n\r\n") + 4))
                .toList();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}

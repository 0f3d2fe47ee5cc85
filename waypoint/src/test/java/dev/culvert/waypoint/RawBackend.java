package dev.culvert.waypoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A backend that a test plays by hand: connections wait until they are taken, and are then plain sockets.
final class RawBackend implements AutoCloseable {
    private final ServerSocket listening;
    private final Thread accepting;
    private final BlockingQueue<Connection> accepted = new LinkedBlockingQueue<>();

    RawBackend() throws IOException {
        listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        accepting = Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                try {
                    accepted.add(new Connection(listening.accept()));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    int port() {
        return listening.getLocalPort();
    }

    /// Connections that nobody has taken.
    int waiting() {
        return accepted.size();
    }

    Connection take() {
        try {
            Connection next = accepted.poll(10, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nobody connected to the backend");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Answers every request, on every connection, until closed: `answer` with the length of its body.
    void answerAll(String headAndBody) {
        Thread.ofVirtual().start(() -> {
            while (!listening.isClosed()) {
                Connection connection;
                try {
                    connection = accepted.take();
                } catch (InterruptedException e) {
                    return;
                }
                Thread.ofVirtual().start(() -> {
                    try {
                        while (true) {
                            connection.readHead();
                            connection.write(headAndBody);
                        }
                    } catch (UncheckedIOException e) {
                        // the other side has gone
                    }
                });
            }
        });
    }

    @Override
    public void close() throws IOException {
        listening.close();
        try {
            // the socket listens until nobody waits for it any more
            accepting.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// One connection. Its socket waits for ten seconds at most.
    static final class Connection implements AutoCloseable {
        private final Socket socket;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(10_000);
        }

        /// A head up to and with its empty line.
        String readHead() {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
                head.append((char) readByte());
            }
            return head.toString();
        }

        int readByte() {
            try {
                int b = socket.getInputStream().read();
                if (b < 0) {
                    throw new IOException("ended");
                }
                return b;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String read(int count) {
            try {
                return new String(in().readNBytes(count), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// Whether the other side has ended its direction.
        boolean isAtEnd() {
            try {
                return in().read() < 0;
            } catch (IOException e) {
                return true;
            }
        }

        void write(String text) {
            write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void write(byte[] bytes) {
            try {
                OutputStream out = socket.getOutputStream();
                out.write(bytes);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        InputStream in() {
            try {
                return socket.getInputStream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void reset() {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

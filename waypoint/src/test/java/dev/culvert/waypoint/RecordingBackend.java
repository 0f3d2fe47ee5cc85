package dev.culvert.waypoint;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A backend of HTTP/1.1 that keeps every byte of each whole request, and answers it. Thread-safe.
final class RecordingBackend implements AutoCloseable {
    private final ServerSocket listening;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> others = new CopyOnWriteArrayList<>();
    private volatile String response;

    RecordingBackend(String response) throws IOException {
        this.response = response;
        listening = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /// Whole requests so far, each as it came, chunks and all.
    List<String> requests() {
        return new ArrayList<>(requests);
    }

    /// What came and was no whole request when its connection ended.
    List<String> others() {
        return new ArrayList<>(others);
    }

    void forget() {
        requests.clear();
        others.clear();
    }

    /// Answers so from now on.
    void respond(String other) {
        response = other;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        StringBuilder request = new StringBuilder();
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                request.setLength(0);
                read(in, request);
                requests.add(request.toString());
                socket.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            if (!request.isEmpty()) {
                others.add(request.toString());
            }
        } finally {
            sockets.remove(socket);
        }
    }

    private static void read(InputStream in, StringBuilder into) throws IOException {
        String head = line(in, into);
        boolean chunked = false;
        int length = 0;
        while (!head.isEmpty()) {
            head = line(in, into).toLowerCase(Locale.ROOT);
            if (head.startsWith("transfer-encoding:")) {
                chunked = true;
            } else if (head.startsWith("content-length:")) {
                length = Integer.parseInt(head.substring(15).strip());
            }
        }
        if (!chunked) {
            take(in, into, length);
            return;
        }
        for (int size = size(in, into); size > 0; size = size(in, into)) {
            take(in, into, size + 2);
        }
        while (!line(in, into).isEmpty()) {
            // trailers
        }
    }

    private static int size(InputStream in, StringBuilder into) throws IOException {
        return Integer.parseInt(line(in, into), 16);
    }

    private static void take(InputStream in, StringBuilder into, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            into.append((char) next(in));
        }
    }

    private static String line(InputStream in, StringBuilder into) throws IOException {
        int from = into.length();
        do {
            into.append((char) next(in));
        } while (into.length() - from < 2 || !into.substring(into.length() - 2).equals("\r\n"));
        return into.substring(from, into.length() - 2);
    }

    private static int next(InputStream in) throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException();
        }
        return b;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}

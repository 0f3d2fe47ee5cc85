package dev.culvert.testkit.app;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A small HTTP/1.1 server that says who it is and whom it sees; keeps connections open.
///
/// Arguments: port, name. One virtual thread a connection. Ends with SIGTERM.
public final class HttpHello {
    private static final int LINE = 8192;

    private final String name;

    private HttpHello(String name) {
        this.name = name;
    }

    /// Serves until the process ends.
    public static void main(String[] arguments) throws IOException {
        HttpHello hello = new HttpHello(arguments[1]);
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress("::", Integer.parseInt(arguments[0])), 1024);
            System.out.println("serving as " + arguments[1] + " on port " + arguments[0]);
            while (true) {
                Socket connection = server.accept();
                Thread.ofVirtual().start(() -> hello.serve(connection));
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = new BufferedOutputStream(connection.getOutputStream());
            while (answerOne(connection, in, out)) {
                out.flush();
            }
        } catch (IOException gone) {
            // The client went away; nothing is owed to it.
        }
    }

    private boolean answerOne(Socket connection, InputStream in, OutputStream out) throws IOException {
        String request = line(in);
        if (request.isEmpty()) {
            return false;
        }
        long length = 0;
        boolean close = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(
                        lower.substring("content-length:".length()).strip());
            } else if (lower.startsWith("connection:") && lower.contains("close")) {
                close = true;
            }
        }
        in.skipNBytes(length);
        String peer = connection.getInetAddress().getHostAddress();
        byte[] body = ("hello from " + name + ", you are " + peer + "\n").getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: " + body.length + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        if (close) {
            out.flush();
        }
        return !close;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (text.length() == LINE) {
                throw new IOException("a line of more than " + LINE + " bytes");
            }
            if (next != '\r') {
                text.append((char) next);
            }
        }
        return text.toString();
    }
}

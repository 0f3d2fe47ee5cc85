package dev.culvert.ztunnel.flow;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server that handles each connection by a function on a thread of its own. Thread-safe.
final class TestApplication implements AutoCloseable {
    private final ServerSocket server;
    /// Addresses that its clients seemed to have.
    final List<InetAddress> clients = new CopyOnWriteArrayList<>();

    /// What is done with a connection; it is closed afterwards.
    interface Session {
        void run(Socket client) throws IOException;
    }

    TestApplication(InetAddress address, Session session) throws IOException {
        server = new ServerSocket(0, 50, address);
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    clients.add(client.getInetAddress());
                    Thread.ofVirtual().start(() -> serve(client, session));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    /// Sends back what comes, and ends when the client has ended.
    static TestApplication echo(InetAddress address) throws IOException {
        return new TestApplication(address, client -> client.getInputStream().transferTo(client.getOutputStream()));
    }

    private static void serve(Socket client, Session session) {
        try (client) {
            session.run(client);
        } catch (IOException ended) {
            // the test looks at the client's side
        }
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}

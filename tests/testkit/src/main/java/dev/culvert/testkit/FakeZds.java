package dev.culvert.testkit;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.zds.AddWorkload;
import dev.culvert.api.zds.DelWorkload;
import dev.culvert.api.zds.KeepWorkload;
import dev.culvert.api.zds.SnapshotSent;
import dev.culvert.api.zds.WorkloadInfo;
import dev.culvert.api.zds.WorkloadRequest;
import dev.culvert.api.zds.WorkloadResponse;
import dev.culvert.api.zds.ZdsHello;
import dev.culvert.linux.Fd;
import dev.culvert.linux.Received;
import dev.culvert.linux.SeqPacketServer;
import dev.culvert.linux.SeqPacketSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The node agent's end of its socket, by script: a test says what is sent and looks at each answer.
///
/// One thread of its own accepts; a connection is used by the test's thread.
public final class FakeZds implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_MESSAGE_BYTES = 1_024;

    private final SeqPacketServer server;
    private final BlockingQueue<SeqPacketSocket> accepted = new LinkedBlockingQueue<>();

    private FakeZds(SeqPacketServer server) {
        this.server = server;
        Thread.ofPlatform().name("fake-zds").daemon(true).start(this::accept);
    }

    /// An agent that listens at `path`.
    public static FakeZds listen(Path path) throws IOException {
        return new FakeZds(SeqPacketServer.listen(path, PATIENCE));
    }

    private void accept() {
        try {
            for (SeqPacketSocket next = server.accept(); next != null; next = server.accept()) {
                accepted.add(next);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot accept", e);
        }
    }

    /// Waits for the next connection and its hello.
    public Connection connection() throws IOException, InterruptedException {
        SeqPacketSocket socket = accepted.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (socket == null) {
            throw new AssertionError("nobody connected within " + PATIENCE);
        }
        return new Connection(socket);
    }

    @Override
    public void close() {
        server.close();
        accepted.forEach(SeqPacketSocket::close);
    }

    /// One node proxy that has connected.
    public static final class Connection implements AutoCloseable {
        private final SeqPacketSocket socket;
        private final ZdsHello hello;

        private Connection(SeqPacketSocket socket) throws IOException {
            this.socket = socket;
            this.hello = ZdsHello.parseFrom(packet());
        }

        /// What the proxy said first.
        public ZdsHello hello() {
            return hello;
        }

        /// Adds a pod and returns the error of the answer, empty for success.
        public String add(String uid, WorkloadInfo info, Fd netns) throws IOException {
            AddWorkload add =
                    AddWorkload.newBuilder().setUid(uid).setWorkloadInfo(info).build();
            return ask(WorkloadRequest.newBuilder().setAdd(add).build(), List.of(netns));
        }

        public String keep(String uid) throws IOException {
            KeepWorkload keep = KeepWorkload.newBuilder().setUid(uid).build();
            return ask(WorkloadRequest.newBuilder().setKeep(keep).build(), List.of());
        }

        public String delete(String uid) throws IOException {
            DelWorkload delete = DelWorkload.newBuilder().setUid(uid).build();
            return ask(WorkloadRequest.newBuilder().setDel(delete).build(), List.of());
        }

        public String snapshotSent() throws IOException {
            return ask(
                    WorkloadRequest.newBuilder()
                            .setSnapshotSent(SnapshotSent.getDefaultInstance())
                            .build(),
                    List.of());
        }

        /// Sends any message with any descriptors, and returns the error of the answer.
        public String ask(WorkloadRequest request, List<Fd> descriptors) throws IOException {
            send(request.toByteArray(), descriptors);
            return answer();
        }

        /// Sends bytes as they are; the answer is read by [#answer].
        public void send(byte[] packet, List<Fd> descriptors) throws IOException {
            socket.send(packet, descriptors);
        }

        /// The error of the next answer.
        public String answer() throws IOException {
            WorkloadResponse response = WorkloadResponse.parseFrom(packet());
            if (!response.hasAck()) {
                throw new AssertionError("the proxy answered without an ack: " + response);
            }
            return response.getAck().getError();
        }

        /// Waits until the proxy has closed the connection.
        public void awaitEnd() throws IOException {
            Received received = socket.receive(MAX_MESSAGE_BYTES, PATIENCE);
            if (!(received instanceof Received.Ended)) {
                throw new AssertionError("expected the end of the connection, got " + received);
            }
        }

        private byte[] packet() throws IOException {
            return switch (socket.receive(MAX_MESSAGE_BYTES, PATIENCE)) {
                case Received.Packet packet -> packet.bytes();
                case Received.Truncated _ ->
                    throw new InvalidProtocolBufferException("longer than " + MAX_MESSAGE_BYTES + " bytes");
                case Received.Ended _ -> throw new IOException("the proxy has closed the connection");
                case Received.Silence _ -> throw new IOException("the proxy said nothing for " + PATIENCE);
            };
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}

package dev.culvert.agent.zds;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.zds.AddWorkload;
import dev.culvert.api.zds.DelWorkload;
import dev.culvert.api.zds.SnapshotSent;
import dev.culvert.api.zds.Version;
import dev.culvert.api.zds.WorkloadInfo;
import dev.culvert.api.zds.WorkloadRequest;
import dev.culvert.api.zds.WorkloadResponse;
import dev.culvert.api.zds.ZdsHello;
import dev.culvert.linux.Fd;
import dev.culvert.linux.Received;
import dev.culvert.linux.SeqPacketSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connected node proxy: the snapshot, then one request at a time, each acknowledged. Its loop
/// is confined to a thread of its own; others hand it requests by a bounded queue.
final class ZdsConnection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ZdsConnection.class);
    private static final int QUEUE = 100;
    private static final int LIMIT = 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration GLANCE = Duration.ofMillis(10);

    private final SeqPacketSocket socket;
    private final BlockingQueue<Request> queue = new ArrayBlockingQueue<>(QUEUE);
    private volatile boolean ended;

    ZdsConnection(SeqPacketSocket socket) {
        this.socket = socket;
    }

    /// A message, the pod whose namespace goes with it, and who waits for the answer.
    private record Request(
            WorkloadRequest message, @Nullable MeshPod pod, CompletableFuture<Void> answer) {}

    CompletableFuture<Void> add(MeshPod pod) {
        return post(new Request(addMessage(pod), pod, new CompletableFuture<>()));
    }

    CompletableFuture<Void> delete(String uid) {
        WorkloadRequest message = WorkloadRequest.newBuilder()
                .setDel(DelWorkload.newBuilder().setUid(uid))
                .build();
        return post(new Request(message, null, new CompletableFuture<>()));
    }

    boolean isEnded() {
        return ended;
    }

    private CompletableFuture<Void> post(Request request) {
        if (ended || !queue.offer(request)) {
            request.answer.completeExceptionally(new IOException(
                    ended ? "the node proxy has gone" : "more than " + QUEUE + " requests wait for the node proxy"));
        } else if (ended) {
            failQueued();
        }
        return request.answer;
    }

    /// Serves the connection until it ends. `ready` is called once the proxy has the snapshot's
    /// place in order, that is after its hello: from then on changes are queued behind the
    /// snapshot.
    void run(Supplier<List<MeshPod>> snapshot, Runnable ready) {
        try {
            hello();
            ready.run();
            sendSnapshot(snapshot.get());
            serve();
        } catch (IOException e) {
            log.atInfo().addKeyValue("reason", e.getMessage()).log("node proxy disconnected");
        } finally {
            close();
            failQueued();
        }
    }

    private void hello() throws IOException {
        Received first = socket.receive(LIMIT, PATIENCE);
        if (!(first instanceof Received.Packet packet)) {
            throw new IOException("no hello from the node proxy but " + first);
        }
        packet.closeDescriptors();
        Version version = ZdsHello.parseFrom(packet.bytes()).getVersion();
        if (version != Version.V1) {
            throw new IOException("the node proxy speaks version " + version + "; expected V1");
        }
    }

    private void sendSnapshot(List<MeshPod> pods) throws IOException {
        for (MeshPod pod : pods) {
            String error = exchange(addMessage(pod), pod);
            if (!error.isEmpty()) {
                log.atWarn()
                        .addKeyValue("pod", pod.namespace() + "/" + pod.name())
                        .addKeyValue("error", error)
                        .log("node proxy cannot serve a pod of the snapshot yet");
            }
        }
        String error = exchange(
                WorkloadRequest.newBuilder()
                        .setSnapshotSent(SnapshotSent.getDefaultInstance())
                        .build(),
                null);
        log.atInfo()
                .addKeyValue("pods", pods.size())
                .addKeyValue("error", error)
                .log("node proxy has the snapshot");
    }

    private void serve() throws IOException {
        while (!ended) {
            Request request;
            try {
                request = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IOException("closed", e);
            }
            if (request == null) {
                probe();
            } else {
                answer(request);
            }
        }
    }

    private void answer(Request request) throws IOException {
        try {
            String error = exchange(request.message, request.pod);
            if (error.isEmpty()) {
                request.answer.complete(null);
            } else {
                request.answer.completeExceptionally(new IOException("the node proxy answers: " + error));
            }
        } catch (IOException e) {
            request.answer.completeExceptionally(e);
            throw e;
        }
    }

    /// The proxy must be silent when it was asked nothing.
    private void probe() throws IOException {
        switch (socket.receive(LIMIT, GLANCE)) {
            case Received.Silence() -> {}
            case Received.Ended() -> throw new IOException("the node proxy has closed the connection");
            case Received.Truncated() -> throw new IOException("an unasked message from the node proxy");
            case Received.Packet packet -> {
                packet.closeDescriptors();
                throw new IOException("an unasked message from the node proxy");
            }
        }
    }

    /// Sends and waits for the answer; the error in it, empty when there is none.
    private String exchange(WorkloadRequest message, @Nullable MeshPod pod) throws IOException {
        if (pod == null) {
            socket.send(message.toByteArray(), List.of());
        } else {
            try (Fd copy = pod.netns().fd().dup()) {
                socket.send(message.toByteArray(), List.of(copy));
            }
        }
        return switch (socket.receive(LIMIT, PATIENCE)) {
            case Received.Silence() -> throw new IOException("the node proxy did not answer within " + PATIENCE);
            case Received.Ended() -> throw new IOException("the node proxy has closed the connection");
            case Received.Truncated() -> throw new IOException("the node proxy's answer is longer than " + LIMIT);
            case Received.Packet packet -> error(packet);
        };
    }

    private static String error(Received.Packet packet) throws InvalidProtocolBufferException {
        packet.closeDescriptors();
        return WorkloadResponse.parseFrom(packet.bytes()).getAck().getError();
    }

    private static WorkloadRequest addMessage(MeshPod pod) {
        return WorkloadRequest.newBuilder()
                .setAdd(AddWorkload.newBuilder()
                        .setUid(pod.uid())
                        .setWorkloadInfo(WorkloadInfo.newBuilder()
                                .setName(pod.name())
                                .setNamespace(pod.namespace())
                                .setServiceAccount(pod.serviceAccount())))
                .build();
    }

    private void failQueued() {
        for (Request request = queue.poll(); request != null; request = queue.poll()) {
            request.answer.completeExceptionally(new IOException("the node proxy has gone"));
        }
    }

    @Override
    public void close() {
        ended = true;
        socket.close();
    }
}

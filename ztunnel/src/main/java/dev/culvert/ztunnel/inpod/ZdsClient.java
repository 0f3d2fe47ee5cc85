package dev.culvert.ztunnel.inpod;

import dev.culvert.api.zds.Ack;
import dev.culvert.api.zds.Version;
import dev.culvert.api.zds.WorkloadResponse;
import dev.culvert.api.zds.ZdsHello;
import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Received;
import dev.culvert.linux.SeqPacketSocket;
import dev.culvert.ztunnel.pod.PodAnswer;
import dev.culvert.ztunnel.pod.PodEvent;
import dev.culvert.ztunnel.pod.PodInbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node agent's socket: says hello, takes one message about a pod at a time, and answers it.
///
/// Confined to the platform thread `zds`, which waits in native calls; [#start] and [#close] are called by the
/// assembly. Answers carry no id, so each request is answered exactly once, before the next one is read.
///
/// Three kinds of failure are told apart. A pod that cannot be started is a refusal, and the connection goes on. A
/// message that cannot be read is refused, and the connection is made anew, which brings a new snapshot. A message
/// that must not come at its point means that the agent's view and ours have parted: it is refused, and the process
/// is told to end.
public final class ZdsClient implements PodSource {
    private static final Logger LOG = LoggerFactory.getLogger(ZdsClient.class);
    private static final int MAX_MESSAGE_BYTES = 1_024;
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FIRST_WAIT = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
    private static final Duration FOREVER = Duration.ofDays(365);

    private final Path path;
    private final Consumer<String> protocolError;
    private final Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, RandomGenerator.getDefault());
    private final Object lock = new Object();
    private @Nullable Thread thread;
    private @Nullable SeqPacketSocket socket;
    private boolean closed;

    /// @param path where the agent listens
    /// @param protocolError told why, when the agent breaks the protocol; on the `zds` thread
    public ZdsClient(Path path, Consumer<String> protocolError) {
        this.path = path;
        this.protocolError = protocolError;
    }

    @Override
    public void start(PodInbox pods) {
        synchronized (lock) {
            if (!closed) {
                thread = Thread.ofPlatform().name("zds").daemon(true).start(() -> run(pods));
            }
        }
    }

    @Override
    public void close() {
        Thread running;
        synchronized (lock) {
            closed = true;
            running = thread;
            if (socket != null) {
                socket.close();
            }
        }
        if (running != null && !running.equals(Thread.currentThread())) {
            running.interrupt();
        }
    }

    private void run(PodInbox pods) {
        try {
            while (!isClosed()) {
                if (!connection(pods)) {
                    return;
                }
                Thread.sleep(backoff.next());
            }
        } catch (InterruptedException _) {
            LOG.debug("pod source closed");
        }
    }

    /// One connection, from connect to end. False when there must not be another.
    private boolean connection(PodInbox pods) throws InterruptedException {
        try (SeqPacketSocket connected = SeqPacketSocket.connect(path, SEND_TIMEOUT)) {
            if (!keep(connected)) {
                return false;
            }
            connected.send(ZdsHello.newBuilder().setVersion(Version.V1).build().toByteArray(), List.of());
            LOG.atInfo().addKeyValue("path", path).log("connected to the node agent");
            return serve(connected, pods);
        } catch (LinuxException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("no connection to the node agent");
            return true;
        } finally {
            keep(null);
            pods.sourceLost();
        }
    }

    private boolean serve(SeqPacketSocket connected, PodInbox pods) throws LinuxException, InterruptedException {
        while (true) {
            switch (connected.receive(MAX_MESSAGE_BYTES, FOREVER)) {
                case Received.Packet packet -> {
                    Step step = answer(packet, connected, pods);
                    if (step != Step.GO_ON) {
                        return step == Step.RECONNECT;
                    }
                }
                case Received.Truncated() -> {
                    nack(connected, "the message is longer than " + MAX_MESSAGE_BYTES + " bytes");
                    return true;
                }
                case Received.Ended() -> {
                    LOG.info("connection to the node agent ended");
                    return !isClosed();
                }
                case Received.Silence() -> LOG.debug("node agent is silent");
            }
        }
    }

    private enum Step {
        GO_ON,
        RECONNECT,
        END
    }

    private Step answer(Received.Packet packet, SeqPacketSocket connected, PodInbox pods)
            throws LinuxException, InterruptedException {
        return switch (ZdsDecoder.decode(packet)) {
            case ZdsDecoder.Decoded.Malformed(String why) -> {
                nack(connected, why);
                yield Step.RECONNECT;
            }
            case ZdsDecoder.Decoded.Violation(String why) -> violated(connected, why);
            case ZdsDecoder.Decoded.Event(PodEvent event) ->
                switch (ask(pods, event)) {
                    case PodAnswer.Done() -> {
                        send(connected, "");
                        backoff.reset();
                        yield Step.GO_ON;
                    }
                    case PodAnswer.Failed(String why) -> {
                        nack(connected, why);
                        yield Step.GO_ON;
                    }
                    case PodAnswer.OutOfOrder(String why) -> violated(connected, why);
                };
        };
    }

    private static PodAnswer ask(PodInbox pods, PodEvent event) throws InterruptedException {
        CompletableFuture<PodAnswer> answer = new CompletableFuture<>();
        pods.post(event, answer::complete);
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer is a value, never a failure", e);
        }
    }

    private Step violated(SeqPacketSocket connected, String why) throws LinuxException {
        LOG.atError().addKeyValue("error", why).log("the node agent broke the protocol, ending");
        try {
            send(connected, why);
        } finally {
            protocolError.accept(why);
        }
        return Step.END;
    }

    private static void nack(SeqPacketSocket connected, String why) throws LinuxException {
        LOG.atWarn().addKeyValue("error", why).log("refused a message of the node agent");
        send(connected, why);
    }

    private static void send(SeqPacketSocket connected, String error) throws LinuxException {
        WorkloadResponse response = WorkloadResponse.newBuilder()
                .setAck(Ack.newBuilder().setError(shortened(error)))
                .build();
        connected.send(response.toByteArray(), List.of());
    }

    /// The other side reads into a buffer of fixed size as well.
    private static String shortened(String error) {
        int most = MAX_MESSAGE_BYTES / 4;
        return error.length() <= most ? error : error.substring(0, most);
    }

    private boolean keep(@Nullable SeqPacketSocket current) {
        synchronized (lock) {
            socket = current;
            return !closed;
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }
}

package dev.culvert.mesh.xds;

import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.api.discovery.Node;
import dev.culvert.mesh.channel.ControlPlane;
import dev.culvert.mesh.channel.ControlPlaneChannels;
import dev.culvert.mesh.state.StateThread;
import io.grpc.Status;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Keeps what the control plane tells of some types, over one delta stream that it opens again whenever it ends.
///
/// All of it runs on the state thread; [#start] and [#close] may be called from any. While there is no stream
/// all stays as it is. A response is decoded, applied and published before it is acknowledged; of one with bad
/// resources the good ones are applied, and the others named in the refusal.
public final class DiscoveryClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdsClient.class);

    private final ControlPlane server;
    private final ControlPlaneChannels channels;
    private final StateThread thread;
    private final AdsObserver observer;
    private final Node node;
    private final Reconnect reconnect = new Reconnect();
    /// By type; the order is that of the requests.
    private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();

    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private @Nullable AdsStream stream;
    private @Nullable Future<?> nextAttempt;
    private boolean closed;

    /// @param handlers one for each type, in the order in which the types are asked for
    public DiscoveryClient(
            ControlPlane server,
            AdsNode node,
            ControlPlaneChannels channels,
            StateThread thread,
            List<? extends ResourceHandler> handlers,
            AdsObserver observer) {
        this.server = server;
        this.channels = channels;
        this.thread = thread;
        this.observer = observer;
        this.node = node.encode();
        handlers.forEach(handler -> subscriptions.put(handler.typeUrl(), new Subscription(handler)));
    }

    /// Opens the stream, and keeps one open until [#close].
    public void start() {
        thread.execute(this::connect);
    }

    /// Completes once the whole of every type that is not asked for one by one has come; never fails.
    public CompletableFuture<Void> ready() {
        return ready;
    }

    @Override
    public void close() {
        thread.execute(() -> {
            closed = true;
            if (nextAttempt != null) {
                nextAttempt.cancel(false);
            }
            if (stream != null) {
                stream.close();
                stream = null;
            }
        });
    }

    private void connect() {
        if (closed) {
            return;
        }
        try {
            AdsStream attempt = new AdsStream(channels.open(server, thread), new Events());
            stream = attempt;
            attempt.start();
            subscriptions
                    .values()
                    .forEach(subscription ->
                            attempt.send(subscription.opening().setNode(node).build()));
        } catch (IOException | GeneralSecurityException e) {
            LOG.atWarn()
                    .addKeyValue("address", server.address())
                    .addKeyValue("error", e.getMessage())
                    .log("discovery stream not opened; are the roots of the control plane in place?");
            retryAfter(StreamEnd.ERROR);
        }
    }

    private void retryAfter(StreamEnd end) {
        observer.streamTerminated(end);
        nextAttempt = thread.schedule(reconnect.after(end), this::connect);
    }

    private void receive(AdsStream from, DeltaDiscoveryResponse response) {
        String type = response.getTypeUrl();
        observer.messageReceived(type, response.getSerializedSize());
        Subscription subscription = subscriptions.get(type);
        if (subscription == null) {
            LOG.atError().addKeyValue("type", type).log("response of a type that was not asked for");
            from.send(acknowledge(response, List.of()));
            return;
        }
        Applied applied = subscription.apply(response);
        from.send(acknowledge(response, applied.rejections()));
        if (!ready.isDone() && subscriptions.values().stream().allMatch(Subscription::settled)) {
            ready.complete(null);
        }
    }

    private static DeltaDiscoveryRequest acknowledge(DeltaDiscoveryResponse response, List<String> rejections) {
        DeltaDiscoveryRequest.Builder request = DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce());
        if (!rejections.isEmpty()) {
            String reasons = String.join("; ", rejections);
            LOG.atWarn()
                    .addKeyValue("type", response.getTypeUrl())
                    .addKeyValue("rejected", reasons)
                    .log("resources of the control plane not accepted");
            request.setErrorDetail(com.google.rpc.Status.newBuilder().setMessage(reasons));
        }
        return request.build();
    }

    /// Asks for one resource of a type that is asked for one by one. On the state thread.
    void demand(String typeUrl, String name) {
        Subscription subscription = subscriptions.get(typeUrl);
        if (subscription == null) {
            return;
        }
        DeltaDiscoveryRequest request = subscription.demand(name).build();
        if (stream != null) {
            stream.send(request);
        }
    }

    /// Nobody waits for this resource any more. On the state thread.
    void abandon(String typeUrl, String name) {
        Subscription subscription = subscriptions.get(typeUrl);
        if (subscription != null) {
            subscription.abandon(name);
        }
    }

    private final class Events implements AdsStream.Events {
        @Override
        public void opened() {
            LOG.atInfo().addKeyValue("address", server.address()).log("discovery stream opened");
            observer.streamOpened();
        }

        @Override
        public void received(AdsStream from, DeltaDiscoveryResponse response) {
            receive(from, response);
        }

        @Override
        public void ended(AdsStream ended, StreamEnd end, Status status) {
            stream = null;
            LOG.atLevel(StreamEnd.isOrderly(status) ? Level.INFO : Level.WARN)
                    .addKeyValue("address", server.address())
                    .addKeyValue("reason", end.label())
                    .addKeyValue("status", status.getCode())
                    .addKeyValue("detail", status.getDescription())
                    .addKeyValue("cause", status.getCause())
                    .log("discovery stream ended; the world stays as it is");
            retryAfter(end);
        }
    }
}

package dev.culvert.mesh.xds;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.api.discovery.Node;
import dev.culvert.mesh.channel.ControlPlaneChannels;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.mesh.state.MeshState;
import dev.culvert.mesh.state.StateThread;
import io.grpc.Status;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Keeps the world as the control plane tells it, over one delta stream that it opens again whenever it ends.
///
/// All of it runs on the state thread; [#start] and [#close] may be called from any. While there is no stream
/// the world stays as it is. A response is decoded, applied and published before it is acknowledged; of one
/// with bad resources the good ones are applied, and the others named in the refusal.
public final class AdsClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdsClient.class);

    private final AdsConfig config;
    private final ControlPlaneChannels channels;
    private final MeshState state;
    private final StateThread thread;
    private final AdsObserver observer;
    private final Node node;
    private final ResponseDecoder decoder = new ResponseDecoder();
    private final Reconnect reconnect = new Reconnect();
    /// By type; the order is that of the requests. Policies come first, for a workload must not go without its own.
    private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();

    private final CompletableFuture<MeshSnapshot> ready = new CompletableFuture<>();
    private final OnDemand onDemand;
    private @Nullable AdsStream stream;
    private @Nullable Future<?> nextAttempt;
    private boolean closed;

    public AdsClient(AdsConfig config, ControlPlaneChannels channels, MeshState state, AdsObserver observer) {
        this.config = config;
        this.channels = channels;
        this.state = state;
        this.thread = state.thread();
        this.observer = observer;
        node = config.node().encode();
        subscriptions.put(TypeUrls.AUTHORIZATION, new Subscription(TypeUrls.AUTHORIZATION, false));
        subscriptions.put(TypeUrls.ADDRESS, new Subscription(TypeUrls.ADDRESS, config.onDemand()));
        onDemand = config.onDemand() ? OnDemand.asking(state, this::demand, this::abandon) : OnDemand.off(state);
    }

    /// Opens the stream, and keeps one open until [#close].
    public void start() {
        thread.execute(this::connect);
    }

    /// Completes once the whole of every type that is not asked for one by one has come; never fails.
    public CompletableFuture<MeshSnapshot> ready() {
        return ready;
    }

    /// Asks for single addresses, when the configuration says so; else there is nothing to ask for.
    public OnDemand onDemand() {
        return onDemand;
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
            AdsStream attempt = new AdsStream(channels.open(config.server(), thread), new Events());
            stream = attempt;
            attempt.start();
            subscriptions
                    .values()
                    .forEach(subscription ->
                            attempt.send(subscription.opening().setNode(node).build()));
        } catch (IOException | GeneralSecurityException e) {
            LOG.atWarn()
                    .addKeyValue("address", config.server().address())
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
        Update update = decoder.decode(response);
        MeshSnapshot world = state.apply(update.batch());
        Subscription subscription = subscriptions.get(type);
        if (subscription == null) {
            LOG.atError().addKeyValue("type", type).log("response of a type that was not asked for");
        } else {
            subscription.record(update);
        }
        from.send(acknowledge(response, update));
        if (type.equals(TypeUrls.ADDRESS)) {
            onDemand.answered(update.accepted().keySet());
            onDemand.answered(update.aliases());
            onDemand.answered(update.removed());
        }
        if (!ready.isDone() && subscriptions.values().stream().allMatch(Subscription::settled)) {
            ready.complete(world);
        }
    }

    private static DeltaDiscoveryRequest acknowledge(DeltaDiscoveryResponse response, Update update) {
        DeltaDiscoveryRequest.Builder request = DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce());
        if (!update.rejections().isEmpty()) {
            String reasons = String.join("; ", update.rejections());
            LOG.atWarn()
                    .addKeyValue("type", response.getTypeUrl())
                    .addKeyValue("rejected", reasons)
                    .log("resources of the control plane not accepted");
            request.setErrorDetail(com.google.rpc.Status.newBuilder().setMessage(reasons));
        }
        return request.build();
    }

    private void demand(String name) {
        Subscription addresses = subscriptions.get(TypeUrls.ADDRESS);
        DeltaDiscoveryRequest request =
                addresses == null ? null : addresses.demand(name).build();
        if (request != null && stream != null) {
            stream.send(request);
        }
    }

    private void abandon(String name) {
        Subscription addresses = subscriptions.get(TypeUrls.ADDRESS);
        if (addresses != null) {
            addresses.abandon(name);
        }
    }

    private final class Events implements AdsStream.Events {
        @Override
        public void opened() {
            LOG.atInfo().addKeyValue("address", config.server().address()).log("discovery stream opened");
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
                    .addKeyValue("address", config.server().address())
                    .addKeyValue("reason", end.label())
                    .addKeyValue("status", status.getCode())
                    .addKeyValue("detail", status.getDescription())
                    .addKeyValue("cause", status.getCause())
                    .log("discovery stream ended; the world stays as it is");
            retryAfter(end);
        }
    }
}

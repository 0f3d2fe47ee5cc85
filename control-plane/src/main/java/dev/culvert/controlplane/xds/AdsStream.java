package dev.culvert.controlplane.xds;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.controlplane.caller.Caller;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The stream of one client.
///
/// Confined to its synchronization context: requests, pushes, checks and the end all run there, one
/// at a time, on virtual threads. Requests are read one by one, so what a client sends faster waits
/// in its own flow control.
final class AdsStream implements StreamObserver<DeltaDiscoveryRequest> {
    private static final Logger log = LoggerFactory.getLogger(AdsStream.class);

    /// Types that others refer to, each with those. They come first and go last: a workload that arrived before
    /// the policies that it lists would go without them, and so would one that still lists those that are gone.
    private static final Map<String, String> REFERRERS =
            Map.of(TypeUrls.AUTHORIZATION, TypeUrls.ADDRESS, TypeUrls.WAYPOINT_CLUSTER, TypeUrls.WAYPOINT_SERVICE);

    private final Caller caller;
    private final ServerCallStreamObserver<DeltaDiscoveryResponse> responses;
    private final AdsContext shared;
    private final Consumer<AdsStream> ended;
    private final SynchronizationContext context;
    private final PushQueue.Slot slot = new PushQueue.Slot(this::push);
    private final RequestPace pace;
    private final Instant connected;
    private final Map<String, TypeChannel> channels =
            new TreeMap<>(Comparator.<String, Boolean>comparing(type -> !REFERRERS.containsKey(type))
                    .thenComparing(Comparator.naturalOrder()));
    /// Null until the client asked for something of a scope.
    private volatile @Nullable String scope;

    private @Nullable ClientNode node;
    private boolean closed;

    AdsStream(
            Caller caller,
            ServerCallStreamObserver<DeltaDiscoveryResponse> responses,
            AdsContext shared,
            Consumer<AdsStream> ended) {
        this.caller = caller;
        this.responses = responses;
        this.shared = shared;
        this.ended = ended;
        this.connected = shared.clock().instant();
        this.pace =
                new RequestPace(shared.limits().requestBurst(), shared.limits().requestsPerSecond(), System.nanoTime());
        this.context = new SynchronizationContext((_, failure) -> fail(failure));
    }

    /// Begins to read. Called once, in the RPC's own call.
    void start() {
        responses.disableAutoRequest();
        responses.setOnCancelHandler(() -> context.execute(() -> end(null)));
        responses.request(1);
    }

    Caller caller() {
        return caller;
    }

    /// Whether the client is told what is of `name`. Thread-safe.
    boolean isOf(String name) {
        return name.equals(scope);
    }

    /// Something changed: the client is told when its turn comes. Thread-safe.
    void changed() {
        shared.pushes().offer(slot);
    }

    /// Ends the stream with `status`. Thread-safe.
    void disconnect(Status status) {
        context.execute(() -> end(status));
    }

    /// Ends the stream when a response has been on its way for too long. Thread-safe.
    void checkAcknowledged() {
        context.execute(() -> {
            Instant oldest = shared.clock().instant().minus(shared.limits().acknowledgeWithin());
            for (TypeChannel channel : channels.values()) {
                TypeChannel.Outstanding outstanding = channel.outstanding();
                if (outstanding != null && outstanding.since().isBefore(oldest)) {
                    end(Status.UNAVAILABLE.withDescription("a response was not acknowledged within "
                            + shared.limits().acknowledgeWithin()));
                    return;
                }
            }
        });
    }

    /// How the client stands. Thread-safe.
    CompletableFuture<ClientStatus> status() {
        CompletableFuture<ClientStatus> answer = new CompletableFuture<>();
        context.execute(() -> answer.complete(new ClientStatus(
                id(),
                caller.credential(),
                connected,
                channels.values().stream().map(TypeChannel::status).toList())));
        return answer;
    }

    @Override
    public void onNext(DeltaDiscoveryRequest request) {
        context.execute(() -> read(request));
    }

    @Override
    public void onError(Throwable failure) {
        context.execute(() -> end(null));
    }

    @Override
    public void onCompleted() {
        context.execute(() -> {
            if (!closed) {
                responses.onCompleted();
                end(null);
            }
        });
    }

    private void read(DeltaDiscoveryRequest request) {
        if (closed) {
            return;
        }
        try {
            if (node == null) {
                node = ClientNode.check(request.getNode(), caller.identity());
                log.atInfo()
                        .addKeyValue("client", id())
                        .addKeyValue("token", caller.credential())
                        .log("discovery client connected");
            }
            TypeChannel channel = channel(node, request);
            if (channel != null) {
                pumpAll();
            }
        } catch (Refusal e) {
            end(e.status());
        }
        readNext();
    }

    private void readNext() {
        long delay = pace.delayNanos(System.nanoTime());
        if (delay == 0) {
            responses.request(1);
        } else {
            shared.pushes().after(delay, () -> context.execute(() -> responses.request(1)));
        }
    }

    private @Nullable TypeChannel channel(ClientNode client, DeltaDiscoveryRequest request) throws Refusal {
        String typeUrl = request.getTypeUrl();
        TypeChannel channel = channels.get(typeUrl);
        if (channel != null) {
            TypeChannel.Outstanding answered = channel.answered(request);
            if (answered != null) {
                acknowledged(channel, answered, request);
            }
            channel.subscription().update(request);
            return channel;
        }
        ResourceTable table = table(client, typeUrl);
        if (table == null) {
            log.atDebug().addKeyValue("client", id()).log("client asks for a type that we do not have");
            return null;
        }
        TypeChannel opened =
                new TypeChannel(typeUrl, new Subscription(table, client.nodeName(), shared.limits(), request));
        channels.put(typeUrl, opened);
        return opened;
    }

    private @Nullable ResourceTable table(ClientNode client, String typeUrl) throws Refusal {
        if (!shared.scoped().has(typeUrl)) {
            return shared.tables().get(typeUrl);
        }
        return switch (shared.scoped().scope(caller.identity(), client.gateway())) {
            case ScopedTables.Scope.Known(String name) -> {
                scope = name;
                yield shared.scoped().table(typeUrl, name);
            }
            case ScopedTables.Scope.Refused(String reason) ->
                throw new Refusal(Status.PERMISSION_DENIED.withDescription(reason));
        };
    }

    private void acknowledged(TypeChannel channel, TypeChannel.Outstanding answered, DeltaDiscoveryRequest request) {
        if (answered.largeBytes() > 0) {
            shared.budget().give(answered.largeBytes());
        }
        if (request.hasErrorDetail()) {
            shared.observer().rejected(request.getTypeUrl());
            log.atWarn()
                    .addKeyValue("client", id())
                    .addKeyValue("type", request.getTypeUrl())
                    .addKeyValue("reason", channel.lastRejection())
                    .addKeyValue("sent", answered.names())
                    .log("client rejects resources; they are not sent again until they change");
        }
    }

    private void push() {
        context.execute(() -> {
            try {
                pumpAll();
            } catch (Refusal e) {
                end(e.status());
            }
        });
    }

    /// What refers to others waits until the client has been sent all of them.
    private void pumpAll() throws Refusal {
        checkScope();
        for (TypeChannel channel : channels.values()) {
            pump(channel);
            if (channel.isBehind() && REFERRERS.containsKey(channel.typeUrl())) {
                return;
            }
        }
    }

    /// A Gateway may have been given to another account in the meantime.
    private void checkScope() throws Refusal {
        ClientNode client = node;
        if (scope != null
                && client != null
                && shared.scoped().scope(caller.identity(), client.gateway())
                        instanceof ScopedTables.Scope.Refused(String reason)) {
            throw new Refusal(Status.PERMISSION_DENIED.withDescription(reason));
        }
    }

    /// Whether nothing that the client holds may still refer to what is gone.
    private boolean mayRemove(TypeChannel channel) {
        TypeChannel referrer = channels.get(REFERRERS.getOrDefault(channel.typeUrl(), ""));
        return referrer == null || (!referrer.isBehind() && referrer.outstanding() == null);
    }

    private void pump(TypeChannel channel) throws Refusal {
        ResponseDraft draft = closed ? null : channel.draft(mayRemove(channel));
        if (draft == null) {
            return;
        }
        long bytes = draft.bytes();
        long large = bytes >= shared.limits().largeBytes() ? bytes : 0;
        if (large > 0 && !shared.budget().take(large, this::changed)) {
            return;
        }
        DeltaDiscoveryResponse response =
                channel.send(draft, large, shared.clock().instant());
        responses.onNext(response);
        shared.observer().pushed(response.getTypeUrl(), bytes);
    }

    private void fail(Throwable failure) {
        log.atError().addKeyValue("client", id()).setCause(failure).log("discovery stream failed");
        end(Status.INTERNAL.withDescription("internal error"));
    }

    /// @param status what the client is told, or null when it has gone
    private void end(@Nullable Status status) {
        if (closed) {
            return;
        }
        closed = true;
        for (TypeChannel channel : channels.values()) {
            TypeChannel.Outstanding outstanding = channel.outstanding();
            if (outstanding != null && outstanding.largeBytes() > 0) {
                shared.budget().give(outstanding.largeBytes());
            }
        }
        ended.accept(this);
        if (status == null) {
            log.atInfo().addKeyValue("client", id()).log("discovery client gone");
            return;
        }
        log.atWarn()
                .addKeyValue("client", id())
                .addKeyValue("token", caller.credential())
                .addKeyValue("code", status.getCode())
                .addKeyValue("reason", status.getDescription())
                .log("discovery client disconnected");
        shared.observer().refused(status.getCode().name());
        if (!responses.isCancelled()) {
            responses.onError(status.asRuntimeException());
        }
    }

    private String id() {
        return node == null ? "(not yet known)" : node.id();
    }
}

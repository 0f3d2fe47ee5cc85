package dev.culvert.controlplane.xds;

import dev.culvert.api.discovery.AggregatedDiscoveryServiceGrpc;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.controlplane.caller.Caller;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The delta discovery service: tells each client what it subscribed to, and from then on what
/// changes.
///
/// Thread-safe. Every stream is confined to a context of its own; the tables' writer only marks
/// streams for a push.
public final class AdsServer extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase
        implements AutoCloseable {
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final Duration STATUS_WAIT = Duration.ofSeconds(2);

    private final AdsContext shared;
    private final Set<AdsStream> streams = ConcurrentHashMap.newKeySet();
    private final Object admission = new Object();
    private final Map<String, Integer> perCredential = new HashMap<>();
    private int admitted;
    private boolean closing;

    /// @param tables what there is to tell all clients, one for each type
    /// @param scoped what only some are told
    /// @param workers runs the streams' work
    public AdsServer(
            Collection<ResourceTable> tables,
            ScopedTables scoped,
            XdsLimits limits,
            XdsObserver observer,
            Executor workers,
            Clock clock) {
        Map<String, ResourceTable> byType = new HashMap<>();
        tables.forEach(table -> byType.put(table.typeUrl(), table));
        this.shared = new AdsContext(
                byType,
                scoped,
                limits,
                new SendBudget(limits.unacknowledgedLargeBytes()),
                new PushQueue(workers, limits.settle(), limits.interval()),
                observer,
                clock);
        tables.forEach(table -> table.onChange(_ -> streams.forEach(AdsStream::changed)));
        scoped.onChange(
                scope -> streams.stream().filter(stream -> stream.isOf(scope)).forEach(AdsStream::changed));
        shared.pushes().every(SWEEP, () -> streams.forEach(AdsStream::checkAcknowledged));
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        Caller caller = Caller.current();
        String refusal = admit(caller);
        if (refusal != null) {
            shared.observer().refused(Status.Code.RESOURCE_EXHAUSTED.name());
            responses.onError(Status.RESOURCE_EXHAUSTED.withDescription(refusal).asRuntimeException());
            return new IgnoreRequests();
        }
        AdsStream stream = new AdsStream(
                caller, (ServerCallStreamObserver<DeltaDiscoveryResponse>) responses, shared, this::ended);
        streams.add(stream);
        shared.observer().opened();
        stream.start();
        return stream;
    }

    /// Ends the streams of callers that `gone` accepts, such as those whose token was withdrawn.
    public void disconnect(Predicate<Caller> gone) {
        for (AdsStream stream : streams) {
            if (gone.test(stream.caller())) {
                stream.disconnect(Status.UNAUTHENTICATED.withDescription("the token has been revoked"));
            }
        }
    }

    /// All clients and how they stand; one that does not answer at once is left out.
    public List<ClientStatus> clients() throws InterruptedException {
        List<CompletableFuture<ClientStatus>> asked =
                streams.stream().map(AdsStream::status).toList();
        long deadline = System.nanoTime() + STATUS_WAIT.toNanos();
        List<ClientStatus> clients = new ArrayList<>();
        for (CompletableFuture<ClientStatus> answer : asked) {
            try {
                clients.add(answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException | ExecutionException _) {
                // It is busy; the view shows the others.
            }
        }
        return clients;
    }

    /// Ends all streams and takes no more.
    @Override
    public void close() {
        synchronized (admission) {
            closing = true;
        }
        streams.forEach(
                stream -> stream.disconnect(Status.UNAVAILABLE.withDescription("the control plane is shutting down")));
        shared.pushes().close();
    }

    private @Nullable String admit(Caller caller) {
        synchronized (admission) {
            int own = perCredential.getOrDefault(caller.credential(), 0);
            if (closing) {
                return "the control plane is shutting down";
            }
            if (admitted >= shared.limits().streams()) {
                return "too many discovery streams";
            }
            if (own >= shared.limits().streamsPerCredential()) {
                return "too many discovery streams of one token";
            }
            admitted++;
            perCredential.put(caller.credential(), own + 1);
            return null;
        }
    }

    private void ended(AdsStream stream) {
        streams.remove(stream);
        shared.observer().closed();
        synchronized (admission) {
            admitted--;
            perCredential.computeIfPresent(stream.caller().credential(), (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /// What a refused client still sends.
    private static final class IgnoreRequests implements StreamObserver<DeltaDiscoveryRequest> {
        @Override
        public void onNext(DeltaDiscoveryRequest request) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}

package dev.culvert.mesh.xds;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.mesh.channel.ControlPlaneChannels;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.mesh.state.MeshState;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Keeps the world of a node proxy, workloads, services and policies, as the control plane tells it.
///
/// All of it runs on the state thread; [#start] and [#close] may be called from any. While there is no stream
/// the world stays as it is.
public final class AdsClient implements AutoCloseable {
    private final MeshState state;
    private final ResponseDecoder decoder = new ResponseDecoder();
    private final DiscoveryClient client;
    private final OnDemand onDemand;

    public AdsClient(AdsConfig config, ControlPlaneChannels channels, MeshState state, AdsObserver observer) {
        this.state = state;
        // Policies come first, for a workload must not go without its own.
        List<Handler> handlers =
                List.of(new Handler(TypeUrls.AUTHORIZATION, false), new Handler(TypeUrls.ADDRESS, config.onDemand()));
        client = new DiscoveryClient(config.server(), config.node(), channels, state.thread(), handlers, observer);
        onDemand = config.onDemand()
                ? OnDemand.asking(
                        state,
                        name -> client.demand(TypeUrls.ADDRESS, name),
                        name -> client.abandon(TypeUrls.ADDRESS, name))
                : OnDemand.off(state);
    }

    /// Opens the stream, and keeps one open until [#close].
    public void start() {
        client.start();
    }

    /// Completes once the whole of every type that is not asked for one by one has come; never fails.
    public CompletableFuture<MeshSnapshot> ready() {
        return client.ready().thenApply(_ -> state.world());
    }

    /// Asks for single addresses, when the configuration says so; else there is nothing to ask for.
    public OnDemand onDemand() {
        return onDemand;
    }

    @Override
    public void close() {
        client.close();
    }

    /// One type of the world's resources.
    private final class Handler implements ResourceHandler {
        private final String typeUrl;
        private final boolean onDemandType;

        Handler(String typeUrl, boolean onDemandType) {
            this.typeUrl = typeUrl;
            this.onDemandType = onDemandType;
        }

        @Override
        public String typeUrl() {
            return typeUrl;
        }

        @Override
        public boolean onDemand() {
            return onDemandType;
        }

        @Override
        public Applied apply(DeltaDiscoveryResponse response) {
            Update update = decoder.decode(response);
            state.apply(update.batch());
            Applied applied = update.applied();
            if (typeUrl.equals(TypeUrls.ADDRESS)) {
                onDemand.answered(applied.accepted().keySet());
                onDemand.answered(applied.aliases());
                onDemand.answered(applied.removed());
            }
            return applied;
        }
    }
}

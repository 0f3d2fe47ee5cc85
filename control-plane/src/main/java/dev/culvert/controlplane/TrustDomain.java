package dev.culvert.controlplane;

import dev.culvert.controlplane.config.MeshConfigReader;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.kube.ResourceEvent;
import dev.culvert.kube.ResourceSource;
import dev.culvert.kube.resource.ConfigMap;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Resource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// The trust domain of the mesh configuration, as the certificate service needs it.
///
/// Thread-safe to read; follows the source on a virtual thread of its own, `trust-domain`.
final class TrustDomain implements Supplier<String>, AutoCloseable {
    private final MeshConfigReader reader;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("trust-domain").factory());
    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private final ResourceSource.Subscription subscription;
    private volatile String current;

    TrustDomain(ResourceSource source, MeshSettings settings) {
        this.reader = new MeshConfigReader(settings);
        this.current = reader.absent().trustDomain();
        this.subscription = source.subscribe(Set.of(Kinds.CONFIG_MAP), thread, this::accept);
    }

    /// The trust domain now; waits until the configuration has been looked for once.
    @Override
    public String get() {
        known.join();
        return current;
    }

    private void accept(ResourceEvent event) {
        switch (event) {
            case ResourceEvent.Added added -> set(added.resource());
            case ResourceEvent.Modified modified -> set(modified.resource());
            case ResourceEvent.Deleted deleted -> {
                if (deleted.resource() instanceof ConfigMap map && reader.concerns(map)) {
                    current = reader.absent().trustDomain();
                }
            }
            case ResourceEvent.Synced _ -> known.complete(null);
        }
    }

    private void set(Resource resource) {
        if (resource instanceof ConfigMap map && reader.concerns(map)) {
            current = reader.read(map).trustDomain();
        }
    }

    @Override
    public void close() {
        subscription.close();
        thread.shutdown();
    }
}

package dev.culvert.kube.client;

import dev.culvert.kube.ResourceEvent;
import dev.culvert.kube.ResourceSource;
import dev.culvert.kube.SourceProblem;
import dev.culvert.kube.Subscribers;
import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Value;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Resource;
import dev.culvert.kube.resource.ResourceKey;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Resources from a Kubernetes API server, listed and watched by one informer per kind. Thread-safe; decoding
/// and delivery are done on a thread of its own, `api-server`.
///
/// An object that cannot be decoded is reported, and its last good version stays in force. A kind that the
/// server cannot list is reported too; it does not become synced, since an empty answer would be taken for
/// the truth.
public final class ApiServerSource implements ResourceSource {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServerSource.class);

    private final KubernetesClient client;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().name("api-server").daemon().unstarted(task));
    private final Subscribers subscribers = new Subscribers();
    private final Map<Kind<?>, Map<ResourceKey, Resource>> current = new LinkedHashMap<>();
    private final Set<Kind<?>> synced = new HashSet<>();
    private final Map<String, SourceProblem> found = new TreeMap<>();
    private final List<SharedIndexInformer<GenericKubernetesResource>> informers = new CopyOnWriteArrayList<>();
    private volatile List<SourceProblem> problems = List.of();

    private ApiServerSource(KubernetesClient client, Set<Kind<?>> kinds) {
        this.client = client;
        kinds.forEach(kind -> current.put(kind, new LinkedHashMap<>()));
    }

    /// Begins to list and watch `kinds` of all namespaces. The client stays its owner's to close.
    public static ApiServerSource start(KubernetesClient client, Set<Kind<?>> kinds) {
        ApiServerSource source = new ApiServerSource(client, kinds);
        kinds.forEach(source::inform);
        return source;
    }

    @Override
    public Subscription subscribe(Set<Kind<?>> kinds, Executor executor, Consumer<ResourceEvent> listener) {
        var entry = new Subscribers.Entry(kinds, executor, listener);
        post(() -> {
            List<ResourceEvent> present = new ArrayList<>();
            current.forEach((kind, resources) ->
                    resources.values().forEach(resource -> present.add(new ResourceEvent.Added(kind, resource))));
            synced.forEach(kind -> present.add(new ResourceEvent.Synced(kind)));
            subscribers.add(entry, present);
        });
        return entry;
    }

    @Override
    public List<SourceProblem> problems() {
        return problems;
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
        thread.shutdownNow();
    }

    private void inform(Kind<?> kind) {
        SharedIndexInformer<GenericKubernetesResource> informer = client.genericKubernetesResources(
                        Definitions.of(kind))
                .inAnyNamespace()
                .runnableInformer(0);
        informers.add(informer);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(GenericKubernetesResource object) {
                post(() -> set(kind, object));
            }

            @Override
            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
                post(() -> set(kind, object));
            }

            @Override
            public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
                post(() -> remove(kind, object));
            }
        });
        informer.exceptionHandler((started, failure) -> {
            post(() -> report(
                    kind.toString(),
                    new SourceProblem(
                            "API server",
                            0,
                            kind.plural(),
                            "cannot be listed or watched (" + failure + "); tried again")));
            return true;
        });
        var _ = informer.start()
                .thenRun(() -> post(() -> {
                    informer.getStore().list().forEach(object -> set(kind, object));
                    clear(kind.toString());
                    if (synced.add(kind)) {
                        subscribers.publish(List.of(new ResourceEvent.Synced(kind)));
                    }
                }));
    }

    private void set(Kind<?> kind, GenericKubernetesResource object) {
        String address = address(kind, object);
        Resource now;
        try {
            Map<?, ?> json = client.getKubernetesSerialization().convertValue(object, Map.class);
            now = kind.decode(Value.ofJson(json));
        } catch (DecodeException e) {
            report(
                    address,
                    new SourceProblem(address, 0, e.path(), e.reason() + "; its last good version stays in force"));
            return;
        }
        clear(address);
        Resource before = resources(kind).put(now.key(), now);
        if (before == null) {
            subscribers.publish(List.of(new ResourceEvent.Added(kind, now)));
        } else if (!before.metadata().uid().equals(now.metadata().uid())) {
            subscribers.publish(List.of(new ResourceEvent.Deleted(kind, before), new ResourceEvent.Added(kind, now)));
        } else if (!before.equals(now)) {
            subscribers.publish(List.of(new ResourceEvent.Modified(kind, before, now)));
        }
    }

    private void remove(Kind<?> kind, GenericKubernetesResource object) {
        clear(address(kind, object));
        String namespace = object.getMetadata().getNamespace();
        Resource gone = resources(kind)
                .remove(new ResourceKey(
                        namespace == null ? "" : namespace, object.getMetadata().getName()));
        if (gone != null) {
            subscribers.publish(List.of(new ResourceEvent.Deleted(kind, gone)));
        }
    }

    private Map<ResourceKey, Resource> resources(Kind<?> kind) {
        return current.computeIfAbsent(kind, _ -> new LinkedHashMap<>());
    }

    private void report(String key, SourceProblem problem) {
        if (!problem.equals(found.put(key, problem))) {
            problems = List.copyOf(found.values());
            LOG.atWarn().addKeyValue("problem", problem).log("resource of the API server is not in force");
        }
    }

    private void clear(String key) {
        if (found.remove(key) != null) {
            problems = List.copyOf(found.values());
        }
    }

    private static String address(Kind<?> kind, GenericKubernetesResource object) {
        String namespace = object.getMetadata().getNamespace();
        return kind.plural() + "/" + (namespace == null ? "" : namespace + "/")
                + object.getMetadata().getName();
    }

    private void post(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException _) {
            // Closed in the meantime.
        }
    }
}

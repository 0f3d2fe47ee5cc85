package dev.culvert.controlplane.feed;

import dev.culvert.kube.ResourceEvent;
import dev.culvert.kube.ResourceSource;
import dev.culvert.kube.SourceProblem;
import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.YamlDocuments;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Resource;
import dev.culvert.kube.resource.ResourceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// A source whose resources a test sets as YAML. Confined to the test's thread; events go to the listener's
/// executor.
public final class ManifestFixture implements ResourceSource {
    private record Id(Kind<?> kind, ResourceKey key) {}

    private record Listener(Set<Kind<?>> kinds, Executor thread, Consumer<ResourceEvent> consumer) {}

    private final Map<Id, Resource> resources = new LinkedHashMap<>();
    private final List<Listener> listeners = new ArrayList<>();

    /// The resources that `yaml` describes.
    public static List<Resource> parse(String yaml) {
        List<Resource> found = new ArrayList<>();
        for (YamlDocuments.Document document : YamlDocuments.parse(yaml)) {
            switch (document) {
                case YamlDocuments.Document.Broken broken -> throw broken.why();
                case YamlDocuments.Document.Parsed parsed -> {
                    Fields fields = Fields.of(parsed.value());
                    Kind<?> kind = Kinds.find(fields.requiredText("apiVersion"), fields.requiredText("kind"));
                    found.add(Objects.requireNonNull(kind).decode(parsed.value()));
                }
            }
        }
        return found;
    }

    /// Adds or changes what `yaml` describes.
    public void apply(String yaml) {
        for (Resource resource : parse(yaml)) {
            Kind<?> kind = kindOf(resource);
            Resource before = resources.put(new Id(kind, resource.key()), resource);
            tell(
                    before == null
                            ? new ResourceEvent.Added(kind, resource)
                            : new ResourceEvent.Modified(kind, before, resource));
        }
    }

    /// Removes an object.
    public void delete(Kind<?> kind, String namespace, String name) {
        Resource gone = Objects.requireNonNull(resources.remove(new Id(kind, new ResourceKey(namespace, name))));
        tell(new ResourceEvent.Deleted(kind, gone));
    }

    @Override
    public Subscription subscribe(Set<Kind<?>> kinds, Executor thread, Consumer<ResourceEvent> consumer) {
        Listener listener = new Listener(kinds, thread, consumer);
        listeners.add(listener);
        List<ResourceEvent> events = new ArrayList<>();
        resources.forEach((id, resource) -> events.add(new ResourceEvent.Added(id.kind, resource)));
        kinds.forEach(kind -> events.add(new ResourceEvent.Synced(kind)));
        events.forEach(event -> thread.execute(() -> consumer.accept(event)));
        return () -> listeners.remove(listener);
    }

    @Override
    public List<SourceProblem> problems() {
        return List.of();
    }

    @Override
    public void close() {}

    private void tell(ResourceEvent event) {
        listeners.forEach(listener -> listener.thread.execute(() -> listener.consumer.accept(event)));
    }

    private static Kind<?> kindOf(Resource resource) {
        String name = resource.getClass().getSimpleName();
        return Kinds.ALL.stream()
                .filter(kind -> kind.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow();
    }
}

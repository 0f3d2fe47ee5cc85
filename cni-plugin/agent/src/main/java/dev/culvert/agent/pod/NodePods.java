package dev.culvert.agent.pod;

import dev.culvert.kube.ResourceEvent;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Namespace;
import dev.culvert.kube.resource.Pod;
import dev.culvert.kube.resource.Resource;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.plugin.PodFacts;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The source's pods of this node and all its namespaces, as last heard. Thread-safe, by one lock:
/// the watcher writes, the plugin's requests read and wait for a pod that the source has not told
/// of yet.
public final class NodePods {
    private final String node;
    private final Map<ResourceKey, Pod> pods = new HashMap<>();
    private final Map<String, Namespace> namespaces = new HashMap<>();
    private final Set<Kind<?>> synced = new HashSet<>();

    /// @param node the node's name; empty means that every pod is ours
    public NodePods(String node) {
        this.node = node;
    }

    /// A pod with what the rule of enrolment needs to know of it.
    public record Known(Pod pod, PodFacts facts) {
        String uid() {
            return pod.metadata().uid();
        }
    }

    /// Takes in one event; the UIDs of the pods that it concerns.
    synchronized Collection<String> take(ResourceEvent event) {
        Collection<String> concerned = switch (event) {
            case ResourceEvent.Added added -> put(added.resource());
            case ResourceEvent.Modified modified -> put(modified.resource());
            case ResourceEvent.Deleted deleted -> remove(deleted.resource());
            case ResourceEvent.Synced done -> {
                synced.add(done.kind());
                yield List.of();
            }
        };
        notifyAll();
        return concerned;
    }

    private Collection<String> put(Resource resource) {
        return switch (resource) {
            case Pod pod when isOurs(pod) -> putPod(pod);
            case Namespace namespace -> {
                namespaces.put(namespace.metadata().name(), namespace);
                yield uidsIn(namespace.metadata().name());
            }
            default -> remove(resource);
        };
    }

    private Collection<String> putPod(Pod pod) {
        Pod before = pods.put(pod.key(), pod);
        Set<String> uids = new HashSet<>(Set.of(pod.metadata().uid()));
        if (before != null) {
            uids.add(before.metadata().uid());
        }
        return uids;
    }

    private Collection<String> remove(Resource resource) {
        return switch (resource) {
            case Pod pod -> removePod(pod);
            case Namespace namespace -> {
                namespaces.remove(namespace.metadata().name());
                yield uidsIn(namespace.metadata().name());
            }
            default -> List.of();
        };
    }

    private Collection<String> removePod(Pod pod) {
        Pod before = pods.get(pod.key());
        if (before == null || !before.metadata().uid().equals(pod.metadata().uid())) {
            return List.of();
        }
        pods.remove(pod.key());
        return List.of(pod.metadata().uid());
    }

    private boolean isOurs(Pod pod) {
        return node.isEmpty() || pod.spec().nodeName().equals(node);
    }

    private List<String> uidsIn(String namespace) {
        return pods.values().stream()
                .filter(pod -> pod.metadata().namespace().equals(namespace))
                .map(pod -> pod.metadata().uid())
                .toList();
    }

    /// Whether the source has told all that there was.
    public synchronized boolean isSynced() {
        return synced.containsAll(List.of(Kinds.POD, Kinds.NAMESPACE));
    }

    /// Waits until the source has told all that there was; false when the time is over.
    public synchronized boolean awaitSync(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (long left = patience.toMillis(); !isSynced() && left > 0; left = millisUntil(deadline)) {
            wait(left);
        }
        return isSynced();
    }

    /// The UIDs of all pods of this node.
    synchronized List<String> uids() {
        return pods.values().stream().map(pod -> pod.metadata().uid()).toList();
    }

    /// The pod of this UID, or null.
    public synchronized @Nullable Known find(String uid) {
        for (Pod pod : pods.values()) {
            if (pod.metadata().uid().equals(uid)) {
                return known(pod, namespaces.get(pod.metadata().namespace()));
            }
        }
        return null;
    }

    /// The pod of this name, waiting a little for one that the source has not told of yet; null
    /// when the time is over.
    ///
    /// @param uid when not empty, a pod of another UID is not the one
    public synchronized @Nullable Known await(String namespace, String name, String uid, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Known found = find(namespace, name, uid);
        for (long left = patience.toMillis(); found == null && left > 0; left = millisUntil(deadline)) {
            wait(left);
            found = find(namespace, name, uid);
        }
        return found;
    }

    private @Nullable Known find(String namespace, String name, String uid) {
        Pod pod = pods.get(new ResourceKey(namespace, name));
        Namespace owner = namespaces.get(namespace);
        boolean same =
                pod != null && (uid.isEmpty() || uid.equals(pod.metadata().uid()));
        return pod != null && same && owner != null ? known(pod, owner) : null;
    }

    private static long millisUntil(long deadline) {
        return TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }

    private static Known known(Pod pod, @Nullable Namespace owner) {
        return new Known(
                pod,
                new PodFacts(
                        pod.metadata().namespace(),
                        pod.metadata().name(),
                        pod.spec().hostNetwork(),
                        pod.metadata().labels(),
                        pod.metadata().annotations(),
                        owner == null ? Map.of() : owner.metadata().labels()));
    }
}

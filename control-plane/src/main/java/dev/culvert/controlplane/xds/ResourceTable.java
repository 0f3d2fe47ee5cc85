package dev.culvert.controlplane.xds;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All resources of one type, in the order in which they last changed.
///
/// Thread-safe: one thread calls [#apply]; any thread reads, without a lock.
///
/// Each change gets the next revision, and an entry sits at the revision of its last change only.
/// So what a client has missed is the tail behind the revision that it was sent last, each name
/// once however often it changed, and a client costs one number, not a queue. A reader goes no
/// further than the [#head] it saw first: an entry that moves while it reads moves behind that, and
/// is met next time. Removals stay as tombstones until [#MAX_TOMBSTONES] newer ones exist; a client
/// that is behind [#floor] must begin anew.
public final class ResourceTable {
    static final int MAX_TOMBSTONES = 50_000;

    private final String typeUrl;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Long, Entry> order = new ConcurrentSkipListMap<>();
    private final Map<String, Set<String>> byKey = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> byNode = new ConcurrentHashMap<>();
    private final TreeMap<Long, Entry> tombstones = new TreeMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private volatile int live;
    private volatile long head;
    private volatile long floor;

    /// @param typeUrl the type's URL
    public ResourceTable(String typeUrl) {
        this.typeUrl = typeUrl;
    }

    /// A name at its last change; without a resource it is a tombstone.
    record Entry(String name, long revision, @Nullable PublishedResource resource) {}

    /// The type's URL.
    public String typeUrl() {
        return typeUrl;
    }

    /// Has `listener` told the type's URL after each batch that changed something, on the writer's
    /// thread.
    public void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    /// Applies one batch, which readers see as a whole. A resource that is there in the same
    /// version is no change.
    public void apply(Collection<PublishedResource> put, Collection<String> removed) {
        long revision = head;
        for (PublishedResource resource : put) {
            Entry old = entries.get(resource.name());
            PublishedResource before = old == null ? null : old.resource();
            if (before == null
                    || !before.version().equals(resource.version())
                    || resource.version().isEmpty()) {
                place(new Entry(resource.name(), ++revision, resource), old);
            }
        }
        for (String name : removed) {
            Entry old = entries.get(name);
            if (old != null && old.resource() != null) {
                Entry tombstone = new Entry(name, ++revision, null);
                place(tombstone, old);
                tombstones.put(revision, tombstone);
            }
        }
        if (revision != head) {
            head = revision;
            purge();
            live = entries.size() - tombstones.size();
            listeners.forEach(listener -> listener.accept(typeUrl));
        }
    }

    /// The newest revision.
    long head() {
        return head;
    }

    /// Removals at or before this revision may be forgotten.
    long floor() {
        return floor;
    }

    /// How many resources there are.
    public int size() {
        return live;
    }

    /// The entries after `revision`, oldest change first, up to `head`.
    Collection<Entry> between(long revision, long head) {
        return order.subMap(revision, false, head, true).values();
    }

    /// The resource named `name`, or null.
    public @Nullable PublishedResource get(String name) {
        Entry entry = entries.get(name);
        return entry == null ? null : entry.resource();
    }

    /// The resources that `key` finds.
    List<PublishedResource> matching(String key) {
        return resources(byKey.getOrDefault(key, Set.of()));
    }

    /// The resources of `node`.
    List<PublishedResource> onNode(String node) {
        return node.isEmpty() ? List.of() : resources(byNode.getOrDefault(node, Set.of()));
    }

    private List<PublishedResource> resources(Set<String> names) {
        List<PublishedResource> found = new ArrayList<>(names.size());
        for (String name : names) {
            PublishedResource resource = get(name);
            if (resource != null) {
                found.add(resource);
            }
        }
        return found;
    }

    private void place(Entry entry, @Nullable Entry old) {
        // The new place first: a reader may meet an entry twice, and must not miss it.
        order.put(entry.revision(), entry);
        entries.put(entry.name(), entry);
        PublishedResource before = old == null ? null : old.resource();
        PublishedResource now = entry.resource();
        index(before, now);
        if (old != null) {
            order.remove(old.revision());
            if (before == null) {
                tombstones.remove(old.revision());
            }
        }
    }

    private void index(@Nullable PublishedResource before, @Nullable PublishedResource now) {
        Set<String> oldKeys = before == null ? Set.of() : before.keys();
        Set<String> newKeys = now == null ? Set.of() : now.keys();
        String name = before == null ? (now == null ? "" : now.name()) : before.name();
        newKeys.stream().filter(key -> !oldKeys.contains(key)).forEach(key -> add(byKey, key, name));
        oldKeys.stream().filter(key -> !newKeys.contains(key)).forEach(key -> drop(byKey, key, name));
        String oldNode = before == null ? "" : before.node();
        String newNode = now == null ? "" : now.node();
        if (!oldNode.equals(newNode)) {
            add(byNode, newNode, name);
            drop(byNode, oldNode, name);
        }
    }

    private void purge() {
        while (tombstones.size() > MAX_TOMBSTONES) {
            Entry oldest = tombstones.pollFirstEntry().getValue();
            floor = oldest.revision();
            order.remove(oldest.revision());
            entries.remove(oldest.name());
        }
    }

    /// A set of more than one grows in place, since a service's may name every pod of the mesh. One
    /// thread writes; a reader may see a batch half way, and meets the rest by its revisions.
    private static void add(Map<String, Set<String>> index, String key, String name) {
        if (key.isEmpty()) {
            return;
        }
        index.compute(key, (_, old) -> {
            if (old == null) {
                return Set.of(name);
            }
            Set<String> names = old;
            if (!(old instanceof ConcurrentHashMap.KeySetView)) {
                names = ConcurrentHashMap.newKeySet();
                names.addAll(old);
            }
            names.add(name);
            return names;
        });
    }

    private static void drop(Map<String, Set<String>> index, String key, String name) {
        index.computeIfPresent(key, (_, names) -> {
            if (!(names instanceof ConcurrentHashMap.KeySetView)) {
                return names.contains(name) ? null : names;
            }
            names.remove(name);
            return names.isEmpty() ? null : names;
        });
    }
}

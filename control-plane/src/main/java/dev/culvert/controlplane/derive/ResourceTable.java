package dev.culvert.controlplane.derive;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The resources of one type as they are collected from derived collections, and published batch by batch.
/// Written on the `derive` thread; the published snapshot may be read on any.
public final class ResourceTable {
    private final String typeUrl;
    private final Map<String, @Nullable XdsResource> pending = new LinkedHashMap<>();
    private volatile Published published = new Published(ShardedMap.empty(), ShardedMap.empty());

    public ResourceTable(String typeUrl) {
        this.typeUrl = typeUrl;
    }

    /// What a message becomes on the wire: packed, and named by the hash of its bytes.
    public static XdsResource resource(String typeUrl, String name, Message message, List<String> aliases) {
        ByteString bytes = message.toByteString();
        Any body = Any.newBuilder().setTypeUrl(typeUrl).setValue(bytes).build();
        return new XdsResource(name, XxHash64.hex(bytes.toByteArray()), body, aliases);
    }

    /// Takes part of its content from `collection`, whose keys are the names of resources.
    public void collect(dev.culvert.controlplane.derive.Collection<String, XdsResource> collection) {
        collection.onChange(change -> pending.put(change.key(), change.after()));
    }

    public ResourceSnapshot snapshot() {
        return published;
    }

    /// Publishes what was collected since the last time; null when nothing of it differs.
    public @Nullable ResourceChange publish() {
        ResourceChange change = publish(pending);
        pending.clear();
        return change;
    }

    /// Publishes what is new or differs, and leaves what is gone for [#publish].
    public @Nullable ResourceChange publishUpserts() {
        Map<String, @Nullable XdsResource> upserts = new LinkedHashMap<>(pending);
        upserts.values().removeIf(Objects::isNull);
        pending.keySet().removeAll(upserts.keySet());
        return publish(upserts);
    }

    private @Nullable ResourceChange publish(Map<String, @Nullable XdsResource> collected) {
        Published before = published;
        Map<String, @Nullable XdsResource> changes = new LinkedHashMap<>();
        List<XdsResource> upserts = new ArrayList<>();
        List<String> removals = new ArrayList<>();
        collected.forEach((name, now) -> {
            XdsResource old = before.find(name);
            if (now == null && old != null) {
                removals.add(name);
                changes.put(name, null);
            } else if (now != null && !now.equals(old)) {
                changes.put(name, now);
                upserts.add(now);
            }
        });
        if (changes.isEmpty()) {
            return null;
        }
        published = before.with(changes);
        return new ResourceChange(typeUrl, published, upserts, removals);
    }

    private record Published(ShardedMap<XdsResource> byName, ShardedMap<List<XdsResource>> byAlias)
            implements ResourceSnapshot {
        @Override
        public @Nullable XdsResource find(String name) {
            return byName.get(name);
        }

        @Override
        public Collection<XdsResource> findByAlias(String alias) {
            List<XdsResource> found = byAlias.get(alias);
            return found == null ? List.of() : found;
        }

        @Override
        public Collection<XdsResource> all() {
            return byName.values();
        }

        Published with(Map<String, @Nullable XdsResource> changes) {
            Map<String, @Nullable List<XdsResource>> aliases = new LinkedHashMap<>();
            changes.forEach((name, now) -> {
                Set<String> touched = new LinkedHashSet<>();
                XdsResource old = find(name);
                if (old != null) {
                    touched.addAll(old.aliases());
                }
                if (now != null) {
                    touched.addAll(now.aliases());
                }
                for (String alias : touched) {
                    List<XdsResource> before = aliases.containsKey(alias) ? aliases.get(alias) : byAlias.get(alias);
                    List<XdsResource> after = new ArrayList<>(before == null ? List.of() : before);
                    after.removeIf(resource -> resource.name().equals(name));
                    if (now != null && now.aliases().contains(alias)) {
                        after.add(now);
                    }
                    aliases.put(alias, after.isEmpty() ? null : List.copyOf(after));
                }
            });
            return new Published(byName.with(changes), byAlias.with(aliases));
        }
    }
}

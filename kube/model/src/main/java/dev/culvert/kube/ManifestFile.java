package dev.culvert.kube;

import dev.culvert.kube.decode.Value;
import dev.culvert.kube.resource.Resource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one file of manifests says. Immutable.
///
/// @param items    the documents that are right, by object
/// @param faulty   objects whose document was recognized but is wrong
/// @param unknown  whether a document was so broken that the object it describes cannot be told
record ManifestFile(Map<ObjectId, Item> items, Set<ObjectId> faulty, boolean unknown, List<SourceProblem> problems) {
    static final ManifestFile NONE = new ManifestFile(Map.of(), Set.of(), false, List.of());

    /// One document.
    ///
    /// @param document kept so that an overlay can be laid over it
    /// @param resource what it says without an overlay
    record Item(ObjectId id, Value document, Resource resource, int line) {}

    ManifestFile {
        items = Map.copyOf(items);
        faulty = Set.copyOf(faulty);
        problems = List.copyOf(problems);
    }

    /// This content, completed by those objects of `before` that stay in force because their documents are
    /// wrong now.
    ManifestFile keeping(ManifestFile before) {
        Map<ObjectId, Item> kept = new LinkedHashMap<>(items);
        Set<ObjectId> keep = new HashSet<>(faulty);
        if (unknown) {
            keep.addAll(before.items.keySet());
        }
        for (ObjectId id : keep) {
            Item last = before.items.get(id);
            if (last != null) {
                kept.putIfAbsent(id, last);
            }
        }
        return new ManifestFile(kept, faulty, unknown, problems);
    }

    /// A file of which nothing could be read.
    static ManifestFile unreadable(SourceProblem why) {
        return new ManifestFile(Map.of(), Set.of(), true, List.of(why));
    }
}

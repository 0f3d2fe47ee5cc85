package dev.culvert.kube;

import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Value;
import dev.culvert.kube.decode.YamlDocuments;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The resources that the files of a directory and the overlays beside them describe together. Confined to
/// the source's thread.
///
/// A file is read again when its stamp changed or a notice named it, and its objects are decoded again only
/// then. When two files describe one object, the first by path is in force.
final class Manifests {
    private record Entry(FileTree.Stamp stamp, ManifestFile content) {}

    private record OverlayEntry(
            FileTree.Stamp stamp, @Nullable Overlay overlay, List<SourceProblem> problems) {}

    private record Merged(ManifestFile.Item item, @Nullable Overlay overlay, Resource resource) {}

    private final Path overlayRoot;
    private final ManifestReader reader = new ManifestReader();
    private final SortedMap<Path, Entry> files = new TreeMap<>();
    private final SortedMap<Path, OverlayEntry> overlays = new TreeMap<>();
    private Map<ObjectId, Merged> merged = Map.of();
    private List<SourceProblem> problems = List.of();

    Manifests(Path overlayRoot) {
        this.overlayRoot = overlayRoot;
    }

    /// Takes in what changed on disk.
    ///
    /// @param overlayTree null when there is no directory of overlays yet
    /// @param dirty paths that are read again whatever their stamp; empty for none
    void update(FileTree tree, @Nullable FileTree overlayTree, Set<Path> dirty) {
        files.keySet().removeIf(path -> !tree.files().containsKey(path) && !tree.unseen(path));
        tree.files().forEach((path, stamp) -> {
            Entry before = files.get(path);
            if (before == null || !before.stamp.equals(stamp) || dirty.contains(path)) {
                ManifestFile last = before == null ? ManifestFile.NONE : before.content;
                files.put(path, new Entry(stamp, reader.read(path).keeping(last)));
            }
        });
        if (overlayTree != null) {
            overlays.keySet().removeIf(path -> !overlayTree.files().containsKey(path));
            overlayTree.files().forEach((path, stamp) -> {
                OverlayEntry before = overlays.get(path);
                if (before == null || !before.stamp.equals(stamp) || dirty.contains(path)) {
                    overlays.put(path, overlay(path, stamp));
                }
            });
        }
        merge();
    }

    /// Every object in force.
    Map<ObjectId, Resource> resources() {
        Map<ObjectId, Resource> all = LinkedHashMap.newLinkedHashMap(merged.size());
        merged.forEach((id, object) -> all.put(id, object.resource));
        return all;
    }

    List<SourceProblem> problems() {
        return problems;
    }

    private void merge() {
        Map<ObjectId, Merged> now = new LinkedHashMap<>();
        Map<ObjectId, Path> from = new HashMap<>();
        List<SourceProblem> found = new ArrayList<>();
        files.forEach((path, entry) -> {
            found.addAll(entry.content.problems());
            entry.content.items().forEach((id, item) -> {
                Path first = from.putIfAbsent(id, path);
                if (first == null) {
                    now.put(id, merge(id, item, found));
                } else {
                    String reason = "describes " + id.kind() + " " + id.key() + " that " + first
                            + " describes too; that one is in force";
                    found.add(new SourceProblem(path.toString(), item.line(), "", reason));
                }
            });
        });
        overlays.values().forEach(entry -> found.addAll(entry.problems));
        merged = now;
        problems = List.copyOf(found);
    }

    private Merged merge(ObjectId id, ManifestFile.Item item, List<SourceProblem> found) {
        Path path = overlayPath(id);
        OverlayEntry entry = overlays.get(path);
        Overlay overlay = entry == null ? null : entry.overlay;
        if (overlay == null || !overlay.uid().equals(item.resource().metadata().uid())) {
            return new Merged(item, null, item.resource());
        }
        Merged before = merged.get(id);
        if (before != null && before.item.equals(item) && overlay.equals(before.overlay)) {
            return before;
        }
        try {
            return new Merged(item, overlay, id.kind().decode(overlay.applyTo(item.document())));
        } catch (DecodeException e) {
            found.add(new SourceProblem(path.toString(), e.line(), e.path(), e.reason() + "; the overlay is ignored"));
            return new Merged(item, null, item.resource());
        }
    }

    private Path overlayPath(ObjectId id) {
        Kind<?> kind = id.kind();
        return overlayRoot.resolve(
                Overlay.path(kind, id.key().namespace(), id.key().name()));
    }

    private static OverlayEntry overlay(Path path, FileTree.Stamp stamp) {
        try {
            for (YamlDocuments.Document document : YamlDocuments.parse(ManifestReader.text(path))) {
                switch (document) {
                    case YamlDocuments.Document.Broken(DecodeException why) -> throw why;
                    case YamlDocuments.Document.Parsed(Value value) -> {
                        return new OverlayEntry(stamp, Overlay.decode(value), List.of());
                    }
                }
            }
            return new OverlayEntry(stamp, null, List.of());
        } catch (IOException e) {
            return unusable(path, stamp, 0, "cannot be read (" + e + ")");
        } catch (DecodeException e) {
            return unusable(path, stamp, e.line(), e.path() + " " + e.reason());
        }
    }

    private static OverlayEntry unusable(Path path, FileTree.Stamp stamp, int line, String reason) {
        SourceProblem problem = new SourceProblem(path.toString(), line, "", reason + "; the overlay is ignored");
        return new OverlayEntry(stamp, null, List.of(problem));
    }
}

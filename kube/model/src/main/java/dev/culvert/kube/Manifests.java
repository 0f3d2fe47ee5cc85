package dev.culvert.kube;

import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Value;
import dev.culvert.kube.decode.YamlDocuments;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The resources that the files of a directory and the overlays beside them describe together. Confined to
/// the source's thread.
///
/// A file is read again when its stamp changed or a notice named it, and its objects are decoded again only
/// then. When two files describe one object, the first by path is in force. What a change costs follows from
/// the objects that it touches, however many there are beside them.
final class Manifests {
    private static final SortedSet<Path> NOWHERE = Collections.emptySortedSet();

    private record Entry(FileTree.Stamp stamp, ManifestFile content) {}

    private record OverlayEntry(
            FileTree.Stamp stamp, @Nullable Overlay overlay, List<SourceProblem> problems) {}

    private record Merged(ManifestFile.Item item, @Nullable Overlay overlay, Resource resource) {}

    private final Path overlayRoot;
    private final ManifestReader reader = new ManifestReader();
    private final SortedMap<Path, Entry> files = new TreeMap<>();
    private final SortedMap<Path, OverlayEntry> overlays = new TreeMap<>();
    /// The files that describe an object; the first is in force.
    private final Map<ObjectId, SortedSet<Path>> describedBy = new HashMap<>();
    private final Map<ObjectId, Merged> merged = new HashMap<>();
    /// Overlays that are right in themselves and do not fit their object.
    private final Map<Path, SourceProblem> misfits = new HashMap<>();
    /// All that is wrong, by file; files in order are not here.
    private final SortedMap<Path, List<SourceProblem>> problems = new TreeMap<>();
    /// Objects, and files with problems perhaps, that the update at hand touches. What an update that failed has
    /// left here is done by the next.
    private final Set<ObjectId> touched = new LinkedHashSet<>();
    private final Set<Path> troubled = new HashSet<>();
    private long filesRead;

    Manifests(Path overlayRoot) {
        this.overlayRoot = overlayRoot;
    }

    /// Takes in all that is on disk.
    ///
    /// @param overlayTree null when there is no directory of overlays yet
    /// @param dirty paths that are read again whatever their stamp; empty for none
    /// @return the objects that may have changed
    Set<ObjectId> update(FileTree tree, @Nullable FileTree overlayTree, Set<Path> dirty) {
        for (Path path : List.copyOf(files.keySet())) {
            if (!tree.files().containsKey(path) && !tree.unseen(path)) {
                file(path, null, false);
            }
        }
        tree.files().forEach((path, stamp) -> file(path, stamp, dirty.contains(path)));
        if (overlayTree != null) {
            for (Path path : List.copyOf(overlays.keySet())) {
                if (!overlayTree.files().containsKey(path)) {
                    overlay(path, null, false);
                }
            }
            overlayTree.files().forEach((path, stamp) -> overlay(path, stamp, dirty.contains(path)));
        }
        return merge();
    }

    /// Takes in these files and overlays alone; without a stamp one is gone.
    ///
    /// @return the objects that may have changed
    Set<ObjectId> update(List<FileTree.Found> changed) {
        for (FileTree.Found each : changed) {
            if (each.path().startsWith(overlayRoot)) {
                overlay(each.path(), each.stamp(), true);
            } else {
                file(each.path(), each.stamp(), true);
            }
        }
        return merge();
    }

    /// The object of that name in force, or null.
    @Nullable
    Resource find(ObjectId id) {
        Merged object = merged.get(id);
        return object == null ? null : object.resource;
    }

    List<SourceProblem> problems() {
        return problems.values().stream().flatMap(List::stream).toList();
    }

    /// How often a file of manifests was read since the start.
    long filesRead() {
        return filesRead;
    }

    private void file(Path path, FileTree.@Nullable Stamp stamp, boolean again) {
        Entry before = files.get(path);
        if (before == null ? stamp == null : before.stamp.equals(stamp) && !again) {
            return;
        }
        troubled.add(path);
        ManifestFile last = before == null ? ManifestFile.NONE : before.content;
        for (ObjectId id : last.items().keySet()) {
            touch(id);
            SortedSet<Path> paths = describedBy.get(id);
            if (paths != null) {
                paths.remove(path);
            }
        }
        if (stamp == null) {
            files.remove(path);
            return;
        }
        filesRead++;
        ManifestFile content = reader.read(path).keeping(last);
        files.put(path, new Entry(stamp, content));
        for (ObjectId id : content.items().keySet()) {
            describedBy.computeIfAbsent(id, _ -> new TreeSet<>()).add(path);
            touch(id);
        }
    }

    private void overlay(Path path, FileTree.@Nullable Stamp stamp, boolean again) {
        OverlayEntry before = overlays.get(path);
        if (before == null ? stamp == null : before.stamp.equals(stamp) && !again) {
            return;
        }
        troubled.add(path);
        if (stamp == null) {
            overlays.remove(path);
        } else {
            overlays.put(path, overlay(path, stamp));
        }
        for (Kind<?> kind : Kinds.ALL) {
            ObjectId id = Overlay.object(kind, overlayRoot.relativize(path));
            if (id != null) {
                touch(id);
            }
        }
    }

    /// The object may have changed, and with it which of its files are in force.
    private void touch(ObjectId id) {
        touched.add(id);
        troubled.addAll(describedBy.getOrDefault(id, NOWHERE));
        troubled.add(overlayPath(id));
    }

    private Set<ObjectId> merge() {
        for (ObjectId id : touched) {
            SortedSet<Path> paths = describedBy.getOrDefault(id, NOWHERE);
            Entry entry = paths.isEmpty() ? null : files.get(paths.getFirst());
            ManifestFile.Item item =
                    entry == null ? null : entry.content.items().get(id);
            misfits.remove(overlayPath(id));
            if (item == null) {
                describedBy.remove(id);
                merged.remove(id);
            } else {
                merged.put(id, merge(id, item));
            }
        }
        troubled.forEach(this::report);
        Set<ObjectId> changed = new LinkedHashSet<>(touched);
        touched.clear();
        troubled.clear();
        return changed;
    }

    private Merged merge(ObjectId id, ManifestFile.Item item) {
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
            misfits.put(
                    path,
                    new SourceProblem(path.toString(), e.line(), e.path(), e.reason() + "; the overlay is ignored"));
            return new Merged(item, null, item.resource());
        }
    }

    private void report(Path path) {
        List<SourceProblem> found = new ArrayList<>();
        Entry entry = files.get(path);
        if (entry != null) {
            found.addAll(entry.content.problems());
            entry.content.items().forEach((id, item) -> {
                Path first = describedBy.getOrDefault(id, NOWHERE).getFirst();
                if (!first.equals(path)) {
                    String reason = "describes " + id.kind() + " " + id.key() + " that " + first
                            + " describes too; that one is in force";
                    found.add(new SourceProblem(path.toString(), item.line(), "", reason));
                }
            });
        }
        OverlayEntry overlay = overlays.get(path);
        if (overlay != null) {
            found.addAll(overlay.problems);
        }
        SourceProblem misfit = misfits.get(path);
        if (misfit != null) {
            found.add(misfit);
        }
        if (found.isEmpty()) {
            problems.remove(path);
        } else {
            problems.put(path, found);
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

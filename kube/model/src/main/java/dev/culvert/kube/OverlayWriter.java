package dev.culvert.kube;

import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Value;
import dev.culvert.kube.decode.YamlDocuments;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Writes overlays beside a directory of manifests, for every process that watches it. Thread-safe.
///
/// Each write replaces one file as a whole by a rename, under a lock file that the writers of all processes
/// share, so that a reader never sees half a file and two writers never lose each other's part.
final class OverlayWriter implements ObjectWriter {
    /// A JVM holds a file lock as one, so its own threads are kept apart by this.
    private static final ReentrantLock IN_PROCESS = new ReentrantLock();

    private final Path directory;

    OverlayWriter(Path directory) {
        this.directory = directory;
    }

    @Override
    public void annotate(Kind<?> kind, ObjectRef object, Map<String, @Nullable String> annotations) throws IOException {
        update(kind, object, before -> {
            Map<String, Value> all = new LinkedHashMap<>(before.annotations());
            annotations.forEach(
                    (name, value) -> all.put(name, value == null ? new Value.Nothing(0) : new Value.Text(value, 0)));
            return new Overlay(before.uid(), all, before.conditions(), before.status());
        });
    }

    @Override
    public void setConditions(Kind<?> kind, ObjectRef object, List<Condition> conditions, Set<String> remove)
            throws IOException {
        update(kind, object, before -> {
            Map<String, Value> all = new LinkedHashMap<>(before.conditions());
            all.keySet().removeAll(remove);
            for (Condition condition : conditions) {
                all.put(condition.type(), Value.ofJson(json(condition)));
            }
            return new Overlay(before.uid(), before.annotations(), all, before.status());
        });
    }

    @Override
    public void setStatus(Kind<?> kind, ObjectRef object, Map<String, Object> fields) throws IOException {
        update(kind, object, before -> {
            Map<String, Value> all = new LinkedHashMap<>(before.status());
            fields.forEach((name, value) -> all.put(name, Value.ofJson(value)));
            return new Overlay(before.uid(), before.annotations(), before.conditions(), all);
        });
    }

    /// Removes what was written about an object that is gone.
    void forget(Kind<?> kind, ObjectRef object) throws IOException {
        Path file = file(kind, object);
        if (!Files.exists(file)) {
            return;
        }
        locked(() -> {
            Overlay last = read(file);
            if (last != null && last.uid().equals(object.uid())) {
                Files.deleteIfExists(file);
            }
        });
    }

    private void update(Kind<?> kind, ObjectRef object, UnaryOperator<Overlay> change) throws IOException {
        Path file = file(kind, object);
        try {
            locked(() -> {
                Overlay before = read(file);
                if (before == null || !before.uid().equals(object.uid())) {
                    before = new Overlay(object.uid(), Map.of(), Map.of(), Map.of());
                }
                Overlay after = change.apply(before);
                if (!after.equals(before)) {
                    replace(file, text(after));
                }
            });
        } catch (IOException e) {
            throw new IOException("cannot write " + file + " about " + kind + " " + object + ": " + e, e);
        }
    }

    private Path file(Kind<?> kind, ObjectRef object) throws IOException {
        Path file = directory
                .resolve(Overlay.path(kind, object.namespace(), object.name()))
                .normalize();
        if (!file.startsWith(directory)) {
            throw new IOException("the name of " + kind + " " + object + " leads out of " + directory);
        }
        return file;
    }

    private interface Work {
        void run() throws IOException;
    }

    private void locked(Work work) throws IOException {
        Files.createDirectories(directory);
        IN_PROCESS.lock();
        try (FileChannel lock = FileChannel.open(
                        directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = lock.lock()) {
            work.run();
        } finally {
            IN_PROCESS.unlock();
        }
    }

    /// The overlay in this file; null when there is none, or one that nobody can read.
    private static @Nullable Overlay read(Path file) throws IOException {
        try {
            for (var document : YamlDocuments.parse(ManifestReader.text(file))) {
                if (document instanceof YamlDocuments.Document.Parsed(Value value)) {
                    return plain(Overlay.decode(value));
                }
            }
        } catch (NoSuchFileException | DecodeException _) {
            return null;
        }
        return null;
    }

    /// Without the lines, so that equal content is equal.
    private static Overlay plain(Overlay overlay) {
        return new Overlay(
                overlay.uid(),
                withoutLines(overlay.annotations()),
                withoutLines(overlay.conditions()),
                withoutLines(overlay.status()));
    }

    private static Map<String, Value> withoutLines(Map<String, Value> values) {
        Map<String, Value> plain = new LinkedHashMap<>();
        values.forEach((name, value) -> plain.put(name, Value.ofJson(value.toJson())));
        return plain;
    }

    private static void replace(Path file, String text) throws IOException {
        Path parent = file.resolveSibling("");
        Files.createDirectories(parent);
        Path temporary = Files.createTempFile(parent, ".", ".tmp");
        try {
            Files.writeString(temporary, text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static Map<String, Object> json(Condition condition) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", condition.type());
        json.put("status", condition.status());
        json.put("reason", condition.reason());
        json.put("message", condition.message());
        json.put("observedGeneration", condition.observedGeneration());
        if (!condition.lastTransitionTime().equals(Instant.EPOCH)) {
            json.put("lastTransitionTime", condition.lastTransitionTime().toString());
        }
        return json;
    }

    private static String text(Overlay overlay) {
        Map<String, @Nullable Object> annotations = new LinkedHashMap<>();
        overlay.annotations().forEach((name, value) -> annotations.put(name, value.toJson()));
        List<@Nullable Object> conditions = new ArrayList<>();
        overlay.conditions().values().forEach(value -> conditions.add(value.toJson()));
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("metadata", Map.of("uid", overlay.uid(), "annotations", annotations));
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        overlay.status().forEach((name, value) -> status.put(name, value.toJson()));
        status.put("conditions", conditions);
        root.put("status", status);
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setSchema(new CoreSchema())
                .build();
        return "# Written by the mesh about the manifest of the same name.\n" + new Dump(settings).dumpToString(root);
    }
}

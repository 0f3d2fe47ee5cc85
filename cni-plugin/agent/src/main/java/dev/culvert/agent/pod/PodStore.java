package dev.culvert.agent.pod;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The pods that the runtime has started on this node, kept on disk so that a restarted agent finds
/// them again. Thread-safe, by one lock.
///
/// One file a pod, named by its UID, written aside and renamed: a crash leaves the old record or
/// the new, never half.
public final class PodStore {
    private static final Logger log = LoggerFactory.getLogger(PodStore.class);

    private final Path directory;
    private final Map<String, PodRecord> byUid = new TreeMap<>();

    /// Opens the store and reads what is there; a file that cannot be understood is reported and
    /// left alone.
    public PodStore(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(".json")).forEach(this::load);
        }
    }

    private void load(Path file) {
        try {
            PodRecord record = PodRecord.parse(Files.readString(file));
            byUid.put(record.id().uid(), record);
        } catch (IOException | IllegalArgumentException e) {
            log.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("error", e.getMessage())
                    .log("pod record cannot be read and is passed over");
        }
    }

    /// Keeps `record`, in place of an earlier one of the same pod, once it is on disk.
    public synchronized void put(PodRecord record) throws IOException {
        Path file = file(record.id().uid());
        Path aside = directory.resolve("." + file.getFileName() + ".tmp");
        try (FileChannel channel = FileChannel.open(
                aside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(record.json().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        byUid.put(record.id().uid(), record);
    }

    /// Has `enrolling` bring the pod of `record` in. The record says so before it begins, so that an
    /// agent that dies meanwhile finds at its next start what it has left in the namespace.
    public void enrol(PodRecord record, Enrolling enrolling) throws IOException {
        put(record.withEnrolled(true));
        try {
            enrolling.run();
        } catch (IOException | RuntimeException e) {
            put(record.withEnrolled(false));
            throw e;
        }
    }

    /// Brings a pod in, wholly or not at all.
    @FunctionalInterface
    public interface Enrolling {
        void run() throws IOException;
    }

    /// Forgets the pod.
    public synchronized void remove(String uid) throws IOException {
        byUid.remove(uid);
        Files.deleteIfExists(file(uid));
    }

    public synchronized @Nullable PodRecord find(String uid) {
        return byUid.get(uid);
    }

    /// The pod of this name whose container is `container`, or any of this name when that is empty.
    public synchronized @Nullable PodRecord find(String namespace, String name, String container) {
        for (PodRecord record : byUid.values()) {
            boolean named = record.id().namespace().equals(namespace)
                    && record.id().name().equals(name);
            boolean same = container.isEmpty()
                    || record.container().isEmpty()
                    || record.container().equals(container);
            if (named && same) {
                return record;
            }
        }
        return null;
    }

    public synchronized List<PodRecord> all() {
        return List.copyOf(byUid.values());
    }

    /// The record's file; a UID is only used as a name when it is one.
    private Path file(String uid) {
        if (!uid.matches("[A-Za-z0-9._-]{1,200}") || uid.startsWith(".")) {
            throw new IllegalArgumentException("'" + uid + "' is no pod UID");
        }
        return directory.resolve(uid + ".json");
    }
}

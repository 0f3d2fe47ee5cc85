package dev.culvert.kube;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Tells which paths below a set of directories changed, by the kernel's notices. Directories are added on
/// the owner's thread; a thread of its own waits for notices and hands them on.
final class DirectoryWatch implements AutoCloseable {
    private final WatchService service;
    private final Map<Path, WatchKey> keys = new HashMap<>();

    /// @param changed called on the watch's thread with the paths that changed; an empty set means that
    ///     notices were lost, so anything may have changed
    DirectoryWatch(Path root, Consumer<Set<Path>> changed) throws IOException {
        this.service = root.getFileSystem().newWatchService();
        Thread.ofPlatform().name("manifests-watch").daemon().start(() -> listen(changed));
    }

    /// Watches the entries of this directory too. Registering twice is harmless.
    void add(Path directory) throws IOException {
        // For a directory that is watched already this gives the key that it has; for a new one of the same name, its
        // own.
        keys.put(
                directory,
                directory.register(
                        service,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_DELETE,
                        StandardWatchEventKinds.ENTRY_MODIFY));
    }

    /// Forgets the directories that are not in `present`, which makes room for one of the same name.
    void retain(Set<Path> present) {
        keys.entrySet().removeIf(entry -> {
            if (present.contains(entry.getKey())) {
                return false;
            }
            entry.getValue().cancel();
            return true;
        });
    }

    private void listen(Consumer<Set<Path>> changed) {
        try {
            while (true) {
                WatchKey key = service.take();
                changed.accept(paths(key));
                key.reset();
            }
        } catch (ClosedWatchServiceException _) {
            // Closed by the owner.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Set<Path> paths(WatchKey key) {
        Set<Path> paths = new HashSet<>();
        boolean lost = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            if (event.context() instanceof Path name && key.watchable() instanceof Path directory) {
                paths.add(directory.resolve(name));
            } else {
                lost = true;
            }
        }
        return lost ? Set.of() : paths;
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}

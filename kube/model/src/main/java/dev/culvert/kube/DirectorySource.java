package dev.culvert.kube;

import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Resources from a watched directory of YAML manifests, which stands for an API server. Thread-safe; all
/// work is done on one thread of its own, named `manifests`.
///
/// Files are read recursively; a file may hold many documents and lists of them. What is wrong is reported
/// with file, line and reason, and the last good version of just that object stays in force. What the mesh
/// writes lies in `.culvert/overlay` below the directory, where every process that watches the same directory
/// sees it.
public final class DirectorySource implements ResourceSource {
    /// Where overlays are, relative to the directory.
    public static final String OVERLAY = ".culvert/overlay";

    private static final Logger LOG = LoggerFactory.getLogger(DirectorySource.class);
    /// A change is taken in once no other has come for this long, so that a group of files is read as one.
    private static final long QUIET_MILLIS = 40;
    /// No change waits longer than this, however many follow.
    private static final long LONGEST_WAIT_MILLIS = 400;
    /// All is looked at this often even without a notice, for file systems that give none.
    private static final long SWEEP_SECONDS = 10;

    private final Path root;
    private final Path overlayRoot;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("manifests").daemon().unstarted(task));
    private final DirectoryWatch watch;
    private final OverlayWriter writer;
    private final Manifests manifests;
    private final Subscribers subscribers = new Subscribers();
    private final Set<Path> dirty = new HashSet<>();
    private Map<ObjectId, Resource> current = Map.of();
    private boolean scanDue;
    private long firstNotice;
    private long lastNotice;
    private volatile List<SourceProblem> problems = List.of();

    private DirectorySource(Path root) throws IOException {
        this.root = root;
        this.overlayRoot = root.resolve(OVERLAY);
        this.writer = new OverlayWriter(overlayRoot);
        this.manifests = new Manifests(overlayRoot);
        this.watch = new DirectoryWatch(root, this::noticed);
    }

    /// Reads `directory` once, so that [#problems] is already true, and watches it from then on.
    ///
    /// @throws IOException when there is no such directory, or it cannot be watched
    public static DirectorySource open(Path directory) throws IOException {
        Path root = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root + " is no directory; expected one with manifests");
        }
        DirectorySource source = new DirectorySource(root);
        CompletableFuture.runAsync(source::scan, source.thread).join();
        var _ = source.thread.scheduleWithFixedDelay(source::scan, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        return source;
    }

    /// Writes what the mesh says about the objects of this directory.
    public ObjectWriter writer() {
        return writer;
    }

    @Override
    public Subscription subscribe(Set<Kind<?>> kinds, Executor executor, Consumer<ResourceEvent> listener) {
        var entry = new Subscribers.Entry(kinds, executor, listener);
        thread.execute(() -> {
            List<ResourceEvent> present = new ArrayList<>();
            current.forEach((id, resource) -> present.add(new ResourceEvent.Added(id.kind(), resource)));
            kinds.forEach(kind -> present.add(new ResourceEvent.Synced(kind)));
            subscribers.add(entry, present);
        });
        return entry;
    }

    @Override
    public List<SourceProblem> problems() {
        return problems;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            watch.close();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", root).setCause(e).log("could not end the watch of a directory");
        }
    }

    private void noticed(Set<Path> paths) {
        try {
            thread.execute(() -> {
                dirty.addAll(paths);
                lastNotice = System.nanoTime();
                if (!scanDue) {
                    scanDue = true;
                    firstNotice = lastNotice;
                    var _ = thread.schedule(this::scanWhenQuiet, QUIET_MILLIS, TimeUnit.MILLISECONDS);
                }
            });
        } catch (RejectedExecutionException _) {
            // Closed in the meantime.
        }
    }

    private void scanWhenQuiet() {
        long now = System.nanoTime();
        long untilQuiet = TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS) - (now - lastNotice);
        boolean waitedEnough = now - firstNotice >= TimeUnit.MILLISECONDS.toNanos(LONGEST_WAIT_MILLIS);
        if (untilQuiet > 0 && !waitedEnough) {
            var _ = thread.schedule(this::scanWhenQuiet, untilQuiet, TimeUnit.NANOSECONDS);
            return;
        }
        scanDue = false;
        scan();
    }

    private void scan() {
        try {
            Set<Path> present = new TreeSet<>();
            FileTree.Entering entering = directory -> {
                watch.add(directory);
                present.add(directory);
            };
            Set<Path> named = Set.copyOf(dirty);
            dirty.clear();
            FileTree tree = FileTree.list(root, entering);
            if (tree.unseen(root) || !tree.directories().contains(root)) {
                throw new NotDirectoryException(root + " cannot be read");
            }
            // The way to the overlays may be made by another process at any time.
            for (Path way = overlayRoot.getParent(); way != null && !way.equals(root); way = way.getParent()) {
                if (Files.isDirectory(way)) {
                    entering.enter(way);
                }
            }
            FileTree overlays = Files.isDirectory(overlayRoot) ? FileTree.list(overlayRoot, entering) : null;
            watch.retain(present);
            manifests.update(tree, overlays, named);
            report(manifests.problems());
            publish(manifests.resources());
        } catch (IOException e) {
            report(List.of(new SourceProblem(
                    root.toString(), 0, "", "cannot be listed (" + e + "); what was in force stays in force")));
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("directory", root).setCause(e).log("could not take in a change of manifests");
        }
    }

    private void report(List<SourceProblem> found) {
        List<SourceProblem> before = problems;
        problems = found;
        for (SourceProblem problem : found) {
            if (!before.contains(problem)) {
                LOG.atWarn()
                        .addKeyValue("file", problem.origin())
                        .addKeyValue("line", problem.line())
                        .addKeyValue("path", problem.path())
                        .addKeyValue("reason", problem.reason())
                        .log("manifest is not in force");
            }
        }
    }

    private void publish(Map<ObjectId, Resource> now) {
        Map<ObjectId, Resource> before = current;
        List<ResourceEvent> events = new ArrayList<>();
        Map<ObjectId, Resource> gone = new LinkedHashMap<>(before);
        now.forEach((id, resource) -> {
            Resource old = gone.remove(id);
            if (old == null) {
                events.add(new ResourceEvent.Added(id.kind(), resource));
            } else if (!old.metadata().uid().equals(resource.metadata().uid())) {
                // Another object of the same name: the first one has ended.
                events.add(new ResourceEvent.Deleted(id.kind(), old));
                events.add(new ResourceEvent.Added(id.kind(), resource));
            } else if (!Objects.equals(old, resource)) {
                events.add(new ResourceEvent.Modified(id.kind(), old, resource));
            }
        });
        gone.forEach((id, resource) -> events.add(new ResourceEvent.Deleted(id.kind(), resource)));
        current = now;
        subscribers.publish(events);
        gone.forEach(this::forget);
    }

    private void forget(ObjectId id, Resource resource) {
        try {
            writer.forget(id.kind(), ObjectRef.of(resource.metadata()));
        } catch (IOException e) {
            // A process that may only read leaves this to those that write.
            LOG.atDebug().addKeyValue("object", id).setCause(e).log("could not remove an overlay");
        }
    }
}

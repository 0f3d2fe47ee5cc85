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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
    private static final long SWEEP_MILLIS = 10_000;
    /// A sweep that takes long comes less often, so that it takes no more than this part of a processor.
    private static final int SWEEP_SHARE = 50;

    private final Path root;
    private final Path overlayRoot;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("manifests").daemon().unstarted(task));
    private final DirectoryWatch watch;
    private final OverlayWriter writer;
    private final Manifests manifests;
    private final Subscribers subscribers = new Subscribers();
    /// What notices have named since the last look.
    private final Set<Path> dirty = new HashSet<>();
    /// Notices were lost, or a look has failed: all has to be looked at.
    private boolean lost;
    /// The directories that are watched.
    private Set<Path> entered = Set.of();
    private final Map<ObjectId, Resource> current = new LinkedHashMap<>();
    private final Set<ObjectId> unpublished = new LinkedHashSet<>();
    private volatile Work work = new Work(0, 0);
    private boolean scanDue;
    private long firstNotice;
    private long lastNotice;
    private volatile List<SourceProblem> problems = List.of();

    /// What a source has done since it was opened.
    ///
    /// @param sweeps how often it has looked at every file
    /// @param filesRead how many files it has read
    record Work(long sweeps, long filesRead) {}

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
        CompletableFuture.runAsync(source::sweepAgainAndAgain, source.thread).join();
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

    Work work() {
        return work;
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
                lost |= paths.isEmpty();
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
        List<FileTree.Found> files = lost ? null : FileTree.files(dirty, entered);
        if (files == null) {
            sweep();
        } else {
            dirty.clear();
            take(() -> manifests.update(files));
        }
    }

    private void sweepAgainAndAgain() {
        long begun = System.nanoTime();
        sweep();
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        try {
            var _ = thread.schedule(
                    this::sweepAgainAndAgain, Math.max(SWEEP_MILLIS, took * SWEEP_SHARE), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // Closed in the meantime.
        }
    }

    /// Looks at everything: what notices cannot tell of, and what makes good for a notice that was missed.
    private void sweep() {
        work = new Work(work.sweeps + 1, work.filesRead);
        take(this::updateAll);
    }

    private Set<ObjectId> updateAll() throws IOException {
        Set<Path> present = new TreeSet<>();
        FileTree.Entering entering = directory -> {
            watch.add(directory);
            present.add(directory);
        };
        Set<Path> named = Set.copyOf(dirty);
        dirty.clear();
        lost = true;
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
        entered = present;
        lost = false;
        return manifests.update(tree, overlays, named);
    }

    /// Some or all files, read anew.
    private interface Update {
        Set<ObjectId> touched() throws IOException;
    }

    private void take(Update update) {
        try {
            unpublished.addAll(update.touched());
            work = new Work(work.sweeps, manifests.filesRead());
            report(manifests.problems());
            publish();
        } catch (IOException e) {
            report(List.of(new SourceProblem(
                    root.toString(), 0, "", "cannot be listed (" + e + "); what was in force stays in force")));
        } catch (RuntimeException e) {
            lost = true;
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

    private void publish() {
        List<ResourceEvent> events = new ArrayList<>();
        Map<ObjectId, Resource> gone = new LinkedHashMap<>();
        for (ObjectId id : unpublished) {
            Resource now = manifests.find(id);
            Resource old = now == null ? current.remove(id) : current.put(id, now);
            if (now != null) {
                changed(id, old, now, events);
            } else if (old != null) {
                gone.put(id, old);
            }
        }
        unpublished.clear();
        gone.forEach((id, resource) -> events.add(new ResourceEvent.Deleted(id.kind(), resource)));
        subscribers.publish(events);
        gone.forEach(this::forget);
    }

    private static void changed(ObjectId id, @Nullable Resource old, Resource now, List<ResourceEvent> events) {
        if (old == null) {
            events.add(new ResourceEvent.Added(id.kind(), now));
        } else if (!old.metadata().uid().equals(now.metadata().uid())) {
            // Another object of the same name: the first one has ended.
            events.add(new ResourceEvent.Deleted(id.kind(), old));
            events.add(new ResourceEvent.Added(id.kind(), now));
        } else if (!old.equals(now)) {
            events.add(new ResourceEvent.Modified(id.kind(), old, now));
        }
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

package dev.culvert.controlplane.caller;

import dev.culvert.process.state.TokenStore;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a [TokenStore] true to its directory while the process runs: a token made or revoked by
/// the command line counts within a moment.
///
/// Owns one virtual thread, `token-watch`. A file system that gives no events (a network mount) is
/// read again every [#RESCAN].
public final class TokenWatch implements AutoCloseable {
    static final Duration RESCAN = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(TokenWatch.class);

    private final TokenStore store;
    private final Runnable changed;
    private final WatchService watch;
    private final Thread thread;

    private TokenWatch(TokenStore store, Runnable changed, WatchService watch) {
        this.store = store;
        this.changed = changed;
        this.watch = watch;
        this.thread = Thread.ofVirtual().name("token-watch").unstarted(this::run);
    }

    /// Starts to watch; `changed` runs on the watching thread after each reload.
    public static TokenWatch start(TokenStore store, Runnable changed) throws IOException {
        WatchService watch = store.directory().path().getFileSystem().newWatchService();
        store.directory()
                .path()
                .register(
                        watch,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
        TokenWatch started = new TokenWatch(store, changed, watch);
        started.thread.start();
        return started;
    }

    private void run() {
        try {
            while (true) {
                WatchKey key = watch.poll(RESCAN.toMillis(), TimeUnit.MILLISECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
                reload();
            }
        } catch (ClosedWatchServiceException | InterruptedException _) {
            // Closed: the process is going down.
            Thread.currentThread().interrupt();
        }
    }

    private void reload() {
        try {
            store.reload();
            changed.run();
        } catch (IOException e) {
            log.atError()
                    .addKeyValue("directory", store.directory().path())
                    .setCause(e)
                    .log("cannot read the tokens; those known so far stay in force");
        }
    }

    @Override
    public void close() throws IOException {
        watch.close();
    }
}

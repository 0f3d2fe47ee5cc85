package dev.culvert.ztunnel.revocation;

import dev.culvert.hbone.tls.RevocationList;
import dev.culvert.hbone.tls.Revocations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.cert.CRLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the revocation list in force true to a file. Owns one virtual thread, `crl`.
///
/// The file's attributes are looked at once a second, which also sees a link that leads elsewhere, as a mounted
/// ConfigMap changes, and file systems that give no events. A change is read when two looks have found it alike. A
/// file that is missing or cannot be read leaves in force what was there before; at the start that is nothing.
public final class RevocationFile implements AutoCloseable {
    /// How often the file is looked at.
    public static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    static final int MOST_BYTES = 64 << 20;

    private static final Logger log = LoggerFactory.getLogger(RevocationFile.class);

    private final Path path;
    private final Revocations revocations;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Seen loaded;
    private @Nullable Seen last;
    /// What the log has complained of already.
    private @Nullable Seen complained;

    /// What tells one version of the file from another; all null when there is none.
    private record Seen(@Nullable Object key, @Nullable FileTime modified, long bytes) {
        static final Seen MISSING = new Seen(null, null, -1);
    }

    private RevocationFile(Path path, Revocations revocations) {
        this.path = path;
        this.revocations = revocations;
    }

    /// Reads `path`, whose list is in force when this returns, and goes on to follow it.
    public static RevocationFile follow(Path path, Revocations revocations) {
        RevocationFile file = new RevocationFile(path, revocations);
        file.read(file.see());
        Thread.ofVirtual().name("crl").start(file::run);
        return file;
    }

    private void run() {
        try {
            while (!closed.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        Seen now = see();
        if (now.equals(last) && !now.equals(loaded)) {
            read(now);
        }
        last = now;
    }

    private Seen see() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Seen(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        } catch (IOException _) {
            return Seen.MISSING;
        }
    }

    private void read(Seen now) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException("it has more than " + MOST_BYTES + " bytes");
            }
            RevocationList list = RevocationList.parse(bytes);
            revocations.replace(list);
            loaded = now;
            log.atInfo()
                    .addKeyValue("path", path)
                    .addKeyValue("certificates", list.entries())
                    .log("revocation list in force");
        } catch (IOException | CRLException e) {
            if (!now.equals(complained)) {
                complained = now;
                complain(e);
            }
        }
    }

    private void complain(Exception cause) {
        log.atError()
                .addKeyValue("path", path)
                .addKeyValue(
                        "error", cause instanceof NoSuchFileException ? "there is no such file" : cause.getMessage())
                .log(
                        loaded == null
                                ? "revocation list cannot be read; no certificate is taken for revoked until it can"
                                : "revocation list cannot be read; the last good one stays in force");
    }

    @Override
    public void close() {
        closed.countDown();
    }
}

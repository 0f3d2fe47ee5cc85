package dev.culvert.waypoint.observe;

import dev.culvert.process.Counter;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that lines are written to, off the loops. Thread-safe: lines go through a queue of [#QUEUE] to a thread of
/// its
/// own, and what finds no room is dropped and counted.
final class LineFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LineFile.class);
    /// Lines that may wait.
    static final int QUEUE = 8192;

    private final String path;
    private final Counter dropped;
    private final BlockingQueue<Supplier<String>> queue = new ArrayBlockingQueue<>(QUEUE);
    private final OutputStream out;
    private final Thread writer;
    private boolean failed;

    private LineFile(String path, OutputStream out, Counter dropped) {
        this.path = path;
        this.out = out;
        this.dropped = dropped;
        writer = Thread.ofPlatform().name("access-log").daemon().start(this::run);
    }

    /// Opens a file for adding to it; `/dev/stdout` and `/dev/stderr` are the process's own.
    ///
    /// @throws IOException when it cannot be opened
    static LineFile open(String path, Counter dropped) throws IOException {
        OutputStream file = switch (path) {
            case "/dev/stdout" -> new FileOutputStream(FileDescriptor.out);
            case "/dev/stderr" -> new FileOutputStream(FileDescriptor.err);
            default -> Files.newOutputStream(Path.of(path), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        };
        return new LineFile(path, new BufferedOutputStream(file, 64 * 1024), dropped);
    }

    /// Takes a line; what makes it is called on the writing thread.
    void offer(Supplier<String> line) {
        if (!queue.offer(line)) {
            dropped.increment();
        }
    }

    private void run() {
        List<Supplier<String>> lines = new ArrayList<>();
        try {
            while (true) {
                lines.add(queue.take());
                queue.drainTo(lines, 1023);
                write(lines);
                lines.clear();
            }
        } catch (InterruptedException _) {
            queue.drainTo(lines);
            write(lines);
        }
    }

    private void write(List<Supplier<String>> lines) {
        try {
            for (Supplier<String> line : lines) {
                out.write(line.get().getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
            out.flush();
            failed = false;
        } catch (IOException | RuntimeException e) {
            dropped.add(lines.size());
            if (!failed) {
                failed = true;
                LOG.atError().addKeyValue("file", path).setCause(e).log("access log cannot be written");
            }
        }
    }

    /// Writes what is queued. Streams of the process stay open.
    @Override
    public void close() throws IOException {
        writer.interrupt();
        try {
            writer.join(2000);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (path.startsWith("/dev/std")) {
            out.flush();
        } else {
            out.close();
        }
    }
}

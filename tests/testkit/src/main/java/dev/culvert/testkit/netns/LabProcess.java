package dev.culvert.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A long-running process of a lab, inside one namespace, with its output in a file.
///
/// Thread-safe.
public final class LabProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Path log;

    private LabProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// Starts `command` inside `netns`; what it prints is appended to `log`.
    public static LabProcess start(
            String name, String netns, List<String> command, Map<String, String> environment, Path log) {
        try {
            ProcessBuilder builder = new ProcessBuilder(Shell.inside(netns, command.toArray(String[]::new)));
            builder.environment().putAll(environment);
            builder.redirectErrorStream(true);
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            return new LabProcess(name, builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    /// The process's id.
    public long pid() {
        return process.pid();
    }

    /// True until it has ended.
    public boolean alive() {
        return process.isAlive();
    }

    /// What it has printed so far.
    public String output() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until `ready` holds of the output.
    ///
    /// @throws IllegalStateException with the output's end when it does not within `limit`
    public void await(Predicate<String> ready, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!ready.test(output())) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        name + (process.isAlive() ? " is not there after " + limit : " ended") + ":\n" + tail());
            }
            pause(20);
        }
    }

    /// The last lines of the output.
    public String tail() {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    /// Sends SIGTERM and waits until it has ended, at most `limit`; then SIGKILL.
    ///
    /// @return the exit code
    public int stop(Duration limit) {
        process.destroy();
        return awaitEnd(limit);
    }

    /// Sends SIGKILL and waits until it has ended.
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    private int awaitEnd(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ending " + name, e);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        stop(Duration.ofSeconds(10));
    }
}

package dev.culvert.agent.rules;

import dev.culvert.linux.Netns;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs the system's network tools inside a namespace, by `nsenter`. Thread-safe; it blocks.
public final class Tools {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final long pid = ProcessHandle.current().pid();

    /// How a tool ended.
    record Outcome(int status, String output, String errors) {
        boolean ok() {
            return status == 0;
        }
    }

    /// Runs `command` inside `netns` with `input` on its standard input.
    ///
    /// @throws IOException when it cannot be started or does not end in time
    Outcome run(Netns netns, List<String> command, String input) throws IOException {
        Path reference = Path.of("/proc/" + pid + "/fd/" + netns.fd().number());
        List<String> whole = new ArrayList<>(List.of("nsenter", "--net=" + reference, "--"));
        whole.addAll(command);
        return run(whole, input.getBytes(StandardCharsets.UTF_8));
    }

    private static Outcome run(List<String> command, byte[] input) throws IOException {
        Process process = new ProcessBuilder(command).start();
        CompletableFuture<String> errors = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> errors.completeAsync(() -> read(process.getErrorStream()), Runnable::run));
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> output.completeAsync(() -> read(process.getInputStream()), Runnable::run));
        feed(process, input);
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " did not end within " + LIMIT);
            }
            return new Outcome(process.exitValue(), output.join(), errors.join());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(String.join(" ", command) + " was interrupted", e);
        }
    }

    private static void feed(Process process, byte[] input) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(input);
        } catch (IOException early) {
            // it ended without reading all: its status tells why
        }
    }

    private static String read(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

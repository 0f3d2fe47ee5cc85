package dev.culvert.testkit.netns;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs programs and gives what they printed. Stateless; any thread, never an event loop.
public final class Shell {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// What a program left: its exit code and what it printed on both streams.
    public record Result(int code, String out, String err) {
        /// True when the exit code is 0.
        public boolean ok() {
            return code == 0;
        }
    }

    private Shell() {}

    /// Runs `command` and gives its standard output.
    ///
    /// @throws IllegalStateException when it exits with another code than 0, with what it printed
    public static String run(String... command) {
        Result result = attempt(Map.of(), "", List.of(command));
        if (!result.ok()) {
            throw new IllegalStateException(
                    String.join(" ", command) + " exited with " + result.code() + ": " + result.err() + result.out());
        }
        return result.out();
    }

    /// Runs `command`, whatever its exit code.
    public static Result attempt(String... command) {
        return attempt(Map.of(), "", List.of(command));
    }

    /// Runs `command` with additional environment and `input` on its standard input.
    public static Result attempt(Map<String, String> environment, String input, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            Process process = builder.start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException closedEarly) {
                // A program may exit without reading; its exit code tells.
            }
            Collector err = new Collector(process.getErrorStream());
            Collector out = new Collector(process.getInputStream());
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + " ran longer than " + LIMIT);
            }
            return new Result(process.exitValue(), out.text(), err.text());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command.getFirst(), e);
        }
    }

    /// `command` as it is run inside the named network namespace.
    public static List<String> inside(String namespace, String... command) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + Lab.NETNS_DIR.resolve(namespace)));
        all.addAll(Arrays.asList(command));
        return all;
    }

    private static final class Collector {
        private final Thread thread;
        private final StringBuilder text = new StringBuilder();

        Collector(InputStream stream) {
            this.thread = Thread.ofVirtual().start(() -> {
                try (stream) {
                    text.append(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
                } catch (IOException e) {
                    text.append("(unreadable: ").append(e.getMessage()).append(')');
                }
            });
        }

        String text() throws InterruptedException {
            thread.join();
            return text.toString();
        }
    }
}

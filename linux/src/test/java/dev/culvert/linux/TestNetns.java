package dev.culvert.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// A namespace made by `ip netns` for one test, with loopback up, and removed with it.
final class TestNetns implements AutoCloseable {
    final String name = "lx-" + UUID.randomUUID().toString().substring(0, 8);

    TestNetns() {
        run("ip", "netns", "add", name);
        run("ip", "-n", name, "link", "set", "lo", "up");
    }

    Path path() {
        return Path.of("/run/netns", name);
    }

    void exec(String... command) {
        run(java.util.stream.Stream.concat(List.of("ip", "netns", "exec", name).stream(), List.of(command).stream())
                .toArray(String[]::new));
    }

    static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        run("ip", "netns", "del", name);
    }
}

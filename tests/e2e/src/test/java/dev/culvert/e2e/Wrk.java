package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabProcess;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.Shell;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// A run of wrk in a pod: kept connections that send one request after another, until it is ended. Used from one
/// thread.
final class Wrk implements AutoCloseable {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final AtomicInteger RUNS = new AtomicInteger();

    private final LabProcess process;

    private Wrk(LabProcess process) {
        this.process = process;
    }

    /// Begins a run over `connections` kept connections.
    static Wrk start(MeshLab lab, LabPod from, String url, int connections) {
        String name = "wrk-" + RUNS.incrementAndGet();
        return new Wrk(lab.exec(from, name, "wrk", "-t1", "-c" + connections, "-d170s", "--timeout", "10s", url));
    }

    /// Ends the run: each of its requests, at least `atLeast`, was answered with 2xx or 3xx.
    void assertNoneFailed(int atLeast) {
        assertThat(process.alive()).as(process.output()).isTrue();
        Shell.run("kill", "-INT", Long.toString(process.pid()));
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).until(() -> !process.alive());
        String output = process.output();
        Matcher requests = REQUESTS.matcher(output);
        assertThat(requests.find()).as(output).isTrue();
        assertThat(output).doesNotContain("Socket errors").doesNotContain("Non-2xx");
        assertThat(Integer.parseInt(requests.group(1))).as(output).isGreaterThan(atLeast);
    }

    @Override
    public void close() {
        process.close();
    }
}

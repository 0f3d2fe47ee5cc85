package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabProcess;
import dev.culvert.testkit.netns.MeshLab;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// A run of wrk in a pod: kept connections that send one request after another. Used from one thread.
final class Wrk {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");

    private final LabProcess process;
    private final int seconds;

    private Wrk(LabProcess process, int seconds) {
        this.process = process;
        this.seconds = seconds;
    }

    /// Begins a run over `connections` kept connections.
    static Wrk start(MeshLab lab, LabPod from, String url, int connections, int seconds) {
        LabProcess process =
                lab.exec(from, "wrk", "wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--timeout", "10s", url);
        return new Wrk(process, seconds);
    }

    /// True until the run is over.
    boolean running() {
        return process.alive();
    }

    /// Waits for the end of the run: each of its requests, at least `atLeast`, was answered with 2xx or 3xx.
    void assertNoneFailed(int atLeast) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(seconds + 20))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> !process.alive());
        String output = process.output();
        Matcher requests = REQUESTS.matcher(output);
        assertThat(requests.find()).as(output).isTrue();
        assertThat(output).doesNotContain("Socket errors").doesNotContain("Non-2xx");
        assertThat(Integer.parseInt(requests.group(1))).as(output).isGreaterThan(atLeast);
    }
}

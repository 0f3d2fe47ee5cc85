package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.culvert.testkit.http.HttpAnswer;
import dev.culvert.testkit.http.HttpCall;
import dev.culvert.testkit.http.HttpProbe;
import dev.culvert.testkit.netns.LabPod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/// A request and what is to come of it, as the conformance suite judges: three right answers in a row within 30 s.
/// Immutable.
final class Expectation {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int IN_A_ROW = 3;

    private final HttpProbe http;
    private final LabPod from;
    private final String address;
    private final int port;
    private final HttpCall call;

    Expectation(HttpProbe http, LabPod from, String address, int port, HttpCall call) {
        this.http = http;
        this.from = from;
        this.address = address;
        this.port = port;
        this.call = call;
    }

    /// The same from another pod.
    Expectation from(LabPod other) {
        return new Expectation(http, other, address, port, call);
    }

    /// The same to another address.
    Expectation at(String otherAddress, int otherPort) {
        return new Expectation(http, from, otherAddress, otherPort, call);
    }

    /// The same to another port.
    Expectation port(int other) {
        return at(address, other);
    }

    /// The same with one more request header.
    Expectation with(String name, String value) {
        return new Expectation(http, from, address, port, call.with(name, value));
    }

    /// The same with another method.
    Expectation method(String other) {
        return new Expectation(http, from, address, port, call.withMethod(other));
    }

    /// An application is to answer, whichever.
    void succeeds() {
        eventually(answer -> assertThat(answer.status()).isEqualTo(200));
    }

    /// This status is to come back.
    void fails(int status) {
        eventually(answer -> assertThat(answer.status()).isEqualTo(status));
    }

    /// The application of this name is to answer.
    void reaches(String pod) {
        eventually(answer -> assertReached(answer, pod));
    }

    /// The application is to see this path.
    void reaches(String pod, String path) {
        eventually(answer -> {
            assertReached(answer, pod);
            assertThat(answer.echoed().path()).isEqualTo(path);
        });
    }

    /// The application is to see exactly these values of a request header; none for its absence.
    void arrivesWith(String header, String... values) {
        eventually(answer -> {
            assertReached(answer, "echo");
            assertThat(joined(answer.echoed().header(header))).isEqualTo(String.join(",", values));
        });
    }

    /// An application is to answer, and the answer to have exactly these values of a header; none for its absence.
    void answersWith(String header, String... values) {
        eventually(answer -> {
            assertReached(answer, "echo");
            assertThat(joined(answer.header(header))).isEqualTo(String.join(",", values));
        });
    }

    /// An answer with this value of a header is to come.
    void has(String header, String value) {
        eventually(answer -> assertThat(answer.header(header)).containsExactly(value));
    }

    /// A status is to come back with a body that contains `text`.
    void fails(int status, String text) {
        eventually(answer -> {
            assertThat(answer.status()).as(answer.body()).isEqualTo(status);
            assertThat(answer.body()).contains(text);
        });
    }

    /// There is to be no answer at all: the connection is refused or closed.
    void isRefused() {
        Awaitility.await()
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    for (int i = 0; i < IN_A_ROW; i++) {
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(() -> http.send(from, address, port, call))
                                .withMessageNotContaining("no answer within");
                    }
                });
    }

    /// A redirect is to come back.
    void redirects(int status, String location) {
        eventually(answer -> {
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("location")).containsExactly(location);
        });
    }

    /// One answer, now.
    HttpAnswer once() {
        try {
            return http.send(from, address, port, call);
        } catch (IOException e) {
            throw new AssertionError(call + " to " + address + ":" + port + " was not answered", e);
        }
    }

    private static void assertReached(HttpAnswer answer, String pod) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.echoed().pod()).startsWith(pod);
    }

    /// A list of values is as good in one field as in several.
    private static String joined(List<String> values) {
        return String.join(",", values).replace(", ", ",");
    }

    private void eventually(Check check) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    for (int i = 0; i < IN_A_ROW; i++) {
                        check.check(once());
                    }
                });
    }

    @FunctionalInterface
    private interface Check {
        void check(HttpAnswer answer);
    }
}

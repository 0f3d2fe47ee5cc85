package dev.culvert.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Isolated("the levels of a JVM's log are one for all")
final class LogsTest {
    private static final Logger LOG = LoggerFactory.getLogger("dev.culvert.mesh.xds.Example");

    private record Line(LogLevel level, String message) implements LogLine {
        @Override
        public Instant time() {
            return Instant.parse("2026-01-02T03:04:05.678901234Z");
        }

        @Override
        public String target() {
            return "access";
        }

        @Override
        public void fields(LogFields out) {
            out.bare("src.addr", "10.0.0.1:4242");
            out.text("src.workload", "a \"b\"\n");
            out.number("bytes_sent", 12);
            out.bool("ok", true);
        }
    }

    @Test
    void writesColumnsBetweenTabs() {
        StringBuilder out = new StringBuilder();
        LogEncoder.encode(new Line(LogLevel.INFO, "connection complete"), LogFormat.PLAIN, out);
        assertThat(out)
                .hasToString("2026-01-02T03:04:05.678901Z\tinfo\taccess\tconnection complete"
                        + "\tsrc.addr=10.0.0.1:4242 src.workload=\"a \\\"b\\\"\\n\" bytes_sent=12 ok=true\n");
    }

    @Test
    void writesOneJsonObjectPerLine() {
        StringBuilder out = new StringBuilder();
        LogEncoder.encode(new Line(LogLevel.ERROR, "connection\u0001complete"), LogFormat.JSON, out);
        assertThat(out)
                .hasToString("{\"level\":\"error\",\"time\":\"2026-01-02T03:04:05.678901Z\",\"scope\":\"access\","
                        + "\"message\":\"connection\\u0001complete\",\"src.addr\":\"10.0.0.1:4242\","
                        + "\"src.workload\":\"a \\\"b\\\"\\n\",\"bytes_sent\":12,\"ok\":true}\n");
    }

    @Test
    void takesEventsWithTheirFieldsAndTraces() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Logs logs = Logs.start(LogFormat.PLAIN, LogFilter.DEFAULT, out)) {
            LOG.atInfo()
                    .addKeyValue("peer", new InetSocketAddress(InetAddress.getLoopbackAddress(), 15_008))
                    .addKeyValue("name", "x")
                    .addKeyValue("count", 3)
                    .log("connected");
            LOG.atDebug().log("not wanted");
            LOG.atWarn().setCause(new IllegalStateException("broken")).log("failed");
            assertThat(logs.dropped()).isZero();
            Metrics metrics = new Metrics();
            logs.register(metrics);
            assertThat(metrics.text()).contains("culvert_log_lines_dropped_total 0.0\n");
        }
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.get(0))
                .endsWith("Z\tinfo\tmesh.xds.Example\tconnected\tpeer=127.0.0.1:15008 name=\"x\" count=3");
        assertThat(lines.get(1)).endsWith("\twarn\tmesh.xds.Example\tfailed");
        assertThat(lines.get(2)).isEqualTo("java.lang.IllegalStateException: broken");
    }

    @Test
    void changesLevelsWhileItRuns() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Logs logs = Logs.start(LogFormat.PLAIN, LogFilter.DEFAULT, out)) {
            Logger library = LoggerFactory.getLogger("io.netty.channel");
            assertThat(library.isInfoEnabled()).isFalse();
            assertThat(library.isWarnEnabled()).isTrue();
            assertThat(ask(logs, Map.of()).bodyText()).isEqualTo("current log level is info\n");

            Response debug = ask(logs, Map.of("level", List.of("mesh.xds=debug,io.netty=debug")));
            assertThat(debug.bodyText()).isEqualTo("current log level is info,io.netty=debug,mesh.xds=debug\n");
            assertThat(LOG.isDebugEnabled()).isTrue();
            assertThat(library.isDebugEnabled()).isTrue();

            assertThat(ask(logs, Map.of("level", List.of("loud"))).status()).isEqualTo(400);
            assertThat(LOG.isDebugEnabled()).isTrue();

            assertThat(ask(logs, Map.of("level", List.of("error"), "reset", List.of("")))
                            .bodyText())
                    .isEqualTo("current log level is error\n");
            assertThat(LOG.isWarnEnabled()).isFalse();
            assertThat(library.isWarnEnabled()).isFalse();
        }
    }

    @Test
    void dropsAndCountsWhatASlowReaderCannotTake() {
        CountDownLatch stuck = new CountDownLatch(1);
        Semaphore go = new Semaphore(0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes) {
                stuck.countDown();
                go.acquireUninterruptibly();
                out.writeBytes(bytes);
            }
        };
        LogWriter writer = new LogWriter(slow, LogFormat.PLAIN, 2);
        writer.start();
        writer.offer(new Line(LogLevel.INFO, "first"));
        Awaitility.await().until(() -> stuck.getCount() == 0);
        assertThat(writer.offer(new Line(LogLevel.INFO, "second"))).isTrue();
        assertThat(writer.offer(new Line(LogLevel.INFO, "third"))).isTrue();
        assertThat(writer.offer(new Line(LogLevel.INFO, "lost"))).isFalse();
        assertThat(writer.dropped().value()).isEqualTo(1);
        go.release(100);
        writer.close();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("first", "second", "third")
                .doesNotContain("\tlost\t")
                .contains("lines dropped because the output is slow\tcount=1");
    }

    private static Response ask(Logs logs, Map<String, List<String>> query) {
        return logs.answer(new Request("POST", "/logging", query, Map.of(), ""));
    }
}

package dev.culvert.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class EarlyLoggingTest {

    /// What a process does before its log is started: its settings touch Netty, and something may be wrong.
    static final class Early {
        private Early() {}

        public static void main(String[] arguments) {
            NetUtil.isValidIpV4Address("10.0.0.1");
            LoggerFactory.getLogger("early").info("unimportant");
            LoggerFactory.getLogger("early").warn("important");
        }
    }

    @Test
    void aProcessSaysNothingButWarningsBeforeItsLogIsStarted() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Early.class.getName())
                .start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                    .isEmpty();
            assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8))
                    .isEqualTo("WARN early: important\n");
        } finally {
            process.destroyForcibly();
        }
    }
}

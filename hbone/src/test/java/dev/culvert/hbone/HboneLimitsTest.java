package dev.culvert.hbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The defaults, which a peer of another make relies on, and what cannot be set.
class HboneLimitsTest {

    @Test
    void theDefaultsAreThoseOfIstiosNodeProxy() {
        HboneLimits limits = HboneLimits.DEFAULT;
        assertThat(limits.windows())
                .isEqualTo(new HboneLimits.Windows(4_194_304, 16_777_216, 1_048_576, 262_144, 65_536));
        assertThat(limits.streams()).isEqualTo(new HboneLimits.Streams(200, 100, 65_536, 16_384));
        HboneLimits.Timers timers = limits.timers();
        assertThat(timers.handshake()).isEqualTo(Duration.ofSeconds(10));
        assertThat(timers.preface()).isEqualTo(Duration.ofSeconds(10));
        assertThat(timers.pingAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(timers.pongWithin()).isEqualTo(Duration.ofSeconds(20));
        assertThat(timers.idle()).isEqualTo(Duration.ofMinutes(5));
    }

    /// RFC 9113, sections 6.5.2 and 6.9: what the protocol itself does not allow.
    @ParameterizedTest
    @CsvSource({
        "0, 16777216, 1048576, 262144, 65536, streamBytes is 0",
        "4194304, 65534, 1048576, 262144, 65536, connectionBytes is 65534",
        "4194304, 16777216, 16383, 262144, 65536, frameBytes is 16383",
        "4194304, 16777216, 16777216, 262144, 65536, frameBytes is 16777216",
        "4194304, 16777216, 1048576, 65536, 65536, sendHighBytes is 65536",
        "4194304, 16777216, 1048576, 262144, -1, sendLowBytes is -1"
    })
    void windowsOutOfRangeAreRefusedByName(int stream, int connection, int frame, int high, int low, String message) {
        assertThatThrownBy(() -> new HboneLimits.Windows(stream, connection, frame, high, low))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 100, 65536, 16384, served is 0",
        "200, 0, 65536, 16384, used is 0",
        "200, 100, 0, 16384, requestHeaderBytes is 0",
        "200, 100, 65536, -1, replyHeaderBytes is -1"
    })
    void streamLimitsOutOfRangeAreRefusedByName(int served, int used, int request, int reply, String message) {
        assertThatThrownBy(() -> new HboneLimits.Streams(served, used, request, reply))
                .hasMessageContaining(message);
    }

    @Test
    void changingOnePartKeepsTheOthers() {
        HboneLimits.Streams streams = new HboneLimits.Streams(1, 2, 3, 4);
        HboneLimits changed = HboneLimits.DEFAULT.withStreams(streams);
        assertThat(changed.streams()).isEqualTo(streams);
        assertThat(changed.withStreams(HboneLimits.Streams.DEFAULT)).isEqualTo(HboneLimits.DEFAULT);
    }
}

package dev.culvert.controlplane.caller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/// How often an address may fail.
final class FailureLimiterTest {
    private final ManualClock time = new ManualClock(Instant.parse("2026-06-01T12:00:00Z"));
    private final FailureLimiter limiter = new FailureLimiter(time.withZone(ZoneOffset.UTC));

    @Test
    void anAddressMayFailSoManyTimesAndThenOnceASecond() {
        assertThat(failures("10.0.0.1", 100)).isEqualTo(FailureLimiter.BURST);
        assertThat(limiter.exhausted("10.0.0.1")).isTrue();
        time.advance(Duration.ofMillis(999));
        assertThat(limiter.exhausted("10.0.0.1")).isTrue();
        time.advance(Duration.ofMillis(1));
        assertThat(limiter.exhausted("10.0.0.1")).isFalse();
        assertThat(failures("10.0.0.1", 100)).isEqualTo(1);
        time.advance(Duration.ofSeconds(5));
        assertThat(failures("10.0.0.1", 100)).isEqualTo(5);
    }

    /// A refused try takes nothing, so that whoever goes on guessing gets its try back like anybody else.
    @Test
    void guessingOnDoesNotPutTheNextTryOff() {
        assertThat(failures("10.0.0.1", 100)).isEqualTo(FailureLimiter.BURST);
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofMillis(100));
            assertThat(failures("10.0.0.1", 5)).isEqualTo(i == 9 ? 1 : 0);
        }
    }

    @Test
    void addressesDoNotShareTheirTries() {
        assertThat(failures("10.0.0.1", 100)).isEqualTo(FailureLimiter.BURST);
        assertThat(limiter.exhausted("10.0.0.2")).isFalse();
        assertThat(failures("10.0.0.2", 100)).isEqualTo(FailureLimiter.BURST);
    }

    @Test
    void noMoreTriesGatherThanTheFirst() {
        assertThat(failures("10.0.0.1", 100)).isEqualTo(FailureLimiter.BURST);
        time.advance(Duration.ofDays(1));
        assertThat(failures("10.0.0.1", 100)).isEqualTo(FailureLimiter.BURST);
    }

    @Test
    void aClockThatIsSetBackGivesAndTakesNothing() {
        assertThat(failures("10.0.0.1", 100)).isEqualTo(FailureLimiter.BURST);
        time.advance(Duration.ofHours(-1));
        assertThat(limiter.exhausted("10.0.0.1")).isTrue();
        time.advance(Duration.ofSeconds(1));
        assertThat(limiter.exhausted("10.0.0.1")).isTrue();
    }

    @Test
    void remembersSoManyAddressesAndForgetsTheOneThatFailedLongestAgo() {
        assertThat(failures("first", 100)).isEqualTo(FailureLimiter.BURST);
        assertThat(failures("second", 100)).isEqualTo(FailureLimiter.BURST);
        assertThat(limiter.tryFail("first"))
                .as("failed again, so it is younger than the second")
                .isFalse();
        for (int i = 2; i <= FailureLimiter.MAX_ADDRESSES; i++) {
            assertThat(limiter.tryFail("other-" + i)).isTrue();
        }
        assertThat(limiter.exhausted("first")).isTrue();
        assertThat(limiter.exhausted("second")).isFalse();
    }

    private int failures(String address, int times) {
        int allowed = 0;
        for (int i = 0; i < times; i++) {
            if (limiter.tryFail(address)) {
                allowed++;
            }
        }
        return allowed;
    }
}

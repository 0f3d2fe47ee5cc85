package dev.culvert.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.culvert.api.waypoint.RetryPolicy;
import dev.culvert.waypoint.upstream.RetryRules.Ending;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// When a request is tried again, and after how long.
class RetryRulesTest {
    private static final Ending NOT_CONNECTED = new Ending.NotConnected();

    @Test
    void byDefaultWhatDidNotReachTheServerIsTriedTwiceMore() {
        RetryRules rules = RetryRules.DEFAULT;

        assertThat(rules.again(NOT_CONNECTED, 1)).isTrue();
        assertThat(rules.again(NOT_CONNECTED, 2)).isTrue();
        assertThat(rules.again(NOT_CONNECTED, 3)).isFalse();
        assertThat(rules.again(new Ending.Refused(), 1)).isTrue();
        assertThat(rules.again(new Ending.Reset(false), 1)).isTrue();
    }

    @Test
    void byDefaultWhatMayHaveBeenProcessedIsNotTriedAgain() {
        RetryRules rules = RetryRules.DEFAULT;

        assertThat(rules.again(new Ending.Reset(true), 1)).isFalse();
        assertThat(rules.again(new Ending.TimedOut(), 1)).isFalse();
        assertThat(rules.again(new Ending.Answered(503, -1), 1)).isFalse();
    }

    @Test
    void grpcThatIsUnavailableOrCancelledIsTriedAgain() {
        assertThat(RetryRules.DEFAULT.again(new Ending.Answered(200, 14), 1)).isTrue();
        assertThat(RetryRules.DEFAULT.again(new Ending.Answered(200, 1), 1)).isTrue();
        assertThat(RetryRules.DEFAULT.again(new Ending.Answered(200, 13), 1)).isFalse();
        assertThat(RetryRules.DEFAULT.again(new Ending.Answered(200, 0), 1)).isFalse();
    }

    @Test
    void numbersAmongTheWordsAreStatuses() {
        RetryRules rules = RetryRules.decode(RetryPolicy.newBuilder()
                .setAttempts(1)
                .addOn("gateway-error, 418")
                .addStatuses(500)
                .build());

        assertThat(rules.again(new Ending.Answered(418, -1), 1)).isTrue();
        assertThat(rules.again(new Ending.Answered(500, -1), 1)).isTrue();
        assertThat(rules.again(new Ending.Answered(502, -1), 1)).isTrue();
        assertThat(rules.again(new Ending.Answered(505, -1), 1)).isFalse();
        assertThat(rules.again(new Ending.Answered(502, -1), 2)).isFalse();
    }

    @Test
    void noAttemptsMeansNoOtherTry() {
        RetryRules rules = RetryRules.decode(RetryPolicy.getDefaultInstance());

        assertThat(rules.again(NOT_CONNECTED, 1)).isFalse();
    }

    @Test
    void pausesGrowToTenTimesTheBase() {
        RetryRules rules = RetryRules.decode(RetryPolicy.newBuilder()
                .setAttempts(99)
                .setBackoff(Duration.newBuilder().setNanos(10_000_000))
                .build());
        Random random = new Random(3);

        for (int tries = 1; tries < 60; tries++) {
            long bound = Math.min(100, 10L << Math.min(tries - 1, 10));
            assertThat(rules.pause(tries, random).toNanos()).isBetween(0L, bound * 1_000_000);
        }
    }
}

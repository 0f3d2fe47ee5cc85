package dev.culvert.hbone.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.hbone.HboneLimits;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final HboneLimits.Floods FLOODS =
            new HboneLimits.Floods(Duration.ofSeconds(30), 2, 3, 4, 5, 6, 7, 8, 9, 2);

    @Test
    void eachFloodHasItsOwnNumber() {
        var ticker = Ticker.newMockTicker();
        FloodGuard guard = new FloodGuard(FLOODS, ticker);
        Map<ThrowingCallable, Integer> limits = Map.of(
                guard::reset, 2,
                guard::provokedReset, 3,
                guard::settings, 4,
                guard::ping, 5,
                guard::emptyData, 6,
                guard::windowUpdate, 7,
                guard::ignored, 8,
                guard::controlQueued, 9);

        limits.forEach((event, limit) -> {
            for (int i = 0; i < limit; i++) {
                assertThatCode(event).doesNotThrowAnyException();
            }
            assertThatThrownBy(event)
                    .isInstanceOfSatisfying(
                            Violation.class, calm -> assertThat(calm.code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM));
        });
    }

    @Test
    void aNewPeriodForgetsWhatWasSpent() throws Violation {
        var ticker = Ticker.newMockTicker();
        FloodGuard guard = new FloodGuard(FLOODS, ticker);
        guard.reset();
        guard.reset();

        ticker.advance(30, TimeUnit.SECONDS);

        guard.reset();
        guard.reset();
        assertThatThrownBy(guard::reset).isInstanceOf(Violation.class);
    }

    @Test
    void windowUpdatesThatAnswerOurDataAreFree() throws Violation {
        FloodGuard guard = new FloodGuard(FLOODS, Ticker.newMockTicker());
        for (int frame = 0; frame < 100; frame++) {
            for (int i = 0; i < 7; i++) {
                guard.windowUpdate();
            }
            guard.dataSent();
        }
    }

    @Test
    void queuedAnswersAreForgottenOnceTheyAreWritten() throws Violation {
        FloodGuard guard = new FloodGuard(FLOODS, Ticker.newMockTicker());
        for (int i = 0; i < 100; i++) {
            guard.controlQueued();
            guard.controlDrained();
        }
    }

    @Test
    void creditComesBackInHalvesOfTheWindow() {
        ReceiveWindow window = new ReceiveWindow(100);

        assertThat(window.take(100)).isTrue();
        assertThat(window.giveBack(49)).isZero();
        assertThat(window.giveBack(1)).isEqualTo(50);
        assertThat(window.take(50)).isTrue();
        assertThat(window.take(1)).isFalse();
    }

    @Test
    void aHeaderBlockIsBoundedInBytesAndInFrames() throws Violation {
        HeaderBlock block = new HeaderBlock(10, 2);
        block.open(1, false, Unpooled.wrappedBuffer(new byte[6]));
        block.continued(Unpooled.EMPTY_BUFFER);
        block.continued(Unpooled.wrappedBuffer(new byte[4]));
        assertThatThrownBy(() -> block.continued(Unpooled.EMPTY_BUFFER)).isInstanceOf(Violation.class);
        block.close();

        block.open(3, false, Unpooled.wrappedBuffer(new byte[6]));
        assertThatThrownBy(() -> block.continued(Unpooled.wrappedBuffer(new byte[5])))
                .isInstanceOf(Violation.class);
        block.close();
        assertThat(block.isOpen()).isFalse();
    }
}

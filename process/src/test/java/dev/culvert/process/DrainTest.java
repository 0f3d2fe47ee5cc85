package dev.culvert.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class DrainTest {
    private final List<Duration> delays = new ArrayList<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private final Drain drain = new Drain(delay -> {
        delays.add(delay);
        return timers::add;
    });

    @Test
    void isDoneWhenTheLastHasLeft() {
        Drain.Membership one = drain.join(mode -> heard.add("one " + mode));
        Drain.Membership two = drain.join(mode -> heard.add("two " + mode));
        assertThat(drain.mode()).isNull();
        CompletionStage<Void> done = drain.graceful(Duration.ofSeconds(5));
        assertThat(heard).containsExactly("one GRACEFUL", "two GRACEFUL");
        one.close();
        one.close();
        assertThat(isDone(done)).isFalse();
        two.close();
        assertThat(isDone(done)).isTrue();
    }

    @Test
    void cutsWhatIsLeftAtTheDeadline() {
        Drain.Membership member = drain.join(mode -> heard.add(mode.name()));
        CompletionStage<Void> done = drain.graceful(Duration.ofSeconds(5));
        assertThat(delays).containsExactly(Duration.ofSeconds(5));
        timers.getFirst().run();
        assertThat(heard).containsExactly("GRACEFUL", "IMMEDIATE");
        assertThat(isDone(done)).isFalse();
        member.close();
        assertThat(isDone(done)).isTrue();
    }

    @Test
    void isDoneAtOnceWhenNobodyJoined() {
        assertThat(isDone(drain.graceful(Duration.ofSeconds(5)))).isTrue();
        assertThat(timers).isEmpty();
    }

    @Test
    void tellsALateMemberAtOnceAndOnlyOnce() {
        drain.join(_ -> {});
        drain.immediate();
        drain.graceful(Duration.ofSeconds(1));
        drain.join(mode -> heard.add(mode.name()));
        drain.immediate();
        assertThat(heard).containsExactly("IMMEDIATE");
    }

    @Test
    void waitsForItsChildrenWhichMayEndBefore() {
        Drain early = drain.child();
        Drain late = drain.child();
        Drain.Membership inEarly = early.join(mode -> heard.add("early " + mode));
        Drain.Membership inLate = late.join(mode -> heard.add("late " + mode));
        CompletionStage<Void> earlyDone = early.immediate();
        inEarly.close();
        assertThat(isDone(earlyDone)).isTrue();
        assertThat(drain.mode()).isNull();
        CompletionStage<Void> done = drain.graceful(Duration.ofSeconds(1));
        assertThat(heard).containsExactly("early IMMEDIATE", "late GRACEFUL");
        assertThat(isDone(done)).isFalse();
        inLate.close();
        assertThat(isDone(done)).isTrue();
    }

    private static boolean isDone(CompletionStage<Void> stage) {
        return stage.toCompletableFuture().isDone();
    }
}

package dev.culvert.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class SignalsTest {
    private final List<String> stops = new CopyOnWriteArrayList<>();
    private final AtomicInteger exits = new AtomicInteger();
    private final Signals signals = new Signals(stops::add, exits::incrementAndGet);

    @Test
    void stopsOnceOnTheFirstSignal() {
        signals.arrived("SIGTERM");
        signals.arrived("SIGTERM");
        Awaitility.await().until(() -> !stops.isEmpty());
        assertThat(stops).containsExactly("SIGTERM");
        assertThat(exits).hasValue(0);
    }

    @Test
    void leavesAtOnceOnAnInterruptWhileStopping() {
        signals.arrived("SIGINT");
        signals.arrived("SIGINT");
        assertThat(exits).hasValue(1);
    }

    @Test
    void takesASignalOfTheSystem() throws Exception {
        Signals.handle("USR2", exits::incrementAndGet);
        new ProcessBuilder(
                        "kill", "-USR2", Long.toString(ProcessHandle.current().pid()))
                .start()
                .waitFor();
        Awaitility.await().until(() -> exits.get() == 1);
    }
}

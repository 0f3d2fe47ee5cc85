package dev.culvert.e2e;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Tells on the terminal what happens and which checks held. Used from the main thread.
final class Narrator {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final PrintStream out;
    private final long start = System.nanoTime();
    private final List<String> failed = new ArrayList<>();
    private int held;

    Narrator(PrintStream out) {
        this.out = out;
    }

    /// What is done next.
    void step(String what) {
        out.printf("%n[%5.1f s] %s%n", (System.nanoTime() - start) / 1e9, what);
    }

    /// What a program printed.
    void show(String text) {
        text.strip().lines().forEach(line -> out.println("          " + line));
    }

    /// A claim, and whether it held.
    void check(String claim, boolean holds, String evidence) {
        if (holds) {
            held++;
            out.println("     ok   " + claim);
        } else {
            failed.add(claim);
            out.println("   FAILED " + claim + (evidence.isEmpty() ? "" : ": " + evidence));
        }
    }

    /// Asks until the answer is yes, for 15 s.
    static boolean eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /// The claims that did not hold.
    List<String> failed() {
        return List.copyOf(failed);
    }

    /// Prints the result.
    ///
    /// @return the exit code
    int summary() {
        out.printf("%n%d checks held, %d failed%n", held, failed.size());
        return failed.isEmpty() ? 0 : 1;
    }
}

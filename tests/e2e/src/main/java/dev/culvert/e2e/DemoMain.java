package dev.culvert.e2e;

import dev.culvert.testkit.netns.Lab;
import dev.culvert.testkit.netns.LabOptions;
import dev.culvert.testkit.netns.MeshLab;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// The `./demo` command: starts the mesh, shows and checks what it does, stays up, cleans up.
///
/// Arguments: the repository's root, then `--once` to stop after the checks. Exit code 0 when every check held,
/// 1 when one did not, 2 for wrong arguments.
public final class DemoMain {
    private static final String LAB = "demo";

    private DemoMain() {}

    /// Runs the demonstration.
    public static void main(String[] arguments) {
        boolean once = arguments.length == 2 && arguments[1].equals("--once");
        if (arguments.length != 1 && !once) {
            System.err.println("usage: ./demo [--once]");
            System.exit(2);
        }
        Path distribution = Path.of(arguments[0]).resolve("daemonset/dist/target/culvert");
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicBoolean cleaned = new AtomicBoolean();
        Cleanup cleanup = new Cleanup(cleaned);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            interrupted.countDown();
                            cleanup.run();
                        },
                        "demo-cleanup"));
        System.exit(show(distribution, once, interrupted, cleanup));
    }

    private static int show(Path distribution, boolean once, CountDownLatch interrupted, Cleanup cleanup) {
        Narrator narrator = new Narrator(System.out);
        try {
            Lab.cleanAbandoned();
            narrator.step("starting a control plane and two nodes");
            MeshLab mesh = MeshLab.start(LabOptions.twoNodes(LAB, distribution));
            cleanup.mesh = mesh;
            try (Demo demo = new Demo(mesh, narrator)) {
                demo.populate();
                demo.showAll();
                if (!once && narrator.failed().isEmpty()) {
                    demo.menu();
                    interrupted.await();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            narrator.check("the demonstration runs to its end", false, String.valueOf(e.getMessage()));
        }
        cleanup.run();
        List<String> left = Lab.leftOf(LAB);
        narrator.check("nothing is left behind", left.isEmpty(), String.join(" ", left));
        return narrator.summary();
    }

    /// Takes the lab away, once, whoever asks first.
    private static final class Cleanup implements Runnable {
        private final AtomicBoolean done;
        private volatile @org.jspecify.annotations.Nullable MeshLab mesh;

        Cleanup(AtomicBoolean done) {
            this.done = done;
        }

        @Override
        public synchronized void run() {
            MeshLab running = mesh;
            if (running != null && done.compareAndSet(false, true)) {
                running.close();
            }
        }
    }
}

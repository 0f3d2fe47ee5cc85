package dev.culvert.e2e;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.TcpProbe;
import dev.culvert.testkit.netns.TcpProbe.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients that open a connection, exchange a line and close it, over and over, and remember each failure.
final class Load implements AutoCloseable {
    private final MeshCase mesh;
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<Outcome> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean stopped;

    private Load(MeshCase mesh) {
        this.mesh = mesh;
    }

    /// `clients` of them from one pod to one address.
    static Load start(MeshCase mesh, LabPod from, String host, int port, int clients) {
        Load load = new Load(mesh);
        for (int i = 0; i < clients; i++) {
            load.threads.add(Thread.ofVirtual().start(() -> load.run(from, host, port)));
        }
        return load;
    }

    private void run(LabPod from, String host, int port) {
        TcpProbe probe = mesh.probe;
        while (!stopped) {
            Outcome outcome = probe.echo(from, host, port, "ping");
            if (outcome.equals(new Outcome.Answered("ping"))) {
                answered.incrementAndGet();
            } else {
                failures.add(outcome);
            }
            MeshCase.pause(5);
        }
    }

    /// How many exchanges succeeded so far.
    int answered() {
        return answered.get();
    }

    /// The exchanges that did not.
    List<Outcome> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.culvert.ztunnel.pod;

import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.PodIdentity;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.flow.LoopState;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Cuts the connections of a pod, or waits until it has none. Thread-safe.
final class PodEnd {
    private static final long LOOK_MILLIS = 100;

    private final DataPath dataPath;
    private final EventExecutor executor;

    PodEnd(DataPath dataPath, EventExecutor executor) {
        this.dataPath = dataPath;
        this.executor = executor;
    }

    /// Cuts what is open for `reason`, and the tunnels that were made in the pod's name.
    void cut(PodIdentity pod, CloseReason reason) {
        dataPath.endPod(pod, reason);
    }

    /// Runs `action` once no connection of `pod` is open. It looks every now and then: a drain is rare, and a
    /// connection that ends has nobody to tell but its table.
    void whenIdle(PodIdentity pod, Runnable action) {
        AtomicInteger loopsLeft = new AtomicInteger(dataPath.loops().all().size());
        AtomicInteger open = new AtomicInteger();
        dataPath.loops().post(loop -> {
            open.addAndGet(count(loop, pod));
            if (loopsLeft.decrementAndGet() == 0) {
                counted(pod, open.get(), action);
            }
        });
    }

    private static int count(LoopState loop, PodIdentity pod) {
        int[] count = new int[1];
        loop.connections().forEach(entry -> count[0] += entry.pod().equals(pod) ? 1 : 0);
        return count[0];
    }

    private void counted(PodIdentity pod, int open, Runnable action) {
        if (open == 0) {
            executor.execute(action);
        } else {
            var _ = executor.schedule(() -> whenIdle(pod, action), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}

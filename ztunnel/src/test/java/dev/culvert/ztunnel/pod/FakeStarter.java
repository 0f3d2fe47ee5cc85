package dev.culvert.ztunnel.pod;

import dev.culvert.linux.Netns;
import dev.culvert.process.Drain;
import dev.culvert.ztunnel.connection.PodIdentity;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Starts nothing, and remembers what it was told; refuses the pods that it was told to refuse.
public final class FakeStarter implements PodStarter {
    public final List<String> log = new CopyOnWriteArrayList<>();
    public final Set<String> refused = ConcurrentHashMap.newKeySet();

    @Override
    public CompletionStage<Void> start(PodIdentity pod, Netns netns, Drain drain) {
        if (refused.contains(pod.uid())) {
            return CompletableFuture.failedFuture(new IllegalStateException("no listener for " + pod.uid()));
        }
        log.add("start " + pod.uid());
        Drain.Membership[] place = new Drain.Membership[1];
        place[0] = drain.join(mode -> {
            log.add("stop " + pod.uid() + " " + mode);
            if (place[0] != null) {
                place[0].close();
            }
        });
        return CompletableFuture.completedFuture(null);
    }
}

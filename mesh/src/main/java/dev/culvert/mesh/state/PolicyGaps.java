package dev.culvert.mesh.state;

import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.Workload;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The policies that workloads of this node list and that have not come. Thread-safe: loops notice, the state thread
/// clears.
///
/// A policy is waited for from the moment when a connection first misses it, not anew for each connection: so one
/// that never comes costs its workload one short wait.
final class PolicyGaps {
    private static final Logger log = LoggerFactory.getLogger(PolicyGaps.class);

    private final Map<PolicyKey, Gap> gaps = new ConcurrentHashMap<>();

    private record Gap(long since, AtomicBoolean told) {}

    /// How much longer connections to `own` should wait for its policies; not positive when they need not.
    long nanosLeft(MeshSnapshot world, Workload own, long patience) {
        if (own.policies().isEmpty()) {
            return 0;
        }
        long now = System.nanoTime();
        long left = 0;
        for (PolicyKey missing : world.missingPolicies(own)) {
            Gap gap = gaps.computeIfAbsent(missing, _ -> new Gap(now, new AtomicBoolean()));
            long here = patience - (now - gap.since());
            if (here <= 0 && gap.told().compareAndSet(false, true)) {
                log.atWarn()
                        .addKeyValue("workload", own.uid())
                        .addKeyValue("policy", missing)
                        .log("policy of a workload has not come; connections are judged without it");
            }
            left = Math.max(left, here);
        }
        return left;
    }

    /// Forgets what has come.
    void clear(MeshSnapshot world) {
        gaps.keySet().removeIf(world::hasPolicy);
    }
}

package dev.culvert.mesh.state;

import dev.culvert.api.SpiffeId;
import dev.culvert.mesh.model.Workload;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Counts the workloads of this node by identity, to tell when one is first needed and when no more.
///
/// Confined to the state thread. A change of a workload that keeps its identity is no event, for counts are
/// compared at the end of a batch only.
final class LocalIdentities {
    private final Map<SpiffeId, Use> uses = new HashMap<>();
    private final Map<SpiffeId, Use> before = new HashMap<>();

    /// How many workloads have an identity, and how many of these speak HBONE.
    private record Use(int all, int hbone) {
        static final Use NONE = new Use(0, 0);

        Use plus(Workload workload, int step) {
            boolean hbone = workload.isHbone() || workload.nativeTunnel();
            return new Use(all + step, this.hbone + (hbone ? step : 0));
        }
    }

    void count(@Nullable Workload gone, @Nullable Workload come) {
        add(gone, -1);
        add(come, 1);
    }

    private void add(@Nullable Workload workload, int step) {
        SpiffeId identity = workload == null ? null : workload.identity();
        if (workload == null || identity == null) {
            return;
        }
        Use use = uses.getOrDefault(identity, Use.NONE);
        before.putIfAbsent(identity, use);
        Use next = use.plus(workload, step);
        if (next.all() == 0) {
            uses.remove(identity);
        } else {
            uses.put(identity, next);
        }
    }

    /// Ends a batch: tells what it came to.
    void report(Iterable<IdentityListener> listeners) {
        Set<SpiffeId> appeared = new HashSet<>();
        Set<SpiffeId> vanished = new HashSet<>();
        before.forEach((identity, was) -> {
            Use is = uses.getOrDefault(identity, Use.NONE);
            if (was.hbone() == 0 && is.hbone() > 0) {
                appeared.add(identity);
            }
            if (was.all() > 0 && is.all() == 0) {
                vanished.add(identity);
            }
        });
        before.clear();
        for (IdentityListener listener : listeners) {
            vanished.forEach(listener::vanished);
            appeared.forEach(listener::appeared);
        }
    }
}

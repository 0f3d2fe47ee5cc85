package dev.culvert.controlplane;

import dev.culvert.api.SpiffeId;
import dev.culvert.api.workload.Workload;
import dev.culvert.controlplane.ca.NodePods;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Which identities have a pod on which node, by the workloads that are derived: pods that have not
/// ended.
///
/// Thread-safe: written by whoever writes the tables, one at a time, and read by the certificate
/// service.
final class NodeIdentities implements NodePods {
    private static final String DEFAULT_TRUST_DOMAIN = "cluster.local";
    private static final String DEFAULT_ACCOUNT = "default";

    private final Map<String, Placed> byUid = new HashMap<>();
    private final Map<Placed, Set<String>> uids = new ConcurrentHashMap<>();

    private record Placed(String node, SpiffeId identity) {}

    @Override
    public boolean runsOn(String node, SpiffeId identity) {
        return uids.containsKey(new Placed(node, identity));
    }

    void put(String uid, Workload workload) {
        Placed now = placed(workload);
        Placed before = now == null ? byUid.remove(uid) : byUid.put(uid, now);
        if (now != null && !now.equals(before)) {
            uids.compute(now, (_, old) -> {
                Set<String> with = old == null ? new HashSet<>() : new HashSet<>(old);
                with.add(uid);
                return with;
            });
        }
        if (before != null && !before.equals(now)) {
            forget(uid, before);
        }
    }

    void remove(String uid) {
        Placed before = byUid.remove(uid);
        if (before != null) {
            forget(uid, before);
        }
    }

    private void forget(String uid, Placed before) {
        uids.computeIfPresent(before, (_, old) -> {
            Set<String> without = new HashSet<>(old);
            without.remove(uid);
            return without.isEmpty() ? null : without;
        });
    }

    private static @Nullable Placed placed(Workload workload) {
        if (workload.getNode().isEmpty()) {
            return null;
        }
        String domain = workload.getTrustDomain().isEmpty() ? DEFAULT_TRUST_DOMAIN : workload.getTrustDomain();
        String account = workload.getServiceAccount().isEmpty() ? DEFAULT_ACCOUNT : workload.getServiceAccount();
        return new Placed(workload.getNode(), new SpiffeId(domain, workload.getNamespace(), account));
    }
}

package dev.culvert.mesh.state;

import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// The policies by whom they concern.
///
/// Immutable. Policies are few beside workloads and change seldom, so a change makes all of it anew.
final class PolicyIndex {
    static final PolicyIndex EMPTY = new PolicyIndex(new TreeMap<>());

    private final NavigableMap<PolicyKey, Authorization> byKey;
    private final Map<String, List<Authorization>> byNamespace = new HashMap<>();
    private final List<Authorization> global = new ArrayList<>();

    private PolicyIndex(NavigableMap<PolicyKey, Authorization> byKey) {
        this.byKey = Collections.unmodifiableNavigableMap(byKey);
        for (Authorization policy : byKey.values()) {
            switch (policy.scope()) {
                case GLOBAL -> global.add(policy);
                case NAMESPACE ->
                    byNamespace
                            .computeIfAbsent(policy.key().namespace(), namespace -> new ArrayList<>())
                            .add(policy);
                case WORKLOAD_SELECTOR -> {
                    // Applies only where a workload lists it.
                }
            }
        }
    }

    NavigableMap<PolicyKey, Authorization> byKey() {
        return byKey;
    }

    /// The policies of this index with some removed, then some put in.
    PolicyIndex with(List<PolicyKey> removed, List<Authorization> upserted) {
        NavigableMap<PolicyKey, Authorization> next = new TreeMap<>(byKey);
        removed.forEach(next::remove);
        upserted.forEach(policy -> next.put(policy.key(), policy));
        return next.equals(byKey) ? this : new PolicyIndex(next);
    }

    /// Those that concern `workload`: of its namespace, global, and those that it lists; each once.
    List<Authorization> concerning(Workload workload) {
        List<Authorization> ofNamespace = byNamespace.getOrDefault(workload.namespace(), List.of());
        List<Authorization> all = new ArrayList<>(
                ofNamespace.size() + global.size() + workload.policies().size());
        all.addAll(ofNamespace);
        all.addAll(global);
        for (PolicyKey key : workload.policies()) {
            Authorization listed = byKey.get(key);
            if (listed != null && !included(listed, workload)) {
                all.add(listed);
            }
        }
        return Collections.unmodifiableList(all);
    }

    private static boolean included(Authorization policy, Workload workload) {
        return switch (policy.scope()) {
            case GLOBAL -> true;
            case NAMESPACE -> policy.key().namespace().equals(workload.namespace());
            case WORKLOAD_SELECTOR -> false;
        };
    }
}

package dev.culvert.mesh.state;

import dev.culvert.mesh.model.Endpoint;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadUid;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which workloads are endpoints of which service.
///
/// Immutable. What workloads declare is kept whole, also for a service that is not known yet and for
/// workloads in ill health; what a service has follows from it. So an endpoint that was staged or filtered
/// comes back by itself when the service arrives or changes its mind.
///
/// @param declared what workloads say, by service
/// @param attached for each known service the declared ones that it keeps; the same object where it keeps all
record EndpointIndex(
        ShardedMap<NamespacedHostname, Endpoints> declared, ShardedMap<NamespacedHostname, Endpoints> attached) {
    static final EndpointIndex EMPTY = new EndpointIndex(ShardedMap.empty(), ShardedMap.empty());

    Editor edit() {
        return new Editor(this);
    }

    /// Changes gathered by service, so that a batch touches each service once.
    ///
    /// Confined to the thread that edits.
    static final class Editor {
        private static final Endpoints.Change GONE = new Endpoints.Change.Gone();

        private final EndpointIndex base;
        private final Map<NamespacedHostname, SortedMap<WorkloadUid, Endpoints.Change>> changes = new HashMap<>();

        private Editor(EndpointIndex base) {
            this.base = base;
        }

        /// A workload was `before` and is `after`; null is not there.
        void change(@Nullable Workload before, @Nullable Workload after) {
            Map<NamespacedHostname, PortMap> old = before == null ? Map.of() : before.services();
            Map<NamespacedHostname, PortMap> now = after == null ? Map.of() : after.services();
            if (before != null) {
                for (NamespacedHostname service : old.keySet()) {
                    if (!now.containsKey(service)) {
                        touch(service).put(before.uid(), GONE);
                    }
                }
            }
            if (after != null) {
                boolean sameHealth = before != null && before.health() == after.health();
                now.forEach((service, ports) -> {
                    PortMap oldPorts = old.get(service);
                    if (!sameHealth || oldPorts == null || !ports.equals(oldPorts)) {
                        Endpoint endpoint = new Endpoint(after.uid(), ports, after.health());
                        touch(service).put(after.uid(), new Endpoints.Change.Set(endpoint));
                    }
                });
            }
        }

        /// The changes to this service; asking is enough to have it filtered anew.
        SortedMap<WorkloadUid, Endpoints.Change> touch(NamespacedHostname service) {
            return changes.computeIfAbsent(service, key -> new TreeMap<>());
        }

        EndpointIndex build(ServiceIndex services) {
            ShardedMap.Editor<NamespacedHostname, Endpoints> declared = base.declared.edit();
            ShardedMap.Editor<NamespacedHostname, Endpoints> attached = base.attached.edit();
            changes.forEach((key, change) -> {
                Endpoints before = declared.get(key);
                Endpoints after = (before == null ? Endpoints.NONE : before).merge(change);
                if (after != before) {
                    putOrRemove(declared, key, after);
                }
                Service service = services.byKey().get(key);
                putOrRemove(
                        attached,
                        key,
                        service == null ? Endpoints.NONE : after.filter(endpoint -> service.keeps(endpoint.health())));
            });
            return new EndpointIndex(declared.build(), attached.build());
        }

        private static void putOrRemove(
                ShardedMap.Editor<NamespacedHostname, Endpoints> index, NamespacedHostname key, Endpoints value) {
            if (value.isEmpty()) {
                index.remove(key);
            } else {
                index.put(key, value);
            }
        }
    }
}

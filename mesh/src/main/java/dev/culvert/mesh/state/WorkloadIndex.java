package dev.culvert.mesh.state;

import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.NetworkMode;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.model.WorkloadUid;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every way to find a workload.
///
/// Immutable.
///
/// @param byAddress best first: pods before others, then those that take HBONE
/// @param byHostname for gateways that are named by a workload's hostname
/// @param local of this node only
record WorkloadIndex(
        ShardedMap<WorkloadUid, Workload> byUid,
        ShardedMap<NetworkAddress, List<Workload>> byAddress,
        ShardedMap<NamespacedHostname, List<Workload>> byHostname,
        ShardedMap<WorkloadName, List<Workload>> local) {
    static final WorkloadIndex EMPTY =
            new WorkloadIndex(ShardedMap.empty(), ShardedMap.empty(), ShardedMap.empty(), ShardedMap.empty());

    private static final Comparator<Workload> BEST_FIRST =
            Comparator.comparingInt(WorkloadIndex::rank).reversed().thenComparing(Workload::uid);

    private static int rank(Workload workload) {
        return (workload.uid().isPod() ? 2 : 0) + (workload.isHbone() ? 1 : 0);
    }

    Editor edit(LocalNode node) {
        return new Editor(this, node);
    }

    /// Changes to the index, each made in all of its maps.
    ///
    /// Confined to the thread that edits.
    static final class Editor {
        private final LocalNode node;
        private final ShardedMap.Editor<WorkloadUid, Workload> byUid;
        private final ShardedMap.Editor<NetworkAddress, List<Workload>> byAddress;
        private final ShardedMap.Editor<NamespacedHostname, List<Workload>> byHostname;
        private final ShardedMap.Editor<WorkloadName, List<Workload>> local;

        private Editor(WorkloadIndex base, LocalNode node) {
            this.node = node;
            byUid = base.byUid.edit();
            byAddress = base.byAddress.edit();
            byHostname = base.byHostname.edit();
            local = base.local.edit();
        }

        @Nullable
        Workload get(WorkloadUid uid) {
            return byUid.get(uid);
        }

        void add(Workload workload) {
            byUid.put(workload.uid(), workload);
            if (workload.networkMode() == NetworkMode.STANDARD) {
                for (InetAddress address : workload.addresses()) {
                    Listing.add(byAddress, new NetworkAddress(workload.network(), address), workload, BEST_FIRST);
                }
            }
            if (!workload.hostname().isEmpty()) {
                Listing.add(byHostname, hostnameOf(workload), workload, BEST_FIRST);
            }
            if (node.runs(workload)) {
                Listing.add(local, workload.id(), workload, BEST_FIRST);
            }
        }

        void remove(Workload workload) {
            byUid.remove(workload.uid());
            if (workload.networkMode() == NetworkMode.STANDARD) {
                for (InetAddress address : workload.addresses()) {
                    Listing.remove(byAddress, new NetworkAddress(workload.network(), address), workload);
                }
            }
            if (!workload.hostname().isEmpty()) {
                Listing.remove(byHostname, hostnameOf(workload), workload);
            }
            if (node.runs(workload)) {
                Listing.remove(local, workload.id(), workload);
            }
        }

        WorkloadIndex build() {
            return new WorkloadIndex(byUid.build(), byAddress.build(), byHostname.build(), local.build());
        }

        private static NamespacedHostname hostnameOf(Workload workload) {
            return new NamespacedHostname(workload.namespace(), workload.hostname());
        }
    }
}

package dev.culvert.mesh.state;

import dev.culvert.mesh.model.CidrVip;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every way to find a service.
///
/// Immutable. Where several share a key they are kept in the order of their own keys.
///
/// @param withRanges those that have ranges of addresses; few, and asked last, so a list will do
record ServiceIndex(
        ShardedMap<NamespacedHostname, Service> byKey,
        ShardedMap<NetworkAddress, List<Service>> byVip,
        ShardedMap<String, List<Service>> byHostname,
        List<Service> withRanges) {
    static final ServiceIndex EMPTY =
            new ServiceIndex(ShardedMap.empty(), ShardedMap.empty(), ShardedMap.empty(), List.of());

    private static final Comparator<Service> BY_KEY =
            Comparator.comparing(Service::namespace).thenComparing(Service::hostname);

    /// The service that a client of `clientNamespace` means by this address: one that has exactly it, else
    /// one whose range it is in.
    @Nullable
    Service find(NetworkAddress address, @Nullable String clientNamespace) {
        List<Service> exact = byVip.get(address);
        Service best = exact == null ? null : best(exact, clientNamespace);
        return best != null || withRanges.isEmpty() ? best : bestRange(address, clientNamespace);
    }

    /// The one among `candidates` that a client of `clientNamespace` means: of those that it may see, one of
    /// its own namespace, else the last that is canonical, else the first.
    static @Nullable Service best(List<Service> candidates, @Nullable String clientNamespace) {
        Service first = null;
        Service canonical = null;
        for (Service candidate : candidates) {
            if (!candidate.visibleFrom(clientNamespace)) {
                continue;
            }
            if (candidate.namespace().equals(clientNamespace)) {
                return candidate;
            }
            first = first == null ? candidate : first;
            canonical = candidate.canonical() ? candidate : canonical;
        }
        return canonical != null ? canonical : first;
    }

    /// Own namespace before others, then the longer prefix, then the canonical one.
    private @Nullable Service bestRange(NetworkAddress address, @Nullable String clientNamespace) {
        Service best = null;
        int bestRank = -1;
        for (Service candidate : withRanges) {
            if (!candidate.visibleFrom(clientNamespace)) {
                continue;
            }
            for (CidrVip vip : candidate.cidrVips()) {
                int rank = (candidate.namespace().equals(clientNamespace) ? 1 << 10 : 0)
                        + (vip.range().prefixLength() << 1)
                        + (candidate.canonical() ? 1 : 0);
                if (rank > bestRank && vip.contains(address)) {
                    best = candidate;
                    bestRank = rank;
                }
            }
        }
        return best;
    }

    Editor edit() {
        return new Editor(this);
    }

    /// Changes to the index, each made in all of its maps.
    ///
    /// Confined to the thread that edits.
    static final class Editor {
        private final ShardedMap.Editor<NamespacedHostname, Service> byKey;
        private final ShardedMap.Editor<NetworkAddress, List<Service>> byVip;
        private final ShardedMap.Editor<String, List<Service>> byHostname;
        private List<Service> withRanges;

        private Editor(ServiceIndex base) {
            byKey = base.byKey.edit();
            byVip = base.byVip.edit();
            byHostname = base.byHostname.edit();
            withRanges = base.withRanges;
        }

        @Nullable
        Service get(NamespacedHostname key) {
            return byKey.get(key);
        }

        void add(Service service) {
            byKey.put(service.key(), service);
            service.vips().forEach(vip -> Listing.add(byVip, vip, service, BY_KEY));
            Listing.add(byHostname, service.hostname(), service, BY_KEY);
            if (!service.cidrVips().isEmpty()) {
                List<Service> wider = new ArrayList<>(withRanges);
                wider.add(service);
                wider.sort(BY_KEY);
                withRanges = List.copyOf(wider);
            }
        }

        void remove(Service service) {
            byKey.remove(service.key());
            service.vips().forEach(vip -> Listing.remove(byVip, vip, service));
            Listing.remove(byHostname, service.hostname(), service);
            if (!service.cidrVips().isEmpty()) {
                List<Service> narrower = new ArrayList<>(withRanges);
                narrower.remove(service);
                withRanges = List.copyOf(narrower);
            }
        }

        ServiceIndex build() {
            return new ServiceIndex(byKey.build(), byVip.build(), byHostname.build(), withRanges);
        }
    }
}

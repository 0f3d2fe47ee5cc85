package dev.culvert.controlplane;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.discovery.Resource;
import dev.culvert.api.workload.Address;
import dev.culvert.api.workload.Workload;
import dev.culvert.controlplane.derive.ResourceChange;
import dev.culvert.controlplane.derive.ResourceFeed;
import dev.culvert.controlplane.derive.ScopedName;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.xds.PublishedResource;
import dev.culvert.controlplane.xds.ResourceTable;
import dev.culvert.controlplane.xds.ScopedTables;
import dev.culvert.controlplane.xds.ScopedTables.ScopeSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Carries what is derived into the tables that are served, adding what subscriptions need to know
/// of a workload: its node, and the services that it backs.
///
/// Filled on the `derive` thread alone; the tables are thread-safe.
/// The type `Workload` is made here from `Address` when the feed does not have it: the same bytes
/// without the envelope.
final class FeedTables {
    /// Of what is in these types each client gets only what is of its own Gateway.
    private static final Set<String> SCOPED =
            Set.of(TypeUrls.WAYPOINT, TypeUrls.WAYPOINT_SERVICE, TypeUrls.WAYPOINT_WORKLOAD, TypeUrls.WAYPOINT_CLUSTER);

    private final Map<String, ResourceTable> tables = new LinkedHashMap<>();
    private final ScopedTables scoped;
    private final NodeIdentities identities = new NodeIdentities();

    private FeedTables(ScopeSource scopes) {
        scoped = new ScopedTables(SCOPED, scopes);
    }

    /// Tables that follow `feed`, which has not begun yet.
    ///
    /// @param scopes to which Gateway a client belongs
    static FeedTables follow(ResourceFeed feed, ScopeSource scopes) {
        FeedTables followed = new FeedTables(scopes);
        for (String typeUrl : feed.typeUrls()) {
            if (!SCOPED.contains(typeUrl)) {
                followed.tables.put(typeUrl, new ResourceTable(typeUrl));
            }
        }
        if (feed.typeUrls().contains(TypeUrls.ADDRESS)) {
            followed.tables.putIfAbsent(TypeUrls.WORKLOAD, new ResourceTable(TypeUrls.WORKLOAD));
        }
        boolean ownWorkloads = !feed.typeUrls().contains(TypeUrls.WORKLOAD);
        var _ = feed.subscribe(change -> followed.apply(change, ownWorkloads));
        return followed;
    }

    /// Which identities run on which node.
    NodeIdentities identities() {
        return identities;
    }

    Collection<ResourceTable> tables() {
        return List.copyOf(tables.values());
    }

    /// What only the proxies of one Gateway get.
    ScopedTables scoped() {
        return scoped;
    }

    private void apply(ResourceChange change, boolean ownWorkloads) {
        ResourceTable table = tables.get(change.typeUrl());
        if (table == null) {
            applyScoped(change);
            return;
        }
        List<PublishedResource> put = new ArrayList<>(change.upserts().size());
        List<PublishedResource> workloads = new ArrayList<>();
        List<String> noWorkloads = new ArrayList<>(change.removals());
        for (XdsResource resource : change.upserts()) {
            Workload workload = workload(resource);
            put.add(published(resource, resource.body(), workload));
            if (workload != null) {
                workloads.add(published(resource, Any.pack(workload), workload));
                identities.put(resource.name(), workload);
            } else {
                noWorkloads.add(resource.name());
            }
        }
        if (change.typeUrl().equals(TypeUrls.ADDRESS)) {
            change.removals().forEach(identities::remove);
        }
        table.apply(put, change.removals());
        ResourceTable workloadTable = tables.get(TypeUrls.WORKLOAD);
        if (ownWorkloads && workloadTable != null && change.typeUrl().equals(TypeUrls.ADDRESS)) {
            workloadTable.apply(workloads, noWorkloads);
        }
    }

    private void applyScoped(ResourceChange change) {
        Map<String, List<PublishedResource>> put = new LinkedHashMap<>();
        Map<String, List<String>> removed = new LinkedHashMap<>();
        for (XdsResource resource : change.upserts()) {
            ScopedName name = ScopedName.parse(resource.name());
            XdsResource own = new XdsResource(name.name(), resource.version(), resource.body(), resource.aliases());
            put.computeIfAbsent(name.scope(), _ -> new ArrayList<>()).add(published(own, own.body(), null));
        }
        for (String key : change.removals()) {
            ScopedName name = ScopedName.parse(key);
            removed.computeIfAbsent(name.scope(), _ -> new ArrayList<>()).add(name.name());
        }
        Set<String> touched = new HashSet<>(put.keySet());
        touched.addAll(removed.keySet());
        for (String scope : touched) {
            scoped.table(change.typeUrl(), scope)
                    .apply(put.getOrDefault(scope, List.of()), removed.getOrDefault(scope, List.of()));
        }
    }

    private static PublishedResource published(XdsResource resource, Any body, @Nullable Workload workload) {
        Set<String> keys = new HashSet<>(resource.aliases());
        keys.add(resource.name());
        if (workload != null) {
            keys.addAll(workload.getServicesMap().keySet());
        }
        Resource message = Resource.newBuilder()
                .setName(resource.name())
                .setVersion(resource.version())
                .setResource(body)
                .addAllAliases(resource.aliases())
                .build();
        return new PublishedResource(message, keys, workload == null ? "" : workload.getNode());
    }

    private static @Nullable Workload workload(XdsResource resource) {
        try {
            return switch (resource.body().getTypeUrl()) {
                case TypeUrls.ADDRESS -> {
                    Address address = Address.parseFrom(resource.body().getValue());
                    yield address.hasWorkload() ? address.getWorkload() : null;
                }
                case TypeUrls.WORKLOAD -> Workload.parseFrom(resource.body().getValue());
                default -> null;
            };
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("resource " + resource.name() + " was encoded wrongly", e);
        }
    }
}

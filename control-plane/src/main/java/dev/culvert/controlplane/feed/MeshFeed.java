package dev.culvert.controlplane.feed;

import dev.culvert.api.TypeUrls;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Collection;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.derive.ResourceChange;
import dev.culvert.controlplane.derive.ResourceFeed;
import dev.culvert.controlplane.derive.ResourceSnapshot;
import dev.culvert.controlplane.derive.ResourceTable;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.keys.KeySource;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.kube.ResourceEvent;
import dev.culvert.kube.ResourceSource;
import dev.culvert.kube.SourceProblem;
import dev.culvert.kube.resource.ResourceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What node proxies are told about the mesh, derived from the resources of a source and kept up to date.
///
/// Thread-safe. All computing is done on a thread of its own, `derive`: events gather in the inputs, and once
/// the events at hand are in, one pass derives and publishes what they changed.
public final class MeshFeed implements ResourceFeed, AutoCloseable {
    private static final List<String> REFERRED_TO =
            List.of(TypeUrls.AUTHORIZATION, TypeUrls.WAYPOINT, TypeUrls.WAYPOINT_CLUSTER);
    private static final Logger LOG = LoggerFactory.getLogger(MeshFeed.class);

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().name("derive").daemon().unstarted(task));
    private final Graph graph = new Graph();
    private final Map<String, ResourceTable> tables = new LinkedHashMap<>();
    private final List<Consumer<ResourceChange>> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> synced = new CompletableFuture<>();
    private final Map<ResourceKey, Set<String>> accounts = new ConcurrentHashMap<>();
    private final MeshInputs inputs;
    private final KeyGraph keys;
    private final WorkloadGraph workloads;
    private final ProblemGraph problems;
    private final ResourceSource source;
    private ResourceSource.@Nullable Subscription subscription;
    private boolean settleDue;

    /// @param keySource of the keys of token issuers
    /// @param statuses told on the `derive` thread what the status of objects is to say; must return at
    ///     once
    public MeshFeed(
            ResourceSource source, MeshSettings settings, KeySource keySource, Consumer<ObjectStatus> statuses) {
        this.source = source;
        this.inputs = new MeshInputs(graph, settings);
        this.keys = new KeyGraph(graph, inputs, keySource, this::onThread, this::settleSoon);
        NetworkName network = new NetworkName(graph, inputs, settings);
        PolicyGraph policies = new PolicyGraph(graph, inputs, settings);
        WaypointGraph waypoints = new WaypointGraph(graph, inputs, network, settings);
        ServiceGraph services = new ServiceGraph(graph, inputs, network, waypoints, settings);
        TargetGraph targets = new TargetGraph(inputs, waypoints);
        GuardGraph guards = new GuardGraph(graph, inputs, services, targets, settings);
        this.workloads = new WorkloadGraph(
                graph, inputs, network, services, new WorkloadGraph.WorkloadPolicies(policies, guards), settings);
        RouteGraph routes = new RouteGraph(graph, inputs, services, settings);
        this.problems = new ProblemGraph(graph, inputs, routes, settings);
        WaypointResources told = new WaypointResources(graph, inputs, targets, workloads, routes, settings);
        collect(TypeUrls.AUTHORIZATION, policies.resources);
        collect(TypeUrls.AUTHORIZATION, workloads.guards);
        collect(TypeUrls.ADDRESS, new ServiceResources(graph, routes, guards, settings).resources);
        collect(TypeUrls.ADDRESS, workloads.resources);
        collect(TypeUrls.WAYPOINT, List.of(told.waypoints));
        collect(TypeUrls.WAYPOINT_CLUSTER, List.of(told.clusters));
        collect(TypeUrls.WAYPOINT_SERVICE, told.served);
        collect(TypeUrls.WAYPOINT_WORKLOAD, told.attached);
        waypoints.accounts.onChange(change -> {
            Set<String> after = change.after();
            if (after == null) {
                accounts.remove(change.key());
            } else {
                accounts.put(change.key(), Set.copyOf(after));
            }
        });
        var _ = new StatusGraph(graph, inputs, policies, routes, statuses);
    }

    /// Begins to read the source.
    public void start() {
        subscription = source.subscribe(MeshInputs.KINDS, thread, this::accept);
    }

    @Override
    public Set<String> typeUrls() {
        return Set.copyOf(tables.keySet());
    }

    @Override
    public ResourceSnapshot snapshot(String typeUrl) {
        return table(typeUrl).snapshot();
    }

    @Override
    public CompletableFuture<Void> synced() {
        return synced.copy();
    }

    @Override
    public Subscription subscribe(Consumer<ResourceChange> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /// What is wrong with manifests and with the mesh configuration, and what of them waypoints cannot follow,
    /// for an operator.
    public List<SourceProblem> problems() {
        List<SourceProblem> all = new ArrayList<>(source.problems());
        all.addAll(inputs.problems());
        all.addAll(problems.problems());
        return all;
    }

    /// The service accounts that the proxies of a Gateway run as; none when there is no such Gateway.
    public Set<String> waypointAccounts(ResourceKey gateway) {
        return accounts.getOrDefault(gateway, Set.of());
    }

    /// How many pods' workloads have been computed since the start.
    long podsComputed() {
        return workloads.pods.computed();
    }

    @Override
    public void close() {
        if (subscription != null) {
            subscription.close();
        }
        thread.shutdown();
    }

    private void accept(ResourceEvent event) {
        inputs.accept(event);
        settleSoon();
    }

    private void settleSoon() {
        if (!settleDue && inputs.synced()) {
            settleDue = true;
            onThread(this::settle);
        }
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException _) {
            // Closed in the meantime.
        }
    }

    private void settle() {
        settleDue = false;
        try {
            derive();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("cannot derive what changed; the state before stays in force");
            synced.completeExceptionally(e);
        }
    }

    private void derive() {
        graph.settle();
        List<ResourceChange> changes = new ArrayList<>();
        // What others refer to comes first, and goes last.
        REFERRED_TO.forEach(typeUrl -> add(changes, table(typeUrl).publishUpserts()));
        tables.keySet().stream()
                .filter(typeUrl -> !REFERRED_TO.contains(typeUrl))
                .forEach(typeUrl -> add(changes, table(typeUrl).publish()));
        REFERRED_TO.forEach(typeUrl -> add(changes, table(typeUrl).publish()));
        changes.forEach(this::publish);
        // Who comes back must not hear that keys are missing which only have not been asked for yet.
        if (keys.answered() && synced.complete(null)) {
            LOG.atInfo()
                    .addKeyValue("addresses", snapshot(TypeUrls.ADDRESS).all().size())
                    .addKeyValue(
                            "policies", snapshot(TypeUrls.AUTHORIZATION).all().size())
                    .log("first complete state derived");
        }
    }

    private void collect(String typeUrl, List<? extends Collection<String, XdsResource>> from) {
        ResourceTable table = tables.computeIfAbsent(typeUrl, ResourceTable::new);
        from.forEach(table::collect);
    }

    private static void add(List<ResourceChange> changes, @Nullable ResourceChange change) {
        if (change != null) {
            changes.add(change);
        }
    }

    private ResourceTable table(String typeUrl) {
        ResourceTable table = tables.get(typeUrl);
        if (table == null) {
            throw new IllegalArgumentException("there are no resources of type " + typeUrl);
        }
        return table;
    }

    private void publish(ResourceChange change) {
        for (Consumer<ResourceChange> listener : listeners) {
            try {
                listener.accept(change);
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("a listener failed on a change, the others still get it");
            }
        }
    }
}

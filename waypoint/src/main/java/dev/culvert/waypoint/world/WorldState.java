package dev.culvert.waypoint.world;

import dev.culvert.api.waypoint.AttachedWorkload;
import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.Service;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.waypoint.policy.PolicyEnvironment;
import dev.culvert.waypoint.policy.PolicySet;
import dev.culvert.waypoint.ratelimit.RateLimiter;
import dev.culvert.waypoint.route.RetryRule;
import dev.culvert.waypoint.upstream.ClusterTable;
import dev.culvert.waypoint.upstream.Endpoint;
import dev.culvert.waypoint.upstream.EndpointDecoder;
import dev.culvert.waypoint.upstream.Site;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The one writer of the waypoint's world: takes changes of one type at a time, compiles what
/// changed, and publishes. Confined to the state thread, but for [#world], which any thread may
/// read, and [#listen].
///
/// What did not change keeps its compiled form; a change of the waypoint itself compiles all
/// policies and rules anew.
public final class WorldState {
    private final List<Consumer<WaypointWorld>> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Service> services = new TreeMap<>();
    private final Map<String, AttachedWorkload> workloads = new TreeMap<>();
    private volatile WaypointWorld world;

    /// @param site where this waypoint runs
    public WorldState(Site site) {
        Waypoint nobody = Waypoint.getDefaultInstance();
        world = new WaypointWorld(
                nobody,
                PolicyEnvironment.of(nobody),
                Map.of(),
                Map.of(),
                ClusterTable.empty(site),
                new WorldIndex(List.of(), List.of()));
    }

    /// What is known now.
    public WaypointWorld world() {
        return world;
    }

    /// Tells of each new world, on the state thread.
    public void listen(Consumer<WaypointWorld> listener) {
        listeners.add(listener);
    }

    /// What the waypoint is told of itself.
    public void self(Waypoint message) {
        if (!world.self().equals(message)) {
            rebuild(message, PolicyEnvironment.of(message), world.clusters());
        }
    }

    public void services(Map<String, Service> changed, List<String> removed) {
        services.putAll(changed);
        removed.forEach(services::remove);
        rebuild(world.self(), world.environment(), world.clusters());
    }

    public void workloads(Map<String, AttachedWorkload> changed, List<String> removed) {
        workloads.putAll(changed);
        removed.forEach(workloads::remove);
        rebuild(world.self(), world.environment(), world.clusters());
    }

    public void clusters(List<Cluster> changed, List<String> removed) {
        rebuild(world.self(), world.environment(), world.clusters().with(changed, removed, System.nanoTime()));
    }

    private void rebuild(Waypoint self, PolicyEnvironment environment, ClusterTable clusters) {
        WaypointWorld before = world;
        boolean same = before.self().equals(self);
        RetryRule retry = self.hasDefaultRetry()
                ? RetryRule.compile(self.getDefaultRetry(), RetryRule.DEFAULT)
                : RetryRule.DEFAULT;
        Map<String, ServedService> compiled = new HashMap<>();
        services.forEach((name, message) -> {
            ServedService known = before.services().get(name);
            boolean keep = same && known != null && known.is(message);
            RateLimiter limiter = known == null ? RateLimiter.NONE : known.limiter();
            compiled.put(name, keep ? known : new ServedService(message, environment, retry, limiter));
        });
        Map<String, WaypointWorld.Attached> attached = new HashMap<>();
        workloads.forEach((name, message) -> {
            WaypointWorld.Attached known = before.workloads().get(name);
            boolean keep = same && known != null && known.message().equals(message);
            WaypointWorld.Attached next = keep ? known : attached(message, environment, known);
            if (next != null) {
                attached.put(name, next);
            }
        });
        WaypointWorld next = new WaypointWorld(
                self,
                environment,
                Map.copyOf(compiled),
                Map.copyOf(attached),
                clusters,
                new WorldIndex(compiled.values(), attached.values()));
        world = next;
        listeners.forEach(listener -> listener.accept(next));
    }

    private static WaypointWorld.@Nullable Attached attached(
            AttachedWorkload message, PolicyEnvironment environment, WaypointWorld.@Nullable Attached before) {
        Endpoint endpoint = EndpointDecoder.decode(message.getEndpoint());
        if (endpoint == null) {
            return null;
        }
        RateLimiter limiter = RateLimiter.compile(
                message.getPolicies().getRateLimitsList(),
                System::nanoTime,
                before == null ? RateLimiter.NONE : before.limiter());
        return new WaypointWorld.Attached(
                message, endpoint, PolicySet.compile(message.getPolicies(), environment), limiter);
    }
}

package dev.culvert.waypoint.upstream;

import dev.culvert.api.waypoint.ClusterPort;
import dev.culvert.api.waypoint.LocalityPreference;
import dev.culvert.api.waypoint.Subset;
import dev.culvert.waypoint.exchange.AppProtocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A service as a destination: its endpoints, and how they are used.
///
/// Thread-safe: its description is immutable, the sets of endpoints for a port and a subset are made when first asked
/// for, and what is counted is thread-safe.
public final class Cluster {
    private record Use(int port, String subset) {}

    private final dev.culvert.api.waypoint.Cluster message;
    private final Site self;
    private final List<Endpoint> endpoints;
    private final Map<String, EndpointState> states;
    private final Map<Integer, ClusterPort> ports = new HashMap<>();
    private final Map<String, Subset> subsets = new HashMap<>();
    private final Map<Use, HostSet> sets = new ConcurrentHashMap<>();
    private final Budget budget;

    Cluster(
            dev.culvert.api.waypoint.Cluster message,
            Site self,
            List<Endpoint> endpoints,
            Map<String, EndpointState> states,
            Budget budget) {
        this.message = message;
        this.self = self;
        this.endpoints = List.copyOf(endpoints);
        this.states = Map.copyOf(states);
        this.budget = budget;
        message.getPortsList().forEach(port -> ports.put(port.getPort(), port));
        message.getSubsetsList().forEach(subset -> subsets.put(subset.getName(), subset));
    }

    /// `namespace/hostname`.
    public String name() {
        return message.getNamespace() + "/" + message.getHostname();
    }

    public String namespace() {
        return message.getNamespace();
    }

    public String hostname() {
        return message.getHostname();
    }

    /// Short name of the service, for metrics.
    public String service() {
        return message.getService();
    }

    /// All of them, the unhealthy ones too.
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /// What is taken of the cluster's limits.
    public Budget budget() {
        return budget;
    }

    /// What is spoken on a port of the service.
    public AppProtocol protocol(int port) {
        ClusterPort declared = ports.get(port);
        return declared == null ? AppProtocol.SNIFF : AppProtocol.of(declared.getProtocol());
    }

    /// How the endpoints of a port and a subset are used.
    public TrafficPolicy policy(int port, String subset) {
        return set(port, subset).policy();
    }

    /// Chooses an endpoint, and counts the request in.
    public Pick pick(PickRequest request) {
        if (!request.subset().isEmpty() && !subsets.containsKey(request.subset())) {
            return new Pick.NoEndpoint("no DestinationRule of " + name() + " has a subset '" + request.subset() + "'");
        }
        HostSet set = set(request.port(), request.subset());
        Host host = set.draw(request);
        if (host == null) {
            return new Pick.NoEndpoint(name() + " port " + request.port() + ": " + set.explain(request.now()));
        }
        String limit = budget.start(set.policy().limits(), request.retry());
        if (limit != null) {
            return new Pick.Overflow(limit);
        }
        return new Pick.Chosen(new Lease(host, set, budget, request.retry()));
    }

    private HostSet set(int port, String subset) {
        return sets.computeIfAbsent(new Use(port, subset), this::build);
    }

    private HostSet build(Use use) {
        Subset subset = subsets.get(use.subset());
        TrafficPolicy policy = TrafficPolicyDecoder.decode(layers(ports.get(use.port()), subset));
        List<Endpoint> members = endpoints.stream()
                .filter(endpoint -> endpoint.portFor(use.port()) != 0)
                .filter(endpoint -> subset == null
                        || endpoint.labels()
                                .entrySet()
                                .containsAll(subset.getLabelsMap().entrySet()))
                .toList();
        LocalityPreference preference = message.getLocality();
        var rules = policy.loadBalancing().locality();
        List<List<Host>> tiers = new ArrayList<>();
        for (List<Endpoint> tier : Tiers.of(members, self, preference, rules)) {
            tiers.add(tier.stream()
                    .map(endpoint -> new Host(endpoint, endpoint.portFor(use.port()), state(endpoint)))
                    .toList());
        }
        return new HostSet(policy, tiers);
    }

    private EndpointState state(Endpoint endpoint) {
        EndpointState state = states.get(key(endpoint));
        if (state == null) {
            throw new IllegalStateException("endpoint " + endpoint.uid() + " of " + name() + " has no state");
        }
        return state;
    }

    private List<dev.culvert.api.waypoint.TrafficPolicy> layers(@Nullable ClusterPort port, @Nullable Subset subset) {
        List<dev.culvert.api.waypoint.TrafficPolicy> layers = new ArrayList<>();
        layers.add(message.getPolicy());
        if (port != null && port.hasPolicy()) {
            layers.add(port.getPolicy());
        }
        if (subset != null && subset.hasPolicy()) {
            layers.add(subset.getPolicy());
        }
        return layers;
    }

    /// Whether the control plane says nothing new.
    boolean is(dev.culvert.api.waypoint.Cluster other) {
        return message.equals(other);
    }

    Map<String, EndpointState> states() {
        return states;
    }

    static String key(Endpoint endpoint) {
        return endpoint.uid() + "@" + endpoint.address().getHostAddress();
    }

    @Override
    public String toString() {
        return name() + " " + endpoints.size() + " endpoints";
    }
}

package dev.culvert.ztunnel.route;

import dev.culvert.mesh.model.ApplicationTunnel;
import dev.culvert.mesh.model.Endpoint;
import dev.culvert.mesh.model.LoadBalancing;
import dev.culvert.mesh.model.LoadBalancing.Scope;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import java.net.InetAddress;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Chooses an endpoint of a service for one client. Pure, and immutable.
///
/// One pass over the endpoints, without allocating: each eligible one replaces the choice so far with the
/// probability of its own weight in all the weights seen, so that in the end each has its share. Endpoints that cannot
/// be dialled from here are chosen only when there are no others; the connection then ends with what they lack.
///
/// @param world where endpoints are looked up
/// @param client whose locality, node and network are compared
/// @param random what chance decides
record EndpointPicker(MeshSnapshot world, Workload client, RandomGenerator random) {
    /// More than any agreement of scopes can come to.
    private static final int DIALLABLE = 1 << 16;

    /// What the service is chosen for.
    enum Purpose {
        /// Its own traffic, or that of a network gateway: a port that it does not declare leads nowhere.
        TRAFFIC,
        /// As a waypoint: an endpoint with an application tunnel takes any port.
        WAYPOINT
    }

    /// An endpoint for a connection to `port` of `service`; null when none may be chosen.
    @Nullable
    Upstream pick(Service service, int port, Purpose purpose) {
        if (purpose == Purpose.TRAFFIC && !service.ports().declares(port)) {
            return null;
        }
        Workload chosen = null;
        int chosenPort = 0;
        int bestRank = -1;
        long weights = 0;
        for (Endpoint endpoint : world.endpoints(service.key())) {
            Workload workload = world.workload(endpoint.workload());
            if (workload == null || workload.capacity() == 0 || !reachable(workload)) {
                continue;
            }
            int target = target(service, endpoint, port);
            if (target == 0 && purpose == Purpose.WAYPOINT && takesAnyPort(workload)) {
                target = port;
            }
            int rank = rank(service.loadBalancing(), workload);
            if (target == 0 || rank < 0) {
                continue;
            }
            if (isDiallable(service, workload)) {
                rank += DIALLABLE;
            }
            if (rank < bestRank) {
                continue;
            }
            if (rank > bestRank) {
                bestRank = rank;
                weights = 0;
            }
            weights += workload.capacity();
            if (random.nextLong(weights) < workload.capacity()) {
                chosen = workload;
                chosenPort = target;
            }
        }
        return chosen == null ? null : new Upstream(chosen, chosenPort, service);
    }

    /// Why [#pick] found none.
    String explain(Service service, int port) {
        int endpoints = world.endpoints(service.key()).size();
        if (!service.ports().declares(port)) {
            return "the service has no such port; it has "
                    + service.ports().asMap().keySet();
        }
        if (endpoints == 0) {
            return "it has no endpoint that is ready";
        }
        LoadBalancing balancing = service.loadBalancing();
        return "none of its " + endpoints + " endpoints may be chosen"
                + (balancing.mode() == LoadBalancing.Mode.STRICT
                        ? "; they must share " + balancing.routingPreference() + " with this pod"
                        : "; is the port named in their pods?");
    }

    private boolean reachable(Workload workload) {
        return !workload.addresses().isEmpty()
                || !workload.hostname().isEmpty()
                || (!workload.network().equals(client.network()) && workload.networkGateway() != null);
    }

    /// Whether it is in our network and has an address that the service offers: names are not resolved here, and other
    /// networks are not reached.
    private boolean isDiallable(Service service, Workload workload) {
        if (!workload.network().equals(client.network())) {
            return false;
        }
        for (InetAddress address : workload.addresses()) {
            if (service.ipFamilies().allows(address)) {
                return true;
            }
        }
        return false;
    }

    /// The port to dial; 0 when this endpoint has none for the service port.
    private static int target(Service service, Endpoint endpoint, int port) {
        int own = endpoint.ports().target(port);
        return own != 0 ? own : service.ports().target(port);
    }

    private static boolean takesAnyPort(Workload workload) {
        ApplicationTunnel tunnel = workload.applicationTunnel();
        return tunnel != null && tunnel.overridesPort();
    }

    /// How well an endpoint suits the client; negative when it must not be chosen.
    private int rank(LoadBalancing balancing, Workload workload) {
        List<Scope> scopes = balancing.routingPreference();
        return switch (balancing.mode()) {
            case STANDARD, PASSTHROUGH -> 0;
            case STRICT -> scopes.stream().allMatch(scope -> agrees(scope, workload)) ? 0 : -1;
            case FAILOVER -> failoverRank(scopes, workload);
        };
    }

    /// Scopes in agreement before the first that is not. The network, when it comes first, outweighs all others
    /// together, and its disagreement does not end the count.
    private int failoverRank(List<Scope> scopes, Workload workload) {
        int rank = 0;
        for (int i = 0; i < scopes.size(); i++) {
            boolean networkFirst = i == 0 && scopes.get(i) == Scope.NETWORK;
            if (agrees(scopes.get(i), workload)) {
                rank += networkFirst ? scopes.size() : 1;
            } else if (!networkFirst) {
                break;
            }
        }
        return rank;
    }

    private boolean agrees(Scope scope, Workload workload) {
        return switch (scope) {
            case REGION -> client.locality().region().equals(workload.locality().region());
            case ZONE -> client.locality().zone().equals(workload.locality().zone());
            case SUBZONE ->
                client.locality().subzone().equals(workload.locality().subzone());
            case NODE -> client.node().equals(workload.node());
            case CLUSTER -> client.clusterId().equals(workload.clusterId());
            case NETWORK -> client.network().equals(workload.network());
        };
    }
}

package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Backend;
import dev.culvert.api.waypoint.Filter;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.ServicePort;
import dev.culvert.api.waypoint.TcpRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// What every waypoint of a service does with its traffic: ports and routes. Immutable.
///
/// @param service  its name, as in `shop/web.shop.svc.cluster.local`
/// @param clusters names of all that its traffic may go to
/// @param routes   that its traffic may take, as in `HTTPRoute shop/split`
public record ServicePlan(String service, List<ServicePort> ports, Set<String> clusters, Set<String> routes) {
    /// Between the name of a route and that of its rule.
    static final String RULE = " rule ";

    public ServicePlan {
        ports = List.copyOf(ports);
        clusters = Set.copyOf(clusters);
        routes = Set.copyOf(routes);
    }

    /// The plan of a service with these ports.
    public static ServicePlan of(String service, List<ServicePort> ports) {
        Set<String> clusters = new TreeSet<>();
        clusters.add(service);
        Set<String> routes = new TreeSet<>();
        for (ServicePort port : ports) {
            for (RouteSet set : port.getRoutesList()) {
                addClusters(set, clusters::add);
                set.getHttpList().forEach(rule -> routes.add(route(rule.getName())));
            }
        }
        return new ServicePlan(service, ports, clusters, routes);
    }

    /// The route that a rule of this name belongs to.
    private static String route(String rule) {
        int end = rule.indexOf(RULE);
        return end < 0 ? rule : rule.substring(0, end);
    }

    private static void addClusters(RouteSet set, Consumer<String> clusters) {
        for (HttpRule rule : set.getHttpList()) {
            rule.getFiltersList().forEach(filter -> add(filter, clusters));
            for (Backend backend : rule.getBackendsList()) {
                add(backend, clusters);
                backend.getFiltersList().forEach(filter -> add(filter, clusters));
            }
        }
        for (TcpRule rule : set.getTcpList()) {
            rule.getBackendsList().forEach(backend -> add(backend, clusters));
        }
    }

    private static void add(Filter filter, Consumer<String> clusters) {
        if (filter.hasMirror()) {
            add(filter.getMirror().getBackend(), clusters);
        }
    }

    private static void add(Backend backend, Consumer<String> clusters) {
        if (!backend.getCluster().isEmpty()) {
            clusters.accept(backend.getCluster());
        }
    }
}

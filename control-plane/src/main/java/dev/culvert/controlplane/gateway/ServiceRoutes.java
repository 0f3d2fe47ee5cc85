package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.kube.resource.GrpcRoute;
import dev.culvert.kube.resource.HttpRoute;
import dev.culvert.kube.resource.ParentRef;
import dev.culvert.kube.resource.Route;
import dev.culvert.kube.resource.TcpRoute;
import dev.culvert.kube.resource.TlsRoute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Joins the routes of the Gateway API that are attached to one service into the sets that its waypoint
/// follows (GEP-1294). Confined to one call.
///
/// A route of the service's own namespace holds for every client; one of another namespace for the clients of
/// that namespace alone, in place of the former. Of several types at one port the most specific holds.
public final class ServiceRoutes {
    private static final Comparator<Route> OLDEST = Comparator.comparing(
                    (Route route) -> route.metadata().creationTimestamp())
            .thenComparing(Route::key);

    private final MeshService service;
    private final BackendResolver.Lookup lookup;
    private final List<Route> routes;

    /// The routes of `service`.
    ///
    /// @param routes those that name the service as a parent, in any order
    public ServiceRoutes(MeshService service, BackendResolver.Lookup lookup, List<? extends Route> routes) {
        this.service = service;
        this.lookup = lookup;
        this.routes = routes.stream().sorted(OLDEST).map(Route.class::cast).toList();
    }

    /// The sets that hold at a port, the one for every client last.
    public List<RouteSet> at(int port) {
        String producer = service.target().namespace();
        Map<String, List<Route>> byNamespace = new TreeMap<>(Comparator.reverseOrder());
        for (Route route : routes) {
            if (route.parentRefs().stream().anyMatch(parent -> attaches(parent, service, port))) {
                String namespace = route.metadata().namespace();
                byNamespace
                        .computeIfAbsent(namespace.equals(producer) ? "" : namespace, _ -> new ArrayList<>())
                        .add(route);
            }
        }
        List<RouteSet> sets = new ArrayList<>();
        byNamespace.forEach((namespace, own) -> sets.add(set(namespace, own)));
        return sets;
    }

    /// Whether `parent` is this port of `service`.
    public static boolean attaches(ParentRef parent, MeshService service, int port) {
        boolean kind = service.entry() ? parent.isServiceEntry() : parent.isService();
        return kind
                && parent.namespace().equals(service.object().namespace())
                && parent.name().equals(service.object().name())
                && (parent.port() == 0 || parent.port() == port)
                && (parent.sectionName().isEmpty() || parent.sectionName().equals(service.portName(port)));
    }

    /// As the API calls the kind of a route.
    public static String kind(Route route) {
        return switch (route) {
            case GrpcRoute _ -> "GRPCRoute";
            case HttpRoute _ -> "HTTPRoute";
            case TlsRoute _ -> "TLSRoute";
            case TcpRoute _ -> "TCPRoute";
        };
    }

    private static int rank(Route route) {
        return switch (route) {
            case GrpcRoute _ -> 0;
            case HttpRoute _ -> 1;
            case TlsRoute _ -> 2;
            case TcpRoute _ -> 3;
        };
    }

    private RouteSet set(String client, List<Route> own) {
        int best = own.stream().mapToInt(ServiceRoutes::rank).min().orElseThrow();
        List<HttpRule> http = new ArrayList<>();
        List<TcpRule> tcp = new ArrayList<>();
        for (Route route : own) {
            if (rank(route) == best) {
                RouteMessages rules = new RouteMessages(new BackendResolver(lookup, route, kind(route)));
                switch (route) {
                    case GrpcRoute grpc -> http.addAll(rules.grpc(grpc));
                    case HttpRoute plain -> http.addAll(rules.http(plain));
                    case TlsRoute tls -> tcp.addAll(rules.stream(tls.rules(), tls.hostnames()));
                    case TcpRoute plain -> tcp.addAll(rules.stream(plain.rules(), List.of()));
                }
            }
        }
        return RouteSet.newBuilder()
                .setClientNamespace(client)
                .setOrder(RouteSet.Order.MOST_SPECIFIC)
                .addAllHttp(http)
                .addAllTcp(tcp)
                .build();
    }
}

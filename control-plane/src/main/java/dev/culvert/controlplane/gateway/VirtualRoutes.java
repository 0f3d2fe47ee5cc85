package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Backend;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.Protocol;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.VirtualService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes the sets of rules that the VirtualServices of one service stand for. Confined to one call.
///
/// A rule that names the namespace of its clients is in a set for that namespace, together with all that name
/// none. Several VirtualServices count one after the other, the oldest first.
public final class VirtualRoutes {
    private static final String MESH = "mesh";
    private static final Comparator<VirtualService> OLDEST = Comparator.comparing(
                    (VirtualService virtual) -> virtual.metadata().creationTimestamp())
            .thenComparing(VirtualService::key);

    private final MeshService service;
    private final HostNames hosts;
    private final List<VirtualService> virtuals;
    private final VirtualDelegates delegates;

    /// The rules of `service`.
    ///
    /// @param virtuals that name the service as a host, in any order
    /// @param find     a delegate by its key
    public VirtualRoutes(
            MeshService service,
            HostNames hosts,
            Collection<VirtualService> virtuals,
            Function<ResourceKey, @Nullable VirtualService> find) {
        this.service = service;
        this.hosts = hosts;
        this.virtuals = virtuals.stream().sorted(OLDEST).toList();
        this.delegates = new VirtualDelegates(find);
    }

    /// Whether `virtual` is about traffic inside the mesh.
    public static boolean meshwide(VirtualService virtual) {
        return virtual.gateways().contains(MESH);
    }

    /// Whether `namespace` sees `virtual`.
    public static boolean visible(VirtualService virtual, String namespace) {
        List<String> to = virtual.exportTo();
        return to.isEmpty()
                || to.contains("*")
                || to.contains(namespace)
                || (to.contains(".") && virtual.metadata().namespace().equals(namespace));
    }

    /// The sets that hold at a port, at most one for each namespace of clients.
    public List<RouteSet> at(int port) {
        List<RouteSet> sets = new ArrayList<>();
        for (String client : clients()) {
            RouteSet set = set(new VirtualMatches(port, client));
            if (set.getHttpCount() > 0 || set.getTcpCount() > 0) {
                sets.add(set);
            }
        }
        return sets;
    }

    private Set<String> clients() {
        Set<String> clients = new TreeSet<>();
        clients.add("");
        for (VirtualService virtual : virtuals) {
            Stream.of(
                            delegates.flatten(virtual).stream()
                                    .flatMap(flat -> flat.rule().matches().stream())
                                    .map(VirtualService.HttpMatch::sourceNamespace),
                            virtual.tls().stream()
                                    .flatMap(rule -> rule.matches().stream())
                                    .map(match -> match.connection().sourceNamespace()),
                            virtual.tcp().stream()
                                    .flatMap(rule -> rule.matches().stream())
                                    .map(VirtualService.TcpMatch::sourceNamespace))
                    .flatMap(Function.identity())
                    .forEach(clients::add);
        }
        return clients;
    }

    private RouteSet set(VirtualMatches matches) {
        List<HttpRule> http = new ArrayList<>();
        List<TcpRule> tcp = new ArrayList<>();
        for (VirtualService virtual : virtuals) {
            for (VirtualDelegates.Flat flat : delegates.flatten(virtual)) {
                if (matches.holds(flat.rule().matches())) {
                    VirtualRules rules = new VirtualRules(hosts, flat.namespace(), matches.port());
                    http.add(rules.of(flat, matches.http(flat.rule().matches())));
                }
            }
            tcp.addAll(connections(virtual, matches));
        }
        return RouteSet.newBuilder()
                .setClientNamespace(matches.client())
                .setOrder(RouteSet.Order.AS_LISTED)
                .addAllHttp(http)
                .addAllTcp(tcp)
                .build();
    }

    private List<TcpRule> connections(VirtualService virtual, VirtualMatches matches) {
        List<TcpRule> found = new ArrayList<>();
        VirtualRules rules = new VirtualRules(hosts, virtual.metadata().namespace(), matches.port());
        int index = 0;
        for (VirtualService.TlsRule rule : virtual.tls()) {
            List<String> names = matches.serverNames(rule.matches());
            String name = VirtualDelegates.name(virtual, "", index++);
            if (!names.isEmpty() && tls(matches.port())) {
                found.add(rule(name, names, rules.backends(rule.targets())));
            }
        }
        for (VirtualService.TcpRule rule : virtual.tcp()) {
            String name = VirtualDelegates.name(virtual, "", index++);
            if (matches.tcp(rule.matches())) {
                found.add(rule(name, List.of(), rules.backends(rule.targets())));
            }
        }
        return found;
    }

    private boolean tls(int port) {
        var found = service.port(port);
        return found != null && ClusterMessages.protocol(found.getAppProtocol()) == Protocol.TLS;
    }

    private static TcpRule rule(String name, List<String> serverNames, List<Backend> backends) {
        return TcpRule.newBuilder()
                .setName(name)
                .addAllServerNames(serverNames)
                .addAllBackends(backends)
                .build();
    }
}

package dev.culvert.kube.resource;

import dev.culvert.kube.resource.HttpRoute.Backend;
import dev.culvert.kube.resource.HttpRoute.MatchType;
import dev.culvert.kube.resource.HttpRoute.NamedMatch;
import dev.culvert.kube.resource.HttpRoute.SessionPersistence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the gRPC calls to a service or a Gateway are routed (gateway.networking.k8s.io). Immutable.
///
/// @param hostnames meant for Gateways; of no effect when the parent is a service
public record GrpcRoute(
        ObjectMeta metadata,
        List<ParentRef> parentRefs,
        List<String> hostnames,
        List<Rule> rules,
        List<ParentStatus> parents)
        implements Route {
    public GrpcRoute {
        parentRefs = List.copyOf(parentRefs);
        hostnames = List.copyOf(hostnames);
        rules = List.copyOf(rules);
        parents = List.copyOf(parents);
    }

    /// What happens to the calls of any of the `matches`.
    ///
    /// @param name               empty when it has none
    /// @param matches            never empty
    /// @param sessionPersistence null when the manifest has none
    public record Rule(
            String name,
            List<Match> matches,
            List<RouteFilter> filters,
            List<Backend> backends,
            @Nullable SessionPersistence sessionPersistence) {
        public Rule {
            matches = List.copyOf(matches);
            filters = List.copyOf(filters);
            backends = List.copyOf(backends);
        }
    }

    /// What a call must be; all parts must hold.
    public record Match(MethodMatch method, List<NamedMatch> headers) {
        static final Match ANY = new Match(MethodMatch.ANY, List.of());

        public Match {
            headers = List.copyOf(headers);
        }
    }

    /// Which method is called.
    ///
    /// @param service with its package; empty for any
    /// @param method  empty for any
    public record MethodMatch(MatchType type, String service, String method) {
        public static final MethodMatch ANY = new MethodMatch(MatchType.EXACT, "", "");
    }
}

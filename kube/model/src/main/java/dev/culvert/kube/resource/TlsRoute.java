package dev.culvert.kube.resource;

import java.util.List;

/// Where the TLS connections to a service or a Gateway go, by server name (gateway.networking.k8s.io).
/// Immutable.
///
/// @param hostnames server names, possibly with `*.` in front; empty for any
public record TlsRoute(
        ObjectMeta metadata,
        List<ParentRef> parentRefs,
        List<String> hostnames,
        List<TcpRoute.Rule> rules,
        List<ParentStatus> parents)
        implements Route {
    public TlsRoute {
        parentRefs = List.copyOf(parentRefs);
        hostnames = List.copyOf(hostnames);
        rules = List.copyOf(rules);
        parents = List.copyOf(parents);
    }
}

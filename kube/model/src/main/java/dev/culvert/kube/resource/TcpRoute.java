package dev.culvert.kube.resource;

import java.util.List;

/// Where the connections to a service or a Gateway go (gateway.networking.k8s.io). Immutable.
public record TcpRoute(ObjectMeta metadata, List<ParentRef> parentRefs, List<Rule> rules, List<ParentStatus> parents)
        implements Route {
    public TcpRoute {
        parentRefs = List.copyOf(parentRefs);
        rules = List.copyOf(rules);
        parents = List.copyOf(parents);
    }

    /// A set of backends. Rules have no matches, so the first one is in force.
    ///
    /// @param name     empty when it has none
    /// @param backends never empty
    public record Rule(String name, List<BackendRef> backends) {
        public Rule {
            backends = List.copyOf(backends);
        }
    }
}

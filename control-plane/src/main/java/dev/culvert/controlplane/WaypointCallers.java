package dev.culvert.controlplane;

import dev.culvert.api.SpiffeId;
import dev.culvert.controlplane.caller.CallerIdentity;
import dev.culvert.controlplane.xds.ScopedTables.Scope;
import dev.culvert.controlplane.xds.ScopedTables.ScopeSource;
import dev.culvert.kube.resource.ResourceKey;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// Says of which Gateway a caller is a proxy. Thread-safe.
///
/// A token vouches for a service account. That one may act for a Gateway of its namespace whose proxies run as
/// it, which is the account of the Gateway's own name unless the Gateway says otherwise.
final class WaypointCallers implements ScopeSource {
    private final Supplier<String> trustDomain;
    private final Function<ResourceKey, Set<String>> accounts;

    /// @param accounts that the proxies of a Gateway run as
    WaypointCallers(Supplier<String> trustDomain, Function<ResourceKey, Set<String>> accounts) {
        this.trustDomain = trustDomain;
        this.accounts = accounts;
    }

    @Override
    public Scope of(CallerIdentity caller, String named) {
        return switch (caller) {
            case CallerIdentity.Node(String node) ->
                new Scope.Refused("the token is for the node proxy of " + node
                        + "; a waypoint needs a token for the identity that it runs as");
            case CallerIdentity.Workload(SpiffeId id) -> of(id, named);
        };
    }

    private Scope of(SpiffeId id, String named) {
        if (!id.trustDomain().equals(trustDomain.get())) {
            return new Scope.Refused("the token is for " + id + ", but the trust domain is " + trustDomain.get());
        }
        ResourceKey gateway = new ResourceKey(id.namespace(), named.isEmpty() ? id.serviceAccount() : named);
        Set<String> proxies = accounts.apply(gateway);
        Set<String> admitted = proxies.isEmpty() ? Set.of(gateway.name()) : proxies;
        return admitted.contains(id.serviceAccount())
                ? new Scope.Known(gateway.toString())
                : new Scope.Refused("the token is for service account " + id.serviceAccount() + " of namespace "
                        + id.namespace() + ", which is not one of Gateway " + gateway + ": that runs as " + admitted);
    }
}

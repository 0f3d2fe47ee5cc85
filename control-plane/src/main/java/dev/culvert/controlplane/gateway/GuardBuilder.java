package dev.culvert.controlplane.gateway;

import dev.culvert.api.MeshPolicies;
import dev.culvert.api.SpiffeId;
import dev.culvert.api.authorization.Action;
import dev.culvert.api.authorization.Authorization;
import dev.culvert.api.authorization.Clause;
import dev.culvert.api.authorization.Match;
import dev.culvert.api.authorization.Rule;
import dev.culvert.api.authorization.Scope;
import dev.culvert.api.authorization.StringMatch;
import dev.culvert.kube.resource.ResourceKey;
import java.util.Set;
import java.util.TreeSet;

/// Makes the policies that close the ways around waypoints: a denial of everybody but the waypoints' proxies.
/// Pure.
///
/// A denial, since an ALLOW policy would be joined with the users' own by "or".
public final class GuardBuilder {
    private GuardBuilder() {}

    /// The name of the policy that admits these waypoints, or nobody when there are none.
    public static String name(Set<ResourceKey> waypoints) {
        StringBuilder name = new StringBuilder(MeshPolicies.WAYPOINT_ONLY_PREFIX);
        if (waypoints.isEmpty()) {
            return name.append("_nobody").toString();
        }
        // No name of Kubernetes has an underscore, so this cannot be mistaken.
        new TreeSet<>(waypoints)
                .forEach(key ->
                        name.append('_').append(key.namespace()).append('_').append(key.name()));
        return name.toString();
    }

    /// The policy.
    ///
    /// @param admitted identities; none admits nobody
    public static Authorization build(String namespace, String name, Set<SpiffeId> admitted) {
        Rule.Builder rule = Rule.newBuilder();
        if (!admitted.isEmpty()) {
            Match.Builder others = Match.newBuilder();
            admitted.stream()
                    .map(SpiffeId::principal)
                    .sorted()
                    .forEach(principal ->
                            others.addNotPrincipals(StringMatch.newBuilder().setExact(principal)));
            rule.addClauses(Clause.newBuilder().addMatches(others));
        }
        return Authorization.newBuilder()
                .setNamespace(namespace)
                .setName(name)
                .setScope(Scope.WORKLOAD_SELECTOR)
                .setAction(Action.DENY)
                .addRules(rule)
                .build();
    }
}

package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Index;
import dev.culvert.controlplane.gateway.DestinationRules;
import dev.culvert.controlplane.gateway.HostNames;
import dev.culvert.controlplane.gateway.MeshService;
import dev.culvert.kube.resource.DestinationRule;
import dev.culvert.kube.resource.ResourceKey;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// DestinationRules by their host. Confined to the `derive` thread.
final class RuleGraph {
    private final MeshInputs inputs;
    private final Index<String, ResourceKey, DestinationRule> byHost;

    RuleGraph(MeshInputs inputs, MeshSettings settings) {
        this.inputs = inputs;
        byHost = inputs.destinationRules.index(
                rule -> Set.of(HostNames.full(rule.host(), rule.metadata().namespace(), settings.domain())));
    }

    /// The rules that hold for `service` at a waypoint: those of its own host, else those of the narrowest
    /// wildcard.
    List<DestinationRule> of(MeshService service, ResourceKey waypoint, Fetch fetch) {
        String root = Objects.requireNonNull(fetch.one(inputs.config, MeshInputs.ONLY))
                .rootNamespace();
        List<String> namespaces = List.of(service.target().namespace(), waypoint.namespace(), root);
        String host = service.target().hostname();
        List<DestinationRule> found = choose(host, namespaces, waypoint, fetch);
        for (int dot = host.indexOf('.'); found.isEmpty() && dot >= 0; dot = host.indexOf('.', dot + 1)) {
            found = choose("*" + host.substring(dot), namespaces, waypoint, fetch);
        }
        return found.isEmpty() ? choose("*", namespaces, waypoint, fetch) : found;
    }

    private List<DestinationRule> choose(String host, List<String> namespaces, ResourceKey waypoint, Fetch fetch) {
        return DestinationRules.choose(fetch.bucket(byHost, host), namespaces, waypoint.namespace());
    }
}

package dev.culvert.controlplane.feed;

import dev.culvert.api.MeshLabels;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Derived;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.kube.resource.Namespace;
import dev.culvert.kube.resource.ResourceKey;
import java.util.Map;

/// The name of this cluster's network: a label on the root namespace; empty without one. Confined to the
/// `derive` thread.
final class NetworkName {
    private final Derived<ResourceKey, Namespace, String, String> name;

    NetworkName(Graph graph, MeshInputs inputs, MeshSettings settings) {
        // A collection of its own, so that other labels of the namespace touch nothing.
        name = graph.derive("network", inputs.namespaces, (namespace, _) -> {
            String label = namespace.metadata().label(MeshLabels.NETWORK);
            boolean root = namespace.metadata().name().equals(settings.rootNamespace());
            return root && label != null ? Map.of(MeshInputs.ONLY, label) : Map.of();
        });
    }

    String fetch(Fetch fetch) {
        String found = fetch.one(name, MeshInputs.ONLY);
        return found == null ? "" : found;
    }
}

package dev.culvert.kube.client;

import dev.culvert.kube.resource.Kind;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/// How the client is told of a kind. Pure.
final class Definitions {
    private Definitions() {}

    static ResourceDefinitionContext of(Kind<?> kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(kind.versions().getFirst())
                .withKind(kind.name())
                .withPlural(kind.plural())
                .withNamespaced(kind.namespaced())
                .build();
    }
}

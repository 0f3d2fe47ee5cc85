package dev.culvert.kube.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A class of Gateways and who runs them (gateway.networking.k8s.io). Immutable.
///
/// @param parametersRef null when the manifest has none
public record GatewayClass(
        ObjectMeta metadata,
        String controllerName,
        @Nullable ParametersRef parametersRef,
        List<Condition> conditions) implements Resource {
    public GatewayClass {
        conditions = List.copyOf(conditions);
    }
}

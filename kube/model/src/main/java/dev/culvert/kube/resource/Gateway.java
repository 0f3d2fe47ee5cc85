package dev.culvert.kube.resource;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An instance of a proxy that takes traffic, such as a waypoint (gateway.networking.k8s.io). Immutable.
public record Gateway(ObjectMeta metadata, Spec spec, Status status) implements Resource {
    /// What was asked for.
    ///
    /// @param listeners empty when the manifest has none
    /// @param addresses set when somebody else runs the proxy
    public record Spec(
            String gatewayClassName, List<Listener> listeners, List<Address> addresses, Infrastructure infrastructure) {
        public Spec {
            listeners = List.copyOf(listeners);
            addresses = List.copyOf(addresses);
        }
    }

    /// A port that the proxy listens on.
    ///
    /// @param hostname empty for any
    /// @param protocol as written, `HBONE` for instance
    public record Listener(String name, int port, String protocol, String hostname, AllowedRoutes allowedRoutes) {}

    /// What may attach to a listener, or use it.
    ///
    /// @param kinds empty for those that the protocol suggests
    public record AllowedRoutes(AllowedNamespaces namespaces, List<RouteKind> kinds) {
        public AllowedRoutes {
            kinds = List.copyOf(kinds);
        }
    }

    /// A kind of route.
    public record RouteKind(String group, String kind) {}

    /// From which namespaces something may attach.
    public sealed interface AllowedNamespaces {
        /// From every one.
        record All() implements AllowedNamespaces {}

        /// From the Gateway's own.
        record Same() implements AllowedNamespaces {}

        /// From those that the selector chooses.
        record Selected(LabelSelector selector) implements AllowedNamespaces {}

        /// From none, since the manifest asks for a selector and has none.
        record None() implements AllowedNamespaces {}

        /// Whether something of `namespace`, which has these `labels`, may attach to a Gateway of `own`.
        default boolean allows(String own, String namespace, Map<String, String> labels) {
            return switch (this) {
                case All() -> true;
                case Same() -> own.equals(namespace);
                case Selected(LabelSelector selector) -> selector.matches(labels);
                case None() -> false;
            };
        }
    }

    /// Where a Gateway is.
    ///
    /// @param type  `IPAddress`, `Hostname`, or what an implementation defines
    /// @param value empty when the manifest leaves the choice to the implementation
    public record Address(String type, String value) {}

    /// What is passed on to the objects that are made for a Gateway.
    ///
    /// @param parametersRef null when the manifest has none
    public record Infrastructure(
            Map<String, String> labels,
            Map<String, String> annotations,
            @Nullable ParametersRef parametersRef) {
        public Infrastructure {
            labels = Map.copyOf(labels);
            annotations = Map.copyOf(annotations);
        }
    }

    /// What is the case.
    public record Status(List<Address> addresses, List<Condition> conditions, List<ListenerStatus> listeners) {
        public Status {
            addresses = List.copyOf(addresses);
            conditions = List.copyOf(conditions);
            listeners = List.copyOf(listeners);
        }
    }

    /// What is the case at one listener.
    public record ListenerStatus(
            String name, List<RouteKind> supportedKinds, int attachedRoutes, List<Condition> conditions) {
        public ListenerStatus {
            supportedKinds = List.copyOf(supportedKinds);
            conditions = List.copyOf(conditions);
        }
    }
}

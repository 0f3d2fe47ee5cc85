package dev.culvert.controlplane.xds;

import dev.culvert.api.discovery.Resource;
import java.util.Set;

/// A resource as clients get it, and what else than its name a subscription can find it by.
/// Immutable.
///
/// @param message name, version and body, encoded once and shared by all connections
/// @param keys the name, its aliases (`network/address`), and for a workload the services that it
///     backs
/// @param node where it runs, when it is a pod; else empty
public record PublishedResource(Resource message, Set<String> keys, String node) {
    public PublishedResource {
        if (message.getName().isEmpty() || !keys.contains(message.getName())) {
            throw new IllegalArgumentException("resource '" + message.getName() + "' cannot be found by its name");
        }
        keys = Set.copyOf(keys);
    }

    /// Its name.
    public String name() {
        return message.getName();
    }

    /// Its version; another content has another version.
    public String version() {
        return message.getVersion();
    }
}

package dev.culvert.controlplane.gateway;

import org.jspecify.annotations.Nullable;

/// Finds services by their hosts as configuration writes them: in full, or short for one of Kubernetes. Confined
/// to one call.
///
/// @param domain the end of service names, as in `cluster.local`
public record HostNames(BackendResolver.Lookup lookup, String domain) {
    /// The full name that `host` stands for in a resource of `namespace`.
    public static String full(String host, String namespace, String domain) {
        String[] parts = host.split("\\.", -1);
        if (host.startsWith("*") || parts.length > 3) {
            return host;
        }
        return switch (parts.length) {
            case 1 -> host + "." + namespace + ".svc." + domain;
            default -> parts.length == 3 && parts[2].equals("svc") ? host + "." + domain : host;
        };
    }

    /// The service, or null.
    ///
    /// @param host      may have a namespace before a slash
    /// @param namespace of the resource that names it
    public @Nullable MeshService find(String host, String namespace) {
        int slash = host.indexOf('/');
        String where = slash < 0 ? namespace : host.substring(0, slash);
        String name = host.substring(slash + 1);
        MeshService found = lookup.host(where, full(name, where, domain));
        if (found != null) {
            return found;
        }
        // "name.namespace" may be a host of its own, and is short for a service when it is not.
        String[] parts = name.split("\\.", -1);
        return parts.length == 2 ? lookup.service(parts[1], parts[0]) : null;
    }
}

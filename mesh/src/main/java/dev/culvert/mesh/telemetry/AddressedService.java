package dev.culvert.mesh.telemetry;

import dev.culvert.mesh.model.NamespacedHostname;
import org.jspecify.annotations.Nullable;

/// The service that a client addressed, as metrics name it. Immutable; what is not known is the empty text.
public record AddressedService(String hostname, String namespace, String name) {
    public static final AddressedService NONE = new AddressedService("", "", "");

    /// Its name is the first label of its host name, as Kubernetes forms it.
    public static AddressedService of(@Nullable NamespacedHostname service) {
        if (service == null) {
            return NONE;
        }
        int dot = service.hostname().indexOf('.');
        String name = dot < 0 ? service.hostname() : service.hostname().substring(0, dot);
        return new AddressedService(service.hostname(), service.namespace(), name);
    }
}

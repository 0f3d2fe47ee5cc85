package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Backend;
import dev.culvert.kube.resource.BackendRef;
import dev.culvert.kube.resource.ParentRef;
import dev.culvert.kube.resource.ReferenceGrant;
import dev.culvert.kube.resource.Route;
import org.jspecify.annotations.Nullable;

/// Finds what the backends of one route stand for. Confined to one call.
///
/// A reference that leads nowhere is kept, with the reason, so that its share of the traffic is answered with
/// an error and not by the others.
public final class BackendResolver {
    private static final String ISTIO = "networking.istio.io";
    private static final String GATEWAY_API = "gateway.networking.k8s.io";

    private final Lookup lookup;
    private final Route route;
    private final String kind;

    /// What there is in the mesh.
    public interface Lookup {
        /// The Service of this namespace and name.
        @Nullable
        MeshService service(String namespace, String name);

        /// What the ServiceEntry of this namespace and name declares, its first host.
        @Nullable
        MeshService entry(String namespace, String name);

        /// What has this host: of `namespace`, or else of the whole mesh.
        @Nullable
        MeshService host(String namespace, String host);

        /// Whether a ReferenceGrant of `namespace` lets `from` refer to `to`.
        boolean granted(String namespace, ReferenceGrant.From from, ReferenceGrant.To to);
    }

    /// Resolves for `route`.
    ///
    /// @param kind of the route, as in `HTTPRoute`
    public BackendResolver(Lookup lookup, Route route, String kind) {
        this.lookup = lookup;
        this.route = route;
        this.kind = kind;
    }

    /// What became of one reference.
    ///
    /// @param reason of the condition `ResolvedRefs`; empty when the reference is good
    public record Resolved(Backend backend, String reason) {}

    /// Names the route in logs.
    String routeName() {
        return kind + " " + route.key();
    }

    /// The message of a backend.
    public Resolved resolve(BackendRef ref) {
        Backend.Builder built = Backend.newBuilder().setPort(ref.port()).setWeight(ref.weight());
        String what = ref.kind() + " " + ref.namespace() + "/" + ref.name();
        MeshService found;
        if (ref.isService()) {
            found = lookup.service(ref.namespace(), ref.name());
        } else if (ref.group().equals(ISTIO) && ref.kind().equals("ServiceEntry")) {
            found = lookup.entry(ref.namespace(), ref.name());
        } else if (ref.group().equals(ISTIO) && ref.kind().equals("Hostname")) {
            found = lookup.host(route.metadata().namespace(), ref.name());
        } else {
            return invalid(built, "InvalidKind", "backends of kind " + ref.kind() + " are not supported");
        }
        if (!permitted(ref)) {
            return invalid(built, "RefNotPermitted", "no ReferenceGrant of " + ref.namespace() + " allows " + what);
        }
        if (found == null) {
            return invalid(built, "BackendNotFound", "there is no " + what);
        }
        if (found.port(ref.port()) == null) {
            return invalid(built, "BackendNotFound", what + " has no port " + ref.port());
        }
        return new Resolved(built.setCluster(found.name()).build(), "");
    }

    /// Across namespaces a grant is needed, but not to send a service's traffic to that service.
    private boolean permitted(BackendRef ref) {
        String own = route.metadata().namespace();
        if (ref.namespace().equals(own) || ref.kind().equals("Hostname")) {
            return true;
        }
        for (ParentRef parent : route.parentRefs()) {
            if (parent.group().equals(ref.group())
                    && parent.kind().equals(ref.kind())
                    && parent.namespace().equals(ref.namespace())
                    && parent.name().equals(ref.name())) {
                return true;
            }
        }
        return lookup.granted(
                ref.namespace(),
                new ReferenceGrant.From(GATEWAY_API, kind, own),
                new ReferenceGrant.To(ref.group(), ref.kind(), ref.name()));
    }

    private static Resolved invalid(Backend.Builder backend, String reason, String message) {
        return new Resolved(backend.setInvalid(message).build(), reason);
    }
}

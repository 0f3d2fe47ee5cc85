package dev.culvert.mesh.xds;

import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// What is asked for of one resource type, and what is held of it.
///
/// Confined to the state thread. It outlives streams: what is held is listed with its versions when the next
/// one opens, so that only the difference is sent.
final class Subscription {
    private static final String WILDCARD = "*";

    private final ResourceHandler handler;
    private final String typeUrl;
    private final boolean onDemand;
    /// Name to version of every accepted resource.
    private final Map<String, String> versions = new HashMap<>();
    /// Names that were asked for and not answered yet.
    private final Set<String> pending = new LinkedHashSet<>();

    private boolean answered;

    Subscription(ResourceHandler handler) {
        this.handler = handler;
        typeUrl = handler.typeUrl();
        onDemand = handler.onDemand();
    }

    /// Whether what there is of this type has been told at least once; asking one by one, there is no such time.
    boolean settled() {
        return onDemand || answered;
    }

    /// The first request of a stream; asking one by one begins by taking back the wildcard that Istio would
    /// else read into an empty list.
    DeltaDiscoveryRequest.Builder opening() {
        DeltaDiscoveryRequest.Builder request =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl).putAllInitialResourceVersions(versions);
        if (onDemand) {
            request.addResourceNamesSubscribe(WILDCARD).addResourceNamesUnsubscribe(WILDCARD);
            pending.forEach(name -> request.putInitialResourceVersions(name, ""));
        }
        return request;
    }

    DeltaDiscoveryRequest.Builder demand(String name) {
        pending.add(name);
        return DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl).addResourceNamesSubscribe(name);
    }

    /// Nobody waits for `name` any more.
    void abandon(String name) {
        pending.remove(name);
    }

    /// Takes a response in, and keeps what is held by now.
    Applied apply(DeltaDiscoveryResponse response) {
        Applied update = handler.apply(response);
        answered = true;
        update.removed().forEach(name -> {
            versions.remove(name);
            pending.remove(name);
        });
        update.accepted().forEach((name, version) -> {
            versions.put(name, version);
            pending.remove(name);
        });
        update.aliases().forEach(pending::remove);
        return update;
    }
}

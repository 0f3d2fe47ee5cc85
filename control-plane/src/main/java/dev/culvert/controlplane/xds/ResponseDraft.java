package dev.culvert.controlplane.xds;

import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// A response while it is put together: each name once, the latest word about it. Confined to its
/// stream.
final class ResponseDraft {
    private final Map<String, PublishedResource> resources = new LinkedHashMap<>();
    private final Set<String> removed = new LinkedHashSet<>();
    private long bytes;

    void put(PublishedResource resource) {
        removed.remove(resource.name());
        PublishedResource before = resources.put(resource.name(), resource);
        bytes += resource.message().getSerializedSize()
                - (before == null ? 0 : before.message().getSerializedSize());
    }

    void remove(String name) {
        PublishedResource before = resources.remove(name);
        bytes -= before == null ? 0 : before.message().getSerializedSize();
        if (removed.add(name)) {
            bytes += name.length();
        }
    }

    /// The names of the resources in it.
    Set<String> names() {
        return resources.keySet();
    }

    /// Takes out what it says of resources that are gone.
    Set<String> takeRemoved() {
        Set<String> taken = new LinkedHashSet<>(removed);
        taken.forEach(name -> bytes -= name.length());
        removed.clear();
        return taken;
    }

    /// About as many bytes as the encoded response will have.
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return resources.isEmpty() && removed.isEmpty();
    }

    DeltaDiscoveryResponse build(String typeUrl, String nonce, String version) {
        DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(typeUrl)
                .setNonce(nonce)
                .setSystemVersionInfo(version)
                .addAllRemovedResources(removed);
        resources.values().forEach(resource -> response.addResources(resource.message()));
        return response.build();
    }
}

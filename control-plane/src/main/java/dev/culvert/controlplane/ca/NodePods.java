package dev.culvert.controlplane.ca;

import dev.culvert.api.SpiffeId;

/// Says which identities run where; the certificate service's only view of the pods.
/// Implementations are thread-safe.
@FunctionalInterface
public interface NodePods {
    /// Whether a pod with the namespace and service account of `identity` is on `node` and has not
    /// ended.
    boolean runsOn(String node, SpiffeId identity);
}

package dev.culvert.controlplane.config;

/// The mesh configuration in force. Immutable.
///
/// @param trustDomain   of every identity; default `cluster.local`
/// @param rootNamespace where mesh-wide policies live
public record MeshConfig(String trustDomain, String rootNamespace) {
    public static final String DEFAULT_TRUST_DOMAIN = "cluster.local";

    /// What holds when there is no ConfigMap.
    public static MeshConfig defaults(MeshSettings settings) {
        return new MeshConfig(DEFAULT_TRUST_DOMAIN, settings.rootNamespace());
    }

    /// As a resource names it: empty for the default.
    public String trustDomainOnWire() {
        return trustDomain.equals(DEFAULT_TRUST_DOMAIN) ? "" : trustDomain;
    }
}

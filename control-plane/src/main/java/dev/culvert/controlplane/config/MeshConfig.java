package dev.culvert.controlplane.config;

import java.util.List;
import java.util.Map;

/// The mesh configuration in force. Immutable.
///
/// @param trustDomain        of every identity; default `cluster.local`
/// @param trustDomainAliases further domains whose identities count as ours
/// @param rootNamespace      where mesh-wide policies live
/// @param discoveryAddress   `defaultConfig.discoveryAddress`; empty when not set
/// @param proxyMetadata      `defaultConfig.proxyMetadata`, for proxies
public record MeshConfig(
        String trustDomain,
        List<String> trustDomainAliases,
        String rootNamespace,
        String discoveryAddress,
        Map<String, String> proxyMetadata) {
    public static final String DEFAULT_TRUST_DOMAIN = "cluster.local";

    public MeshConfig {
        trustDomainAliases = List.copyOf(trustDomainAliases);
        proxyMetadata = Map.copyOf(proxyMetadata);
    }

    /// What holds when there is no ConfigMap.
    public static MeshConfig defaults(MeshSettings settings) {
        return new MeshConfig(DEFAULT_TRUST_DOMAIN, List.of(), settings.rootNamespace(), "", Map.of());
    }

    /// As a resource names it: empty for the default.
    public String trustDomainOnWire() {
        return trustDomain.equals(DEFAULT_TRUST_DOMAIN) ? "" : trustDomain;
    }
}

package dev.culvert.controlplane.config;

import java.util.List;
import java.util.stream.Stream;

/// The mesh configuration in force. Immutable.
///
/// @param trustDomain   of every identity; default `cluster.local`
/// @param trustDomainAliases other names by which policies may call it
/// @param rootNamespace where mesh-wide policies live
/// @param waypoints what waypoints are told
public record MeshConfig(
        String trustDomain, List<String> trustDomainAliases, String rootNamespace, WaypointDefaults waypoints) {
    public static final String DEFAULT_TRUST_DOMAIN = "cluster.local";

    public MeshConfig {
        trustDomainAliases = List.copyOf(trustDomainAliases);
    }

    /// What holds when there is no ConfigMap.
    public static MeshConfig defaults(MeshSettings settings) {
        return new MeshConfig(DEFAULT_TRUST_DOMAIN, List.of(), settings.rootNamespace(), WaypointDefaults.NONE);
    }

    /// The trust domain and its aliases.
    public List<String> trustDomains() {
        return Stream.concat(Stream.of(trustDomain), trustDomainAliases.stream())
                .toList();
    }

    /// As a resource names it: empty for the default.
    public String trustDomainOnWire() {
        return trustDomain.equals(DEFAULT_TRUST_DOMAIN) ? "" : trustDomain;
    }
}

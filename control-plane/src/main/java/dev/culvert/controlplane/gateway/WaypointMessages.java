package dev.culvert.controlplane.gateway;

import dev.culvert.api.MeshLabels;
import dev.culvert.api.waypoint.ExtAuthz;
import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.api.waypoint.TelemetryProvider;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.controlplane.config.MeshConfig;
import dev.culvert.controlplane.config.WaypointDefaults;
import dev.culvert.kube.SourceProblem;
import dev.culvert.kube.resource.Gateway;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes the message by which a waypoint knows itself. Pure but for the services it asks for.
///
/// @param hosts in which the services of providers are looked up
public record WaypointMessages(MeshConfig mesh, String clusterId, HostNames hosts) {
    /// The message of the waypoint of `gateway`.
    public Waypoint of(Gateway gateway, Telemetry telemetry) {
        WaypointDefaults defaults = mesh.waypoints();
        Waypoint.Builder built = Waypoint.newBuilder()
                .setNamespace(gateway.metadata().namespace())
                .setName(gateway.metadata().name())
                .setTrustDomain(mesh.trustDomain())
                .addAllTrustDomainAliases(mesh.trustDomainAliases())
                .setMeshId(mesh.trustDomain())
                .setClusterId(clusterId)
                .setPathNormalization(defaults.normalization())
                .setDefaultRetry(defaults.retry())
                .setConnectTimeout(Durations.of(defaults.connectTimeout()))
                .setHboneIdleTimeout(Durations.of(defaults.tunnelIdle()))
                .setTelemetry(telemetry)
                .setTrustedProxies(defaults.trustedProxies())
                .setForwardClientIdentity("true".equals(gateway.metadata().annotation(MeshLabels.FORWARD_CLIENT)));
        defaults.authorizers().forEach(provider -> built.addAuthorizers(resolved(provider)));
        defaults.tellers().forEach(provider -> built.addTelemetryProviders(resolved(provider)));
        return built.build();
    }

    /// The clusters that the providers are reached at.
    public Set<String> clusters() {
        Set<String> clusters = new TreeSet<>();
        for (ExtAuthz provider : mesh.waypoints().authorizers()) {
            clusters.add(resolved(provider).getCluster());
        }
        for (TelemetryProvider provider : mesh.waypoints().tellers()) {
            TelemetryProvider resolved = resolved(provider);
            clusters.add(resolved.getOpenTelemetry().getCluster());
            clusters.add(resolved.getZipkin().getCluster());
        }
        clusters.remove("");
        return clusters;
    }

    /// What is wrong with the providers.
    public List<SourceProblem> problems() {
        return Stream.concat(
                        mesh.waypoints().authorizers().stream()
                                .map(this::resolved)
                                .map(provider -> problem(provider.getName(), provider.getInvalid())),
                        mesh.waypoints().tellers().stream()
                                .map(this::resolved)
                                .map(provider -> problem(provider.getName(), provider.getInvalid())))
                .filter(problem -> !problem.reason().isEmpty())
                .toList();
    }

    private static SourceProblem problem(String provider, String reason) {
        return new SourceProblem("extension provider " + provider, 0, "", reason);
    }

    private ExtAuthz resolved(ExtAuthz provider) {
        if (!provider.getInvalid().isEmpty()) {
            return provider.toBuilder().clearCluster().build();
        }
        MeshService service = find(provider.getCluster(), provider.getPort());
        return service == null
                ? provider.toBuilder()
                        .setInvalid(missing(provider.getCluster(), provider.getPort()))
                        .clearCluster()
                        .build()
                : provider.toBuilder().setCluster(service.name()).build();
    }

    private TelemetryProvider resolved(TelemetryProvider provider) {
        TelemetryProvider.Builder built = provider.toBuilder();
        String name;
        int port;
        if (provider.hasOpenTelemetry()) {
            name = provider.getOpenTelemetry().getCluster();
            port = provider.getOpenTelemetry().getPort();
        } else if (provider.hasZipkin()) {
            name = provider.getZipkin().getCluster();
            port = provider.getZipkin().getPort();
        } else {
            return provider;
        }
        MeshService service = find(name, port);
        String cluster = service == null ? "" : service.name();
        if (service == null) {
            built.setInvalid(missing(name, port));
        }
        if (provider.hasOpenTelemetry()) {
            built.getOpenTelemetryBuilder().setCluster(cluster);
        } else {
            built.getZipkinBuilder().setCluster(cluster);
        }
        return built.build();
    }

    private @Nullable MeshService find(String name, int port) {
        MeshService service = hosts.find(name, mesh.rootNamespace());
        return service == null || service.port(port) == null ? null : service;
    }

    private static String missing(String name, int port) {
        return "there is no service " + name + " with port " + port;
    }
}

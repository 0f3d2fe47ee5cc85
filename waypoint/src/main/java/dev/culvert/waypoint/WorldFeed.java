package dev.culvert.waypoint;

import dev.culvert.mesh.channel.CaChannel;
import dev.culvert.mesh.channel.ChannelTls;
import dev.culvert.mesh.channel.ControlPlane;
import dev.culvert.mesh.channel.ControlPlaneChannels;
import dev.culvert.mesh.identity.CaClient;
import dev.culvert.mesh.identity.CertificateRefused;
import dev.culvert.mesh.identity.CertificateSigner;
import dev.culvert.mesh.identity.CertificateStore;
import dev.culvert.mesh.state.StateThread;
import dev.culvert.mesh.telemetry.XdsMetrics;
import dev.culvert.mesh.xds.AdsNode;
import dev.culvert.mesh.xds.DiscoveryClient;
import dev.culvert.process.Metrics;
import dev.culvert.waypoint.config.WaypointConfig;
import dev.culvert.waypoint.world.WorldHandlers;
import dev.culvert.waypoint.world.WorldState;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The control side of the assembly: what the waypoint is told, and its certificate. Confined to
/// the thread that starts the process; what it makes is thread-safe.
final class WorldFeed implements AutoCloseable {
    private final StateThread thread = new StateThread();
    private final ScheduledExecutorService ca = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("ca").factory());
    private final ControlPlaneChannels channels = new ControlPlaneChannels(ChannelTls.STANDARD);
    private final WorldState state;
    private final @Nullable CaChannel authority;
    private final CertificateStore certificates;
    private final @Nullable DiscoveryClient discovery;

    WorldFeed(WaypointConfig config, Metrics metrics) {
        WaypointConfig.Self self = config.self();
        state = new WorldState(self.site());
        ControlPlane signing =
                config.certificates().server().controlPlane(config.xds().token(), self.clusterId());
        authority = signing == null ? null : new CaChannel(signing, channels, ca);
        certificates = new CertificateStore(ca, InstantSource.system(), signer(config), RandomGenerator.getDefault());
        ControlPlane server = config.xds().server().controlPlane(config.xds().token(), self.clusterId());
        discovery = server == null
                ? null
                : new DiscoveryClient(
                        server, node(config), channels, thread, WorldHandlers.of(state), new XdsMetrics(metrics));
    }

    private CertificateSigner signer(WaypointConfig config) {
        if (authority == null) {
            return (identity, _) -> CompletableFuture.failedStage(
                    new CertificateRefused("no certificate of " + identity + ": CA_ADDRESS is switched off"));
        }
        return new CaClient(authority, config.certificates().lifetime(), false);
    }

    private static AdsNode node(WaypointConfig config) {
        WaypointConfig.Self self = config.self();
        Map<String, String> metadata = new TreeMap<>(config.xds().metadata());
        metadata.put("GATEWAY_NAME", self.gateway());
        return new AdsNode(
                "waypoint",
                self.instanceIp(),
                self.podName(),
                self.identity().namespace(),
                self.site().node(),
                metadata,
                config.xds().jsonMetadata());
    }

    WorldState state() {
        return state;
    }

    CertificateStore certificates() {
        return certificates;
    }

    /// Begins to follow the control plane.
    ///
    /// @return completes when everything has been told once; never when there is no control plane
    CompletableFuture<Void> start() {
        if (discovery == null) {
            return new CompletableFuture<>();
        }
        discovery.start();
        return discovery.ready();
    }

    @Override
    public void close() {
        if (discovery != null) {
            discovery.close();
        }
        certificates.close();
        if (authority != null) {
            authority.close();
        }
        thread.close();
        ca.shutdown();
        channels.close();
    }
}

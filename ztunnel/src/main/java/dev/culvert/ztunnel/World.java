package dev.culvert.ztunnel;

import dev.culvert.mesh.channel.CaChannel;
import dev.culvert.mesh.channel.ControlPlane;
import dev.culvert.mesh.channel.ControlPlaneChannels;
import dev.culvert.mesh.config.LocalState;
import dev.culvert.mesh.identity.CaClient;
import dev.culvert.mesh.identity.CertificateRefused;
import dev.culvert.mesh.identity.CertificateSigner;
import dev.culvert.mesh.identity.CertificateStore;
import dev.culvert.mesh.state.LocalNode;
import dev.culvert.mesh.state.MeshBatch;
import dev.culvert.mesh.state.MeshState;
import dev.culvert.mesh.state.StateThread;
import dev.culvert.mesh.telemetry.XdsMetrics;
import dev.culvert.mesh.xds.AdsClient;
import dev.culvert.mesh.xds.AdsConfig;
import dev.culvert.mesh.xds.FileSource;
import dev.culvert.mesh.xds.OnDemand;
import dev.culvert.process.Metrics;
import dev.culvert.ztunnel.config.ProxyMode;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The control side of the assembly: the view of the mesh, and the certificates. Confined to the thread that starts the
/// process; what it makes is thread-safe.
final class World implements AutoCloseable {
    private final ZtunnelConfig config;
    private final StateThread thread = new StateThread();
    private final ScheduledExecutorService ca = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("ca").factory());
    private final ControlPlaneChannels channels;
    private final @Nullable CaChannel authority;
    private final MeshState mesh;
    private final CertificateStore certificates;
    private final @Nullable AdsClient discovery;

    World(ZtunnelConfig config, Metrics metrics) {
        this.config = config;
        channels = new ControlPlaneChannels(ControlPlanes.tls(config.tunnel()));
        mesh = new MeshState(new LocalNode(config.node().nodeName()), thread);
        ControlPlane signing = ControlPlanes.authority(config);
        authority = signing == null ? null : new CaChannel(signing, channels, ca);
        certificates = new CertificateStore(ca, InstantSource.system(), signer(), RandomGenerator.getDefault());
        AdsConfig ads = ControlPlanes.discovery(config);
        discovery = ads == null ? null : new AdsClient(ads, channels, mesh, new XdsMetrics(metrics));
    }

    private CertificateSigner signer() {
        if (authority == null) {
            return (identity, _) -> CompletableFuture.failedStage(
                    new CertificateRefused("no certificate of " + identity + ": CA_ADDRESS is switched off"));
        }
        return new CaClient(authority, config.certificates().lifetime(), isShared());
    }

    private boolean isShared() {
        return switch (config.mode()) {
            case ProxyMode.Shared() -> true;
            case ProxyMode.Dedicated _ -> false;
        };
    }

    MeshState mesh() {
        return mesh;
    }

    /// How single addresses are asked for.
    OnDemand onDemand() {
        return discovery == null ? OnDemand.off(mesh) : discovery.onDemand();
    }

    CertificateStore certificates() {
        return certificates;
    }

    /// Loads the static part and begins to follow the control plane. Whoever listens must have registered before.
    ///
    /// @return completes when the view is whole for the first time
    /// @throws IOException when the static part cannot be read
    CompletableFuture<?> start() throws IOException {
        if (isShared()) {
            mesh.listen(certificates);
        }
        CompletableFuture<?> loaded = mesh.submit(staticPart());
        if (discovery == null) {
            return loaded;
        }
        discovery.start();
        return loaded.thenCombine(discovery.ready(), (_, world) -> world);
    }

    private MeshBatch staticPart() throws IOException {
        return switch (config.xds().local()) {
            case null -> MeshBatch.NOTHING;
            case LocalState.InFile(var path) -> FileSource.read(path);
            case LocalState.Inline(String yaml) -> FileSource.parse(yaml);
        };
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

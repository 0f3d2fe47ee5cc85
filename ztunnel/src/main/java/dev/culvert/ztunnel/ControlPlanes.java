package dev.culvert.ztunnel;

import dev.culvert.mesh.channel.ChannelTls;
import dev.culvert.mesh.channel.ControlPlane;
import dev.culvert.mesh.config.ServerConfig;
import dev.culvert.mesh.xds.AdsConfig;
import dev.culvert.mesh.xds.AdsNode;
import dev.culvert.ztunnel.config.NodeConfig;
import dev.culvert.ztunnel.config.TunnelConfig;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Says in the mesh's words what the configuration says of the control plane. Immutable, without state.
final class ControlPlanes {
    private ControlPlanes() {}

    /// Where to ask for the view of the mesh, or null when that is switched off.
    static @Nullable AdsConfig discovery(ZtunnelConfig config) {
        ControlPlane server = server(config.xds().server(), config);
        return server == null
                ? null
                : new AdsConfig(server, node(config), config.xds().onDemand());
    }

    /// Where to ask for certificates, or null when that is switched off.
    static @Nullable ControlPlane authority(ZtunnelConfig config) {
        return server(config.certificates().server(), config);
    }

    private static @Nullable ControlPlane server(ServerConfig server, ZtunnelConfig config) {
        return server.controlPlane(config.xds().token(), config.node().clusterId());
    }

    private static AdsNode node(ZtunnelConfig config) {
        NodeConfig node = config.node();
        return new AdsNode(
                "ztunnel",
                node.instanceIp(),
                Objects.requireNonNullElse(node.podName(), ""),
                Objects.requireNonNullElse(node.podNamespace(), ""),
                Objects.requireNonNullElse(node.nodeName(), ""),
                config.xds().metadata(),
                config.xds().jsonMetadata());
    }

    /// The TLS that is offered to the control plane.
    static ChannelTls tls(TunnelConfig tunnel) {
        return tunnel.postQuantumOnly()
                ? ChannelTls.POST_QUANTUM_ONLY
                : new ChannelTls(tunnel.tls12(), ChannelTls.STANDARD.groups());
    }
}

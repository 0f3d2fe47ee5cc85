package dev.culvert.ztunnel.route;

import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.TunnelProtocol;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.mesh.state.LocalNode;
import dev.culvert.mesh.state.MeshBatch;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.mesh.state.MeshState;
import dev.culvert.mesh.state.StateThread;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// Worlds of a few records, made the way that production makes them. Stateless.
final class TestWorld {
    private TestWorld() {}

    static MeshSnapshot of(List<Workload> workloads, List<Service> services) {
        try (StateThread thread = new StateThread()) {
            return new MeshState(new LocalNode(null), thread)
                    .submit(MeshBatch.ofAddresses(List.of(), workloads, services))
                    .join();
        }
    }

    /// A captured pod of namespace `ns`.
    static WorkloadBuilder pod(String name, String ip) {
        return Workload.withUid("c//Pod/ns/" + name)
                .id("ns", name, name)
                .address(InetAddress.ofLiteral(ip))
                .protocol(TunnelProtocol.HBONE);
    }

    static InetSocketAddress address(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }

    static NetworkAddress vip(String network, String ip) {
        return new NetworkAddress(network, InetAddress.ofLiteral(ip));
    }
}

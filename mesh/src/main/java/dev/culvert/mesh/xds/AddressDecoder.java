package dev.culvert.mesh.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.workload.Address;
import dev.culvert.api.workload.GatewayAddress;
import dev.culvert.api.workload.Port;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Turns a message of type `istio.workload.Address` into a [Workload] or a [Service], or says why not.
///
/// Confined to the thread that decodes.
final class AddressDecoder {
    private final WorkloadDecoder workloads = new WorkloadDecoder();

    /// What an address is.
    sealed interface Decoded {
        /// A workload.
        record OfWorkload(Workload workload) implements Decoded {}

        /// A service.
        record OfService(Service service) implements Decoded {}
    }

    Decoded decode(ByteString bytes) throws Rejected {
        try {
            Address address = Address.parseFrom(bytes);
            return switch (address.getTypeCase()) {
                case WORKLOAD -> new Decoded.OfWorkload(workloads.decode(address.getWorkload()));
                case SERVICE -> new Decoded.OfService(ServiceDecoder.decode(address.getService()));
                case TYPE_NOT_SET -> throw new Rejected("address is neither a workload nor a service");
            };
        } catch (InvalidProtocolBufferException e) {
            throw new Rejected("not a legal message: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new Rejected(e);
        }
    }

    static @Nullable GatewayReference gateway(String field, boolean present, GatewayAddress gateway) throws Rejected {
        return present ? gateway(field, gateway) : null;
    }

    static GatewayReference gateway(String field, GatewayAddress gateway) throws Rejected {
        int port = PortMap.checkPort(field + " port", gateway.getHboneMtlsPort());
        return switch (gateway.getDestinationCase()) {
            case HOSTNAME ->
                new GatewayReference.ByHostname(
                        new NamespacedHostname(
                                gateway.getHostname().getNamespace(),
                                gateway.getHostname().getHostname()),
                        port);
            case ADDRESS ->
                new GatewayReference.ByAddress(
                        new NetworkAddress(
                                gateway.getAddress().getNetwork(),
                                address(field, gateway.getAddress().getAddress())),
                        port);
            case DESTINATION_NOT_SET -> throw new Rejected(field + " names neither a hostname nor an address");
        };
    }

    static InetAddress address(String field, ByteString bytes) throws Rejected {
        try {
            return CidrBlock.addressOf(bytes.toByteArray());
        } catch (IllegalArgumentException e) {
            throw new Rejected(field + ": " + e.getMessage());
        }
    }

    static PortMap ports(List<Port> ports) {
        Map<Integer, Integer> targets = new TreeMap<>();
        for (var port : ports) {
            targets.put(port.getServicePort(), port.getTargetPort());
        }
        return PortMap.of(targets);
    }
}

package dev.culvert.waypoint.upstream;

import com.google.protobuf.ByteString;
import dev.culvert.api.SpiffeId;
import dev.culvert.waypoint.exchange.WorkloadInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes an [Endpoint] of its message. Without state.
public final class EndpointDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointDecoder.class);
    private static final int HBONE_PORT = 15008;

    private EndpointDecoder() {}

    /// Null for one without a usable address, which is told to the log: it cannot be sent to.
    public static @Nullable Endpoint decode(dev.culvert.api.waypoint.Endpoint message) {
        InetAddress address = firstAddress(message);
        if (address == null) {
            LOG.atWarn()
                    .addKeyValue("endpoint", message.getUid())
                    .log("endpoint without an address of 4 or 16 bytes is left out");
            return null;
        }
        Map<Integer, Integer> ports = message.getPortsMap().entrySet().stream()
                .filter(entry -> isPort(entry.getKey()) && isPort(entry.getValue()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return new Endpoint(
                message.getUid(),
                address,
                ports,
                message.getHealthy(),
                message.getHbone(),
                message.getIdentity().isEmpty() ? null : SpiffeId.tryParse(message.getIdentity()),
                new Site(
                        message.getNetwork(),
                        message.getRegion(),
                        message.getZone(),
                        message.getSubzone(),
                        message.getNode(),
                        message.getInfo().getCluster()),
                Math.max(1, message.getWeight()),
                message.getLabelsMap(),
                info(message.getInfo()),
                gateway(message));
    }

    private static boolean isPort(int port) {
        return port > 0 && port <= 65_535;
    }

    private static @Nullable InetAddress firstAddress(dev.culvert.api.waypoint.Endpoint message) {
        for (ByteString bytes : message.getAddressesList()) {
            InetAddress address = address(bytes);
            if (address != null) {
                return address;
            }
        }
        return null;
    }

    private static @Nullable InetAddress address(ByteString bytes) {
        try {
            return InetAddress.getByAddress(bytes.toByteArray());
        } catch (UnknownHostException _) {
            return null;
        }
    }

    private static @Nullable InetSocketAddress gateway(dev.culvert.api.waypoint.Endpoint message) {
        InetAddress address = message.getNetworkGateway().isEmpty() ? null : address(message.getNetworkGateway());
        int port = message.getNetworkGatewayPort();
        return address == null ? null : new InetSocketAddress(address, port == 0 ? HBONE_PORT : port);
    }

    private static WorkloadInfo info(dev.culvert.api.waypoint.WorkloadInfo message) {
        return new WorkloadInfo(
                message.getName(),
                message.getNamespace(),
                message.getApp(),
                message.getVersion(),
                message.getCanonicalService(),
                message.getCanonicalRevision(),
                message.getCluster(),
                message.getType(),
                message.getInstance());
    }
}

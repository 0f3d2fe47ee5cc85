package dev.culvert.controlplane.gateway;

import com.google.protobuf.ByteString;
import dev.culvert.api.MeshLabels;
import dev.culvert.api.MeshPorts;
import dev.culvert.api.workload.GatewayAddress;
import dev.culvert.api.workload.NamespacedHostname;
import dev.culvert.api.workload.NetworkAddress;
import dev.culvert.controlplane.gateway.WaypointView.Traffic;
import dev.culvert.kube.resource.Gateway;
import dev.culvert.kube.resource.Gateway.Address;
import dev.culvert.kube.resource.Gateway.AllowedNamespaces;
import dev.culvert.kube.resource.Gateway.Listener;
import dev.culvert.kube.resource.GatewayClass;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Makes a [WaypointView] of a Gateway. Pure.
public final class WaypointReader {
    /// The class of waypoints.
    public static final String CLASS = "istio-waypoint";
    /// The controller of that class, and of others that are waypoints too.
    public static final String CONTROLLER = "istio.io/mesh-controller";
    /// The protocol of a waypoint's listener.
    static final String HBONE = "HBONE";

    private WaypointReader() {}

    /// What others need to know of `gateway`.
    ///
    /// @param gatewayClass null when there is no object for it
    /// @param network      of this cluster
    public static WaypointView view(Gateway gateway, @Nullable GatewayClass gatewayClass, String network) {
        boolean ours = isWaypoint(gateway, gatewayClass);
        List<Address> addresses = addresses(gateway, ours);
        return new WaypointView(
                gateway.key(),
                ours,
                gateway.spec().gatewayClassName(),
                address(gateway.metadata().namespace(), addresses, network),
                traffic(label(gateway, gatewayClass, MeshLabels.WAYPOINT_FOR)),
                allowed(gateway, annotation(gateway, gatewayClass, MeshLabels.INBOUND_BINDING)),
                places(gateway, addresses));
    }

    static boolean isWaypoint(Gateway gateway, @Nullable GatewayClass gatewayClass) {
        return gatewayClass == null
                ? gateway.spec().gatewayClassName().equals(CLASS)
                : gatewayClass.controllerName().equals(CONTROLLER);
    }

    /// The usable addresses: those it was given, or else those that its controller wrote.
    static List<Address> addresses(Gateway gateway, boolean ours) {
        List<Address> given = ours && !gateway.spec().addresses().isEmpty()
                ? gateway.spec().addresses()
                : gateway.status().addresses();
        return given.stream()
                .filter(address ->
                        !address.value().isEmpty() && !address.value().startsWith("*"))
                .filter(address -> isHostname(address) || address.type().equals("IPAddress"))
                .toList();
    }

    private static boolean isHostname(Address address) {
        return address.type().equals("Hostname");
    }

    /// A name is preferred: it leads to every replica.
    private static @Nullable GatewayAddress address(String namespace, List<Address> addresses, String network) {
        Address chosen = addresses.stream()
                .filter(WaypointReader::isHostname)
                .findFirst()
                .orElse(addresses.isEmpty() ? null : addresses.getFirst());
        if (chosen == null) {
            return null;
        }
        GatewayAddress.Builder built = GatewayAddress.newBuilder().setHboneMtlsPort(MeshPorts.HBONE);
        if (isHostname(chosen)) {
            built.setHostname(
                    NamespacedHostname.newBuilder().setNamespace(namespace).setHostname(chosen.value()));
        } else {
            byte[] bytes = InetAddress.ofLiteral(chosen.value()).getAddress();
            built.setAddress(NetworkAddress.newBuilder().setNetwork(network).setAddress(ByteString.copyFrom(bytes)));
        }
        return built.build();
    }

    private static List<String> places(Gateway gateway, List<Address> addresses) {
        List<String> places = new ArrayList<>();
        for (Address address : addresses) {
            places.add(
                    isHostname(address)
                            ? gateway.metadata().namespace() + "/" + address.value()
                            : InetAddress.ofLiteral(address.value()).getHostAddress());
        }
        return places;
    }

    private static Traffic traffic(@Nullable String label) {
        return switch (label == null ? "" : label) {
            case "workload" -> Traffic.WORKLOAD;
            case "all" -> Traffic.ALL;
            case "none" -> Traffic.NONE;
            default -> Traffic.SERVICE;
        };
    }

    /// Of the listener that the inbound binding names, else of the one for HBONE; its own namespace without.
    private static AllowedNamespaces allowed(Gateway gateway, @Nullable String binding) {
        List<Listener> listeners = gateway.spec().listeners();
        Listener bound = binding == null ? null : bound(listeners, binding);
        if (bound == null) {
            bound = find(listeners, HBONE, MeshPorts.HBONE);
        }
        return bound == null
                ? new AllowedNamespaces.Same()
                : bound.allowedRoutes().namespaces();
    }

    private static @Nullable Listener bound(List<Listener> listeners, String binding) {
        String[] parts = binding.split("/", 2);
        String protocol = parts[0].toUpperCase(Locale.ROOT);
        if (protocol.equals("NONE")) {
            return null;
        }
        int port = parts.length > 1 && parts[1].matches("[0-9]{1,5}") ? Integer.parseInt(parts[1]) : 0;
        return find(listeners, protocol, port);
    }

    private static @Nullable Listener find(List<Listener> listeners, String protocol, int port) {
        return listeners.stream()
                .filter(listener -> listener.protocol().equals(protocol))
                .filter(listener -> port == 0 || listener.port() == port)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String label(Gateway gateway, @Nullable GatewayClass gatewayClass, String name) {
        String own = gateway.metadata().label(name);
        return own != null || gatewayClass == null
                ? own
                : gatewayClass.metadata().label(name);
    }

    private static @Nullable String annotation(Gateway gateway, @Nullable GatewayClass gatewayClass, String name) {
        String own = gateway.metadata().annotation(name);
        return own != null || gatewayClass == null
                ? own
                : gatewayClass.metadata().annotation(name);
    }
}

package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Policies;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.Service;
import dev.culvert.api.waypoint.ServicePort;
import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.api.workload.NetworkAddress;
import dev.culvert.api.workload.Port;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// Makes the message of a service that a waypoint serves. Pure.
public final class ServiceMessages {
    private ServiceMessages() {}

    /// The ports of `service`, each with the routes that hold there.
    public static List<ServicePort> ports(MeshService service, IntFunction<List<RouteSet>> routes) {
        List<ServicePort> ports = new ArrayList<>();
        for (Port port : service.message().getPortsList()) {
            ports.add(ServicePort.newBuilder()
                    .setPort(port.getServicePort())
                    .setName(service.portName(port.getServicePort()))
                    .setProtocol(ClusterMessages.protocol(port.getAppProtocol()))
                    .addAllRoutes(routes.apply(port.getServicePort()))
                    .build());
        }
        return ports;
    }

    /// The service as one waypoint gets it.
    public static Service of(MeshService service, ServicePlan plan, Policies policies, Telemetry telemetry) {
        Service.Builder built = Service.newBuilder()
                .setNamespace(service.message().getNamespace())
                .setHostname(service.message().getHostname())
                .setName(service.message().getName())
                .addAllPorts(plan.ports())
                .setPolicies(policies)
                .setTelemetry(telemetry);
        for (NetworkAddress address : service.message().getAddressesList()) {
            if (address.hasLength()) {
                built.addRanges(text(address) + "/" + address.getLength());
            } else {
                built.addAddresses(address.getAddress());
            }
        }
        return built.build();
    }

    private static String text(NetworkAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress().toByteArray()).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes was refused", e);
        }
    }
}

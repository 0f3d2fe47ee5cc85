package dev.culvert.mesh.xds;

import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.model.CidrVip;
import dev.culvert.mesh.model.IpFamilies;
import dev.culvert.mesh.model.LoadBalancing;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.ServiceBuilder;
import dev.culvert.mesh.model.Visibility;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// Turns a service message into a [Service], with the defaults of the wire format.
///
/// Stateless. A number that an enum does not know rejects the service, but for its visibility, which is then
/// public.
final class ServiceDecoder {
    private ServiceDecoder() {}

    static Service decode(dev.culvert.api.workload.Service message) throws Rejected {
        if (message.getHostname().isEmpty() || message.getHostname().contains("/")) {
            throw new Rejected("hostname is '" + message.getHostname() + "'; expected a name without '/'");
        }
        ServiceBuilder service = Service.named(message.getNamespace(), message.getHostname())
                .name(message.getName())
                .waypoint(AddressDecoder.gateway("waypoint", message.hasWaypoint(), message.getWaypoint()))
                .ipFamilies(ipFamilies(message))
                .canonical(message.getCanonical())
                .visibility(
                        message.getVisibility() == dev.culvert.api.workload.Visibility.NAMESPACE
                                ? Visibility.NAMESPACE
                                : Visibility.PUBLIC);
        for (var vip : message.getAddressesList()) {
            addVip(service, vip);
        }
        for (var port : message.getPortsList()) {
            service.port(port.getServicePort(), port.getTargetPort());
        }
        message.getSubjectAltNamesList().forEach(service::subjectAltName);
        for (var weighted : message.getWeightedWaypointsList()) {
            if (!weighted.hasDestination()) {
                throw new Rejected("weighted waypoint has no destination");
            }
            service.weightedWaypoint(
                    AddressDecoder.gateway("weighted waypoint", weighted.getDestination()),
                    Integer.toUnsignedLong(weighted.getWeight()));
        }
        if (message.hasLoadBalancing()) {
            service.loadBalancing(loadBalancing(message.getLoadBalancing()));
        }
        return service.build();
    }

    private static void addVip(ServiceBuilder service, dev.culvert.api.workload.NetworkAddress vip) throws Rejected {
        InetAddress address = AddressDecoder.address("virtual address", vip.getAddress());
        if (!vip.hasLength() || vip.getLength() == CidrBlock.widestPrefix(address)) {
            service.vip(new NetworkAddress(vip.getNetwork(), address));
        } else {
            service.cidrVip(new CidrVip(vip.getNetwork(), new CidrBlock(address, vip.getLength())));
        }
    }

    private static IpFamilies ipFamilies(dev.culvert.api.workload.Service message) throws Rejected {
        return switch (message.getIpFamilies()) {
            case AUTOMATIC -> IpFamilies.AUTOMATIC;
            case IPV4_ONLY -> IpFamilies.IPV4_ONLY;
            case IPV6_ONLY -> IpFamilies.IPV6_ONLY;
            case DUAL -> IpFamilies.DUAL;
            case UNRECOGNIZED -> throw WorkloadDecoder.unknown("IP families", message.getIpFamiliesValue());
        };
    }

    private static LoadBalancing loadBalancing(dev.culvert.api.workload.LoadBalancing message) throws Rejected {
        List<LoadBalancing.Scope> scopes = new ArrayList<>(message.getRoutingPreferenceCount());
        for (var scope : message.getRoutingPreferenceList()) {
            scopes.add(
                    switch (scope) {
                        case REGION -> LoadBalancing.Scope.REGION;
                        case ZONE -> LoadBalancing.Scope.ZONE;
                        case SUBZONE -> LoadBalancing.Scope.SUBZONE;
                        case NODE -> LoadBalancing.Scope.NODE;
                        case CLUSTER -> LoadBalancing.Scope.CLUSTER;
                        case NETWORK -> LoadBalancing.Scope.NETWORK;
                        case UNSPECIFIED_SCOPE, UNRECOGNIZED ->
                            throw new Rejected("routing preference " + scope + " is not known here");
                    });
        }
        LoadBalancing.Mode mode = switch (message.getMode()) {
            case UNSPECIFIED_MODE -> LoadBalancing.Mode.STANDARD;
            case STRICT -> LoadBalancing.Mode.STRICT;
            case FAILOVER -> LoadBalancing.Mode.FAILOVER;
            case PASSTHROUGH -> LoadBalancing.Mode.PASSTHROUGH;
            case UNRECOGNIZED -> throw WorkloadDecoder.unknown("load balancing mode", message.getModeValue());
        };
        LoadBalancing.HealthPolicy policy = switch (message.getHealthPolicy()) {
            case ONLY_HEALTHY -> LoadBalancing.HealthPolicy.ONLY_HEALTHY;
            case ALLOW_ALL -> LoadBalancing.HealthPolicy.ALLOW_ALL;
            case UNRECOGNIZED -> throw WorkloadDecoder.unknown("health policy", message.getHealthPolicyValue());
        };
        return new LoadBalancing(scopes, mode, policy);
    }
}

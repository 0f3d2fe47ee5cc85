package dev.culvert.mesh.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import dev.culvert.api.workload.Address;
import dev.culvert.api.workload.ApplicationTunnel;
import dev.culvert.api.workload.GatewayAddress;
import dev.culvert.api.workload.IPFamilies;
import dev.culvert.api.workload.LoadBalancing;
import dev.culvert.api.workload.Locality;
import dev.culvert.api.workload.NamespacedHostname;
import dev.culvert.api.workload.NetworkAddress;
import dev.culvert.api.workload.NetworkMode;
import dev.culvert.api.workload.Port;
import dev.culvert.api.workload.PortList;
import dev.culvert.api.workload.Service;
import dev.culvert.api.workload.TunnelProtocol;
import dev.culvert.api.workload.WeightedWaypoint;
import dev.culvert.api.workload.Workload;
import dev.culvert.api.workload.WorkloadStatus;
import dev.culvert.api.workload.WorkloadType;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.Health;
import dev.culvert.mesh.model.IpFamilies;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Visibility;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AddressDecoderTest {
    private static final ByteString V4 = ByteString.copyFrom(new byte[] {10, 0, 0, 1});
    private static final GatewayAddress GATEWAY = GatewayAddress.newBuilder()
            .setHostname(NamespacedHostname.newBuilder().setNamespace("ns").setHostname("wp"))
            .setHboneMtlsPort(15008)
            .build();

    @Test
    void fillsInWhatAWorkloadDoesNotSay() throws Rejected {
        var workload = workload(Workload.newBuilder().setUid("u"));
        assertThat(workload)
                .isEqualTo(dev.culvert.mesh.model.Workload.withUid("u").build());
        assertThat(workload.trustDomain()).isEqualTo("cluster.local");
        assertThat(workload.serviceAccount()).isEqualTo("default");
        assertThat(workload.clusterId()).isEqualTo("Kubernetes");
        assertThat(workload.capacity()).isEqualTo(1);
        assertThat(workload.identity()).isNull();
    }

    @Test
    void readsEveryFieldOfAWorkload() throws Rejected {
        var workload = workload(Workload.newBuilder()
                .setUid("u")
                .setName("a")
                .setNamespace("ns")
                .setServiceAccount("sa")
                .setTrustDomain("td")
                .addAddresses(V4)
                .addAddresses(ByteString.copyFrom(new byte[16]))
                .setHostname("h")
                .setNetwork("net")
                .setNetworkMode(NetworkMode.HOST_NETWORK)
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .setNativeTunnel(true)
                .setApplicationTunnel(ApplicationTunnel.newBuilder()
                        .setProtocol(ApplicationTunnel.Protocol.PROXY)
                        .setPort(15088))
                .setWaypoint(GATEWAY)
                .setNetworkGateway(GatewayAddress.newBuilder()
                        .setAddress(
                                NetworkAddress.newBuilder().setNetwork("far").setAddress(V4)))
                .setNode("n1")
                .setClusterId("c")
                .setLocality(Locality.newBuilder().setRegion("r").setZone("z").setSubzone("s"))
                .setWorkloadName("w")
                .setWorkloadTypeValue(99)
                .setCanonicalName("cn")
                .setCanonicalRevision("cr")
                .addAuthorizationPolicies("ns/p")
                .putServices(
                        "ns/web",
                        PortList.newBuilder()
                                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080))
                                .build())
                .setStatus(WorkloadStatus.UNHEALTHY)
                .setCapacity(UInt32Value.of(-1)));

        assertThat(workload.identity()).hasToString("spiffe://td/ns/ns/sa/sa");
        assertThat(workload.addresses())
                .containsExactly(CidrBlock.parseAddress("10.0.0.1"), CidrBlock.parseAddress("::"));
        assertThat(workload.isHbone()).isTrue();
        assertThat(workload.networkMode()).isEqualTo(dev.culvert.mesh.model.NetworkMode.HOST_NETWORK);
        assertThat(workload.waypoint())
                .isEqualTo(new GatewayReference.ByHostname(
                        new dev.culvert.mesh.model.NamespacedHostname("ns", "wp"), 15008));
        assertThat(workload.networkGateway())
                .isEqualTo(
                        new GatewayReference.ByAddress(dev.culvert.mesh.model.NetworkAddress.parse("far/10.0.0.1"), 0));
        assertThat(workload.origin().workloadType()).isEqualTo(dev.culvert.mesh.model.WorkloadType.DEPLOYMENT);
        assertThat(workload.policies()).containsExactly(new PolicyKey("ns", "p"));
        assertThat(workload.services().values()).containsExactly(PortMap.of(Map.of(80, 8080)));
        assertThat(workload.health()).isEqualTo(Health.UNHEALTHY);
        assertThat(workload.capacity()).isEqualTo(4_294_967_295L);
        assertThat(WorkloadType.forNumber(99)).isNull();
    }

    @Test
    void readsAService() throws Rejected {
        var service = service(Service.newBuilder()
                .setName("web")
                .setNamespace("ns")
                .setHostname("web.ns")
                .addAddresses(NetworkAddress.newBuilder().setNetwork("net").setAddress(V4))
                .addAddresses(NetworkAddress.newBuilder().setAddress(V4).setLength(32))
                .addAddresses(NetworkAddress.newBuilder().setAddress(V4).setLength(8))
                .addPorts(Port.newBuilder().setServicePort(80))
                .addSubjectAltNames("spiffe://td/ns/a/sa/b")
                .addWeightedWaypoints(
                        WeightedWaypoint.newBuilder().setDestination(GATEWAY).setWeight(5))
                .setIpFamilies(IPFamilies.IPV6_ONLY)
                .setCanonical(true)
                .setVisibilityValue(77)
                .setLoadBalancing(LoadBalancing.newBuilder()
                        .addRoutingPreference(LoadBalancing.Scope.ZONE)
                        .setMode(LoadBalancing.Mode.STRICT)));

        assertThat(service.vips()).extracting(Object::toString).containsExactly("net/10.0.0.1", "/10.0.0.1");
        assertThat(service.cidrVips()).extracting(Object::toString).containsExactly("/10.0.0.1/8");
        assertThat(service.ports().declares(80)).isTrue();
        assertThat(service.ports().target(80)).isZero();
        assertThat(service.weightedWaypoints().getFirst().weight()).isEqualTo(5);
        assertThat(service.ipFamilies()).isEqualTo(IpFamilies.IPV6_ONLY);
        assertThat(service.visibility()).isEqualTo(Visibility.PUBLIC);
        assertThat(service.loadBalancing().mode()).isEqualTo(dev.culvert.mesh.model.LoadBalancing.Mode.STRICT);
    }

    @ParameterizedTest
    @MethodSource("illegal")
    void rejectsWhatItCannotTakeLiterally(Address address, String reason) {
        assertThatThrownBy(() -> new AddressDecoder().decode(address.toByteString()))
                .isInstanceOf(Rejected.class)
                .hasMessageContaining(reason);
    }

    static List<Arguments> illegal() {
        return List.of(
                row(Address.newBuilder(), "neither a workload nor a service"),
                row(of(Workload.newBuilder()), "workload uid is empty"),
                row(of(uid().addAddresses(ByteString.copyFromUtf8("abc"))), "address has 3 bytes; expected 4 or 16"),
                row(of(uid().setTunnelProtocol(TunnelProtocol.LEGACY_ISTIO_MTLS)), "LEGACY_ISTIO_MTLS"),
                row(of(uid().setTunnelProtocolValue(9)), "tunnel protocol is 9"),
                row(of(uid().setNetworkModeValue(9)), "network mode is 9"),
                row(of(uid().setStatusValue(9)), "status is 9"),
                row(of(uid().setWaypoint(GatewayAddress.newBuilder())), "waypoint names neither"),
                row(
                        of(uid().setNetworkGateway(GATEWAY.toBuilder().setHboneMtlsPort(70_000))),
                        "network gateway port is 70000"),
                row(of(uid().putServices("noslash", PortList.getDefaultInstance())), "service is 'noslash'"),
                row(of(uid().putServices("a/b", ports(80, 65_536))), "target port is 65536"),
                row(of(uid().putServices("a/b", ports(-1, 1))), "service port is 4294967295"),
                row(
                        of(uid().setApplicationTunnel(
                                        ApplicationTunnel.newBuilder().setPort(65_536))),
                        "application tunnel port is 65536"),
                row(of(Service.newBuilder().setNamespace("ns")), "hostname is ''"),
                row(of(host().setHostname("a/b")), "hostname is 'a/b'"),
                row(of(host().setIpFamiliesValue(9)), "IP families is 9"),
                row(of(host().addWeightedWaypoints(WeightedWaypoint.newBuilder())), "weighted waypoint has no"),
                row(
                        of(host().addAddresses(NetworkAddress.newBuilder()
                                .setAddress(V4)
                                .setLength(33))),
                        "prefix length of 10.0.0.1 is 33"),
                row(
                        of(host().setLoadBalancing(LoadBalancing.newBuilder()
                                .addRoutingPreference(LoadBalancing.Scope.UNSPECIFIED_SCOPE))),
                        "routing preference UNSPECIFIED_SCOPE"),
                row(of(host().setLoadBalancing(LoadBalancing.newBuilder().setModeValue(9))), "mode is 9"));
    }

    private static Arguments row(Address.Builder address, String reason) {
        return Arguments.of(Named.of(reason, address.build()), reason);
    }

    private static Workload.Builder uid() {
        return Workload.newBuilder().setUid("u");
    }

    private static Service.Builder host() {
        return Service.newBuilder().setNamespace("ns").setHostname("h");
    }

    private static PortList ports(int service, int target) {
        return PortList.newBuilder()
                .addPorts(Port.newBuilder().setServicePort(service).setTargetPort(target))
                .build();
    }

    private static Address.Builder of(Workload.Builder workload) {
        return Address.newBuilder().setWorkload(workload);
    }

    private static Address.Builder of(Service.Builder service) {
        return Address.newBuilder().setService(service);
    }

    private static dev.culvert.mesh.model.Workload workload(Workload.Builder workload) throws Rejected {
        var decoded = new AddressDecoder().decode(of(workload).build().toByteString());
        assertThat(decoded).isInstanceOf(AddressDecoder.Decoded.OfWorkload.class);
        return ((AddressDecoder.Decoded.OfWorkload) decoded).workload();
    }

    private static dev.culvert.mesh.model.Service service(Service.Builder service) throws Rejected {
        var decoded = new AddressDecoder().decode(of(service).build().toByteString());
        assertThat(decoded).isInstanceOf(AddressDecoder.Decoded.OfService.class);
        return ((AddressDecoder.Decoded.OfService) decoded).service();
    }
}

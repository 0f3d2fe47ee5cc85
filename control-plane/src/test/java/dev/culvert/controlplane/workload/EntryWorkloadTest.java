package dev.culvert.controlplane.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.workload.NetworkMode;
import dev.culvert.api.workload.TunnelProtocol;
import dev.culvert.api.workload.Workload;
import dev.culvert.api.workload.WorkloadStatus;
import dev.culvert.api.workload.WorkloadType;
import dev.culvert.controlplane.config.MeshConfig;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.feed.ManifestFixture;
import dev.culvert.kube.resource.EndpointSlice;
import dev.culvert.kube.resource.Service;
import dev.culvert.kube.resource.ServiceEntry;
import dev.culvert.kube.resource.WorkloadEntry;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The Workload message of what is no pod, field by field: entries, endpoints within entries and within slices.
final class EntryWorkloadTest {
    private final WorkloadBuilder builder = new WorkloadBuilder("c1", "n1", MeshConfig.defaults(MeshSettings.DEFAULT));

    @Test
    void carriesWhatAnEntrySays() {
        Workload workload = ofEntry("""
                address: 192.0.2.1, network: dc2, locality: r/z/s, weight: 7, serviceAccount: vm,
                labels: {app: legacy, version: v2}""");
        assertThat(workload.getUid()).isEqualTo("c1/networking.istio.io/WorkloadEntry/ns/vm-1");
        assertThat(workload.getName()).isEqualTo("vm-1");
        assertThat(workload.getNamespace()).isEqualTo("ns");
        assertThat(workload.getAddressesList()).hasSize(1);
        assertThat(workload.getHostname()).isEmpty();
        assertThat(workload.getNetwork()).isEqualTo("dc2");
        assertThat(workload.getServiceAccount()).isEqualTo("vm");
        assertThat(workload.getCapacity().getValue()).isEqualTo(7);
        assertThat(workload.getLocality().getRegion()).isEqualTo("r");
        assertThat(workload.getLocality().getZone()).isEqualTo("z");
        assertThat(workload.getLocality().getSubzone()).isEqualTo("s");
        assertThat(workload.getCanonicalName()).isEqualTo("legacy");
        assertThat(workload.getCanonicalRevision()).isEqualTo("v2");
        assertThat(workload.getWorkloadName()).isEqualTo("vm-1");
        assertThat(workload.getWorkloadType()).isEqualTo(WorkloadType.POD);
        assertThat(workload.getStatus()).isEqualTo(WorkloadStatus.HEALTHY);
        assertThat(workload.getNetworkMode()).isEqualTo(NetworkMode.STANDARD);
        assertThat(workload.getTunnelProtocol()).isEqualTo(TunnelProtocol.NONE);
    }

    @Test
    void leavesOutWhatAnEntryDoesNotSay() {
        Workload workload = ofEntry("address: 192.0.2.1");
        assertThat(workload.getNetwork()).as("the cluster's own").isEqualTo("n1");
        assertThat(workload.hasCapacity()).isFalse();
        assertThat(workload.hasLocality()).isFalse();
        assertThat(workload.getNode()).isEmpty();
    }

    @Test
    void anAddressThatIsANameIsAHostname() {
        Workload workload = ofEntry("address: db.example");
        assertThat(workload.getAddressesList()).isEmpty();
        assertThat(workload.getHostname()).isEqualTo("db.example");
    }

    @Test
    void anEntryThatSpeaksTheTunnelSaysSoByItsLabel() {
        Workload workload = ofEntry("address: 192.0.2.1, labels: {networking.istio.io/tunnel: http}");
        assertThat(workload.getTunnelProtocol()).isEqualTo(TunnelProtocol.HBONE);
        assertThat(workload.getNativeTunnel()).isTrue();
    }

    /// A port of the entry counts before that of the service.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ports: {http: 7070}  | 80>7070 443>443",
                "ports: {tls: 7443}   | 80>8080 443>7443",
                "ports: {other: 1}    | 80>8080 443>443"
            })
    void itsPortsAreItsOwnElseTheServices(String ports, String expected) {
        WorkloadEntry entry = entry("address: 192.0.2.1, " + ports);
        Workload workload = builder.ofEntry(
                entry, List.of(ServiceTarget.of(serviceEntry("vm", ""), "api.example")), List.of("ns/p"));
        assertThat(workload.getServicesOrThrow("ns/api.example").getPortsList())
                .extracting(port -> port.getServicePort() + ">" + port.getTargetPort())
                .containsExactly(expected.split(" ", -1));
        assertThat(workload.getAuthorizationPoliciesList()).containsExactly("ns/p");
    }

    @Test
    void anEndpointWithinAnEntryIsNamedAfterIt() {
        ServiceEntry entry = serviceEntry("se, labels: {app: outside}", "endpoints: [{address: 192.0.2.9, weight: 3}]");
        Workload workload = builder.ofInline(
                entry, entry.endpoints().getFirst(), List.of(ServiceTarget.of(entry, "api.example")), List.of());
        assertThat(workload.getUid()).isEqualTo("c1/networking.istio.io/ServiceEntry/ns/se/192.0.2.9");
        assertThat(workload.getName()).isEqualTo("se");
        assertThat(workload.getWorkloadName()).isEqualTo("se");
        assertThat(workload.getCanonicalName()).isEqualTo("outside");
        assertThat(workload.getCapacity().getValue()).isEqualTo(3);
        assertThat(workload.getServicesMap()).containsOnlyKeys("ns/api.example");
    }

    @Test
    void anAddressOfASliceIsOpaque() throws Exception {
        Service service = (Service) ManifestFixture.parse("""
                apiVersion: v1
                kind: Service
                metadata: {name: svc, namespace: ns}
                spec:
                  clusterIP: 10.96.0.1
                  ports: [{name: http, port: 80}, {name: alt, port: 81}, {name: dns, port: 53, protocol: UDP}]
                """).getFirst();
        EndpointSlice slice = (EndpointSlice) ManifestFixture.parse("""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: svc-1, namespace: ns, labels: {kubernetes.io/service-name: svc}}
                addressType: IPv4
                endpoints:
                - {addresses: [192.0.2.1]}
                - {addresses: [192.0.2.2], conditions: {ready: false}}
                ports: [{name: http, port: 9090}, {name: dns, port: 53, protocol: UDP}]
                """).getFirst();
        ServiceTarget target = ServiceTarget.of(service, "cluster.local");
        Workload workload =
                builder.ofSlice(slice, slice.endpoints().getFirst(), InetAddress.ofLiteral("192.0.2.1"), target);
        assertThat(workload.getUid()).isEqualTo("c1/discovery.k8s.io/EndpointSlice/ns/svc-1/192.0.2.1");
        assertThat(workload.getName()).isEqualTo("svc-1");
        assertThat(workload.getServiceAccount()).isEmpty();
        assertThat(workload.getCanonicalName()).isEmpty();
        assertThat(workload.getTunnelProtocol()).isEqualTo(TunnelProtocol.NONE);
        assertThat(workload.getNetworkMode()).isEqualTo(NetworkMode.HOST_NETWORK);
        assertThat(workload.getStatus()).isEqualTo(WorkloadStatus.HEALTHY);
        assertThat(workload.getAuthorizationPoliciesList()).isEmpty();
        assertThat(workload.getServicesOrThrow("ns/svc.ns.svc.cluster.local").getPortsList())
                .extracting(port -> port.getServicePort() + ">" + port.getTargetPort())
                .containsExactly("80>9090");
        assertThat(builder.ofSlice(slice, slice.endpoints().get(1), InetAddress.ofLiteral("192.0.2.2"), target)
                        .getStatus())
                .isEqualTo(WorkloadStatus.UNHEALTHY);
    }

    private Workload ofEntry(String spec) {
        return builder.ofEntry(entry(spec), List.of(), List.of());
    }

    private static WorkloadEntry entry(String spec) {
        return (WorkloadEntry)
                ManifestFixture.parse("""
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: vm-1, namespace: ns}
                spec: {%s}
                """.formatted(spec.replace("\n", " "))).getFirst();
    }

    private static ServiceEntry serviceEntry(String name, String more) {
        return (ServiceEntry) ManifestFixture.parse("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {namespace: ns, name: %s}
                spec:
                  hosts: [api.example]
                  resolution: STATIC
                  ports:
                  - {number: 80, name: http, protocol: HTTP, targetPort: 8080}
                  - {number: 443, name: tls, protocol: TLS}
                  %s
                """.formatted(name, more)).getFirst();
    }
}

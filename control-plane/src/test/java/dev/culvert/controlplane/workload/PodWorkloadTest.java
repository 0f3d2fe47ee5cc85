package dev.culvert.controlplane.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.workload.NetworkMode;
import dev.culvert.api.workload.Port;
import dev.culvert.api.workload.TunnelProtocol;
import dev.culvert.api.workload.Workload;
import dev.culvert.api.workload.WorkloadStatus;
import dev.culvert.api.workload.WorkloadType;
import dev.culvert.controlplane.config.MeshConfig;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.config.WaypointDefaults;
import dev.culvert.controlplane.feed.ManifestFixture;
import dev.culvert.kube.resource.Node;
import dev.culvert.kube.resource.Pod;
import dev.culvert.kube.resource.Service;
import dev.culvert.kube.resource.ServiceEntry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The Workload message of a pod, field by field.
final class PodWorkloadTest {
    private static final String READY = "conditions: [{type: Ready, status: \"True\"}], ";
    private final WorkloadBuilder builder = new WorkloadBuilder("c1", "n1", MeshConfig.defaults(MeshSettings.DEFAULT));

    @Test
    void carriesWhatThePodIs() throws Exception {
        Workload workload = built("name: web, namespace: shop", "serviceAccountName: sa, nodeName: n7", "");
        assertThat(workload.getUid()).isEqualTo("c1//Pod/shop/web");
        assertThat(workload.getName()).isEqualTo("web");
        assertThat(workload.getNamespace()).isEqualTo("shop");
        assertThat(workload.getNetwork()).isEqualTo("n1");
        assertThat(workload.getClusterId()).isEqualTo("c1");
        assertThat(workload.getTrustDomain())
                .as("the default is not written out")
                .isEmpty();
        assertThat(workload.getServiceAccount()).isEqualTo("sa");
        assertThat(workload.getNode()).isEqualTo("n7");
        assertThat(addresses(workload)).containsExactly("10.0.0.1");
        assertThat(workload.getWorkloadType()).isEqualTo(WorkloadType.POD);
        assertThat(workload.getNetworkMode()).isEqualTo(NetworkMode.STANDARD);
        assertThat(workload.getTunnelProtocol()).isEqualTo(TunnelProtocol.NONE);
        assertThat(workload.getNativeTunnel()).isFalse();
        assertThat(workload.hasLocality()).isFalse();
        assertThat(workload.hasCapacity()).isFalse();
        assertThat(workload.hasWaypoint()).isFalse();
    }

    @Test
    void namesATrustDomainThatIsNotTheDefault() {
        MeshConfig config = new MeshConfig("corp.example", List.of(), "istio-system", WaypointDefaults.NONE);
        Workload workload =
                new WorkloadBuilder("c1", "n1", config).ofPod(pod("name: a", "", ""), null, List.of(), List.of());
        assertThat(Objects.requireNonNull(workload).getTrustDomain()).isEqualTo("corp.example");
    }

    @Test
    void hasAllAddressesInOrder() throws Exception {
        Workload workload = built(
                pod("name: a", "", "podIPs: [{ip: 10.0.0.1}, {ip: \"fd00::1\"}], podIP: 10.0.0.1, phase: Running"));
        assertThat(addresses(workload)).containsExactly("10.0.0.1", "fd00:0:0:0:0:0:0:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "phase: Succeeded, podIPs: [{ip: 10.0.0.1}]",
                "phase: Failed, podIPs: [{ip: 10.0.0.1}]",
                "phase: Running"
            })
    void aPodThatHasEndedOrHasNoAddressIsNone(String status) {
        assertThat(builder.ofPod(pod("name: a", "", status), null, List.of(), List.of()))
                .isNull();
    }

    @Test
    void aPodThatIsPendingWithAnAddressIsOne() {
        assertThat(builder.ofPod(
                        pod("name: a", "", "phase: Pending, podIPs: [{ip: 10.0.0.1}]"), null, List.of(), List.of()))
                .isNotNull();
    }

    /// Healthy is: Ready, and not on its way out.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "True  |                                                  | HEALTHY",
                "False |                                                  | UNHEALTHY",
                "none  |                                                  | UNHEALTHY",
                "True  | , deletionTimestamp: \"2026-01-01T00:00:00Z\"     | UNHEALTHY"
            })
    void healthFollowsReadiness(String ready, @Nullable String more, WorkloadStatus expected) {
        String conditions = ready.equals("none") ? "" : "conditions: [{type: Ready, status: \"" + ready + "\"}], ";
        Pod pod = pod(
                "name: a" + (more == null ? "" : more), "", conditions + "phase: Running, podIPs: [{ip: 10.0.0.1}]");
        assertThat(built(pod).getStatus()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "annotations: {ambient.istio.io/redirection: enabled}  | HBONE | false",
                "annotations: {ambient.istio.io/redirection: pending}  | NONE  | false",
                "labels: {networking.istio.io/tunnel: http}            | HBONE | true",
                "labels: {networking.istio.io/tunnel: 'x, http'}       | HBONE | true",
                "labels: {networking.istio.io/tunnel: https}           | NONE  | false"
            })
    void isReachedByTunnelWhenItIsCapturedOrSpeaksItItself(String more, TunnelProtocol expected, boolean own) {
        Workload workload = built("name: a, " + more, "", "");
        assertThat(workload.getTunnelProtocol()).isEqualTo(expected);
        assertThat(workload.getNativeTunnel()).isEqualTo(own);
    }

    @Test
    void aPodOfTheHostsNetworkSaysSo() {
        assertThat(built("name: a", "hostNetwork: true", "").getNetworkMode()).isEqualTo(NetworkMode.HOST_NETWORK);
    }

    @Test
    void itsLocalityIsThatOfItsNode() {
        Node node = (Node) ManifestFixture.parse("""
                apiVersion: v1
                kind: Node
                metadata:
                  name: n7
                  labels:
                    topology.kubernetes.io/region: r
                    topology.kubernetes.io/zone: z
                    topology.istio.io/subzone: s
                """).getFirst();
        Workload workload = Objects.requireNonNull(builder.ofPod(pod("name: a", "", ""), node, List.of(), List.of()));
        assertThat(workload.getLocality().getRegion()).isEqualTo("r");
        assertThat(workload.getLocality().getZone()).isEqualTo("z");
        assertThat(workload.getLocality().getSubzone()).isEqualTo("s");
    }

    /// Canonical name and revision, each by the first label that has a value.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "service.istio.io/canonical-name: a, app.kubernetes.io/name: b, app: c | a | latest",
                "app.kubernetes.io/name: b, app: c                                    | b | latest",
                "app: c                                                               | c | latest",
                "app: ''                                                              | p | latest",
                "service.istio.io/canonical-revision: v1, app.kubernetes.io/version: v2, version: v3 | p | v1",
                "app.kubernetes.io/version: v2, version: v3                           | p | v2",
                "version: v3                                                          | p | v3"
            })
    void telemetryNamesItByItsLabels(String labels, String name, String revision) {
        Workload workload = built("name: p, labels: {" + labels + "}", "", "");
        assertThat(workload.getCanonicalName()).isEqualTo(name);
        assertThat(workload.getCanonicalRevision()).isEqualTo(revision);
    }

    /// The workload's name is that of what made the pod.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "labels: {} || p",
                "labels: {service.istio.io/workload-name: said} | ReplicaSet/web-5d4f | said",
                "labels: {pod-template-hash: 5d4f} | ReplicaSet/web-5d4f | web",
                "labels: {} | ReplicaSet/web-5d4f | web-5d4f",
                "labels: {pod-template-hash: other} | ReplicaSet/web-5d4f | web-5d4f",
                "labels: {} | StatefulSet/db | db",
                "labels: {} | DaemonSet/agent | agent",
                "labels: {} | Job/nightly-28461200 | nightly",
                "labels: {} | Job/once | once",
                "labels: {deploymentconfig: web} | ReplicationController/web-3 | web",
                "labels: {} | ReplicationController/web-3 | web-3"
            })
    void itsWorkloadIsWhatMadeIt(String labels, @Nullable String owner, String expected) {
        String owners = "";
        if (owner != null) {
            String[] parts = owner.split("/", 2);
            owners = ", ownerReferences: [{apiVersion: v1, kind: " + parts[0] + ", name: " + parts[1]
                    + ", uid: u, controller: true}]";
        }
        assertThat(built("name: p, " + labels + owners, "", "").getWorkloadName())
                .isEqualTo(expected);
    }

    /// Where a service port leads in the pod; none when nothing in it has the name.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "targetPort: 8080  | 8080",
                "targetPort: http  | 9000",
                "targetPort: side  | 9100",
                "targetPort: init  | none",
                "targetPort: udp   | none",
                "targetPort: other | none"
            })
    void aNamedPortIsThatOfAContainerThatKeepsRunning(String target, @Nullable Integer expected) {
        Pod pod = pod("name: a", """
                containers:
                - {name: c, ports: [{name: http, containerPort: 9000}, {name: udp, containerPort: 9001, protocol: UDP}]}
                initContainers:
                - {name: s, restartPolicy: Always, ports: [{name: side, containerPort: 9100}]}
                - {name: i, ports: [{name: init, containerPort: 9200}]}""", "");
        Service service = (Service) ManifestFixture.parse("""
                apiVersion: v1
                kind: Service
                metadata: {name: svc, namespace: ns}
                spec: {clusterIP: 10.96.0.1, ports: [{name: p, port: 80, %s}, {name: u, port: 53, protocol: UDP}]}
                """.formatted(target)).getFirst();
        Workload workload = Objects.requireNonNull(
                builder.ofPod(pod, null, List.of(ServiceTarget.of(service, "cluster.local")), List.of()));
        List<Port> ports =
                workload.getServicesOrThrow("ns/svc.ns.svc.cluster.local").getPortsList();
        assertThat(ports)
                .extracting(Port::getTargetPort)
                .containsExactlyElementsOf(expected == null ? List.of() : List.of(expected));
        assertThat(ports).allMatch(port -> port.getServicePort() == 80);
    }

    @Test
    void aPodBehindAnEntryHasItsTargetElseItsOwnPort() {
        ServiceEntry entry = (ServiceEntry) ManifestFixture.parse("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: se, namespace: ns}
                spec:
                  hosts: [api.example]
                  resolution: STATIC
                  workloadSelector: {labels: {app: a}}
                  ports:
                  - {number: 80, name: http, protocol: HTTP, targetPort: 8080}
                  - {number: 443, name: tls, protocol: TLS}
                  - {number: 53, name: dns, protocol: UDP}
                """).getFirst();
        Workload workload = Objects.requireNonNull(builder.ofPod(
                pod("name: a", "", ""), null, List.of(ServiceTarget.of(entry, "api.example")), List.of()));
        assertThat(workload.getServicesOrThrow("ns/api.example").getPortsList())
                .extracting(port -> port.getServicePort() + ">" + port.getTargetPort())
                .containsExactly("80>8080", "443>443");
    }

    @Test
    void keepsTheOrderOfItsPolicies() {
        List<String> policies = List.of("ns/b", "ns/a", "root/strict");
        assertThat(Objects.requireNonNull(builder.ofPod(pod("name: a", "", ""), null, List.of(), policies))
                        .getAuthorizationPoliciesList())
                .isEqualTo(policies);
    }

    private Workload built(String metadata, String spec, String status) {
        return built(pod(metadata, spec, status));
    }

    private Workload built(Pod pod) {
        return Objects.requireNonNull(builder.ofPod(pod, null, List.of(), List.of()));
    }

    /// A pod that runs and is ready unless `status` says otherwise.
    private static Pod pod(String metadata, String spec, String status) {
        String namespaced = metadata.contains("namespace:") ? metadata : metadata + ", namespace: ns";
        String said = status.isEmpty() ? READY + "phase: Running, podIPs: [{ip: 10.0.0.1}]" : status;
        String asked = spec.contains("\n") ? spec.indent(2).stripTrailing() : "  {" + spec + "}";
        return (Pod) ManifestFixture.parse("apiVersion: v1\nkind: Pod\nmetadata: {" + namespaced + "}\nspec:\n" + asked
                        + "\nstatus: {" + said + "}\n")
                .getFirst();
    }

    private static List<String> addresses(Workload workload) throws UnknownHostException {
        List<String> texts = new java.util.ArrayList<>();
        for (var bytes : workload.getAddressesList()) {
            texts.add(InetAddress.getByAddress(bytes.toByteArray()).getHostAddress());
        }
        return texts;
    }
}

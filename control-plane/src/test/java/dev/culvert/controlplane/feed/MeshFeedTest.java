package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.workload.Address;
import dev.culvert.api.workload.Service;
import dev.culvert.api.workload.Workload;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.ResourceChange;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.kube.resource.Kinds;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MeshFeedTest {
    private final ManifestFixture source = new ManifestFixture();
    private final List<ResourceChange> changes = new CopyOnWriteArrayList<>();
    private final List<ObjectStatus> statuses = new CopyOnWriteArrayList<>();
    private final MeshFeed feed = new MeshFeed(source, MeshSettings.DEFAULT, new FakeKeys(), statuses::add);

    @AfterEach
    void close() {
        feed.close();
    }

    private void start(String yaml) {
        source.apply(yaml);
        feed.subscribe(changes::add);
        feed.start();
        feed.synced().orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void joinsAPodWithItsServiceAndItsPolicies() {
        start(pod("a", "10.0.0.1", "app: a") + service("svc", "app: a", "10.96.0.1") + """
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: only-b, namespace: ns}
                spec: {selector: {matchLabels: {app: a}}, rules: []}
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: everywhere, namespace: istio-system}
                spec: {selector: {matchLabels: {app: a}}, action: DENY}
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: strict, namespace: istio-system}
                spec: {mtls: {mode: STRICT}}
                """);
        Workload workload = workload("Kubernetes//Pod/ns/a");
        assertThat(workload.getServicesOrThrow("ns/svc.ns.svc.cluster.local").getPortsList())
                .singleElement()
                .satisfies(port -> assertThat(port.getTargetPort()).isEqualTo(8080));
        assertThat(workload.getAuthorizationPoliciesList())
                .containsExactly("istio-system/everywhere", "ns/only-b", "istio-system/istio_converted_static_strict");
        assertThat(feed.snapshot(TypeUrls.AUTHORIZATION).all().stream().map(XdsResource::name))
                .containsExactlyInAnyOrder(
                        "istio-system/everywhere", "ns/only-b", "istio-system/istio_converted_static_strict");
        assertThat(feed.snapshot(TypeUrls.ADDRESS).findByAlias("/10.96.0.1").stream()
                        .map(XdsResource::name))
                .containsExactly("ns/svc.ns.svc.cluster.local");
        assertThat(statuses).hasSize(2);
    }

    @Test
    void changingOnePodComputesAndSendsThatWorkloadAlone() {
        StringBuilder yaml = new StringBuilder(service("svc", "app: a", "10.96.0.1"));
        for (int i = 1; i <= 50; i++) {
            yaml.append(pod("p" + i, "10.0.0." + i, "app: a"));
        }
        start(yaml.toString());
        long before = feed.podsComputed();
        changes.clear();
        source.apply(pod("p7", "10.0.1.7", "app: a"));
        await().until(() -> !changes.isEmpty());
        assertThat(feed.podsComputed() - before).isEqualTo(1);
        assertThat(changes).singleElement().satisfies(change -> {
            assertThat(change.upserts()).extracting(XdsResource::name).containsExactly("Kubernetes//Pod/ns/p7");
            assertThat(change.removals()).isEmpty();
        });
    }

    @Test
    void aChangedServiceReachesTheWorkloadsThatItSelectsAndNoOthers() {
        start(pod("a", "10.0.0.1", "app: a") + pod("b", "10.0.0.2", "app: b") + service("svc", "app: a", "10.96.0.1"));
        long before = feed.podsComputed();
        changes.clear();
        source.apply(service("svc", "app: b", "10.96.0.1"));
        await().until(() -> !changes.isEmpty());
        assertThat(workload("Kubernetes//Pod/ns/a").getServicesCount()).isZero();
        assertThat(workload("Kubernetes//Pod/ns/b").getServicesCount()).isEqualTo(1);
        assertThat(feed.podsComputed() - before).isEqualTo(2);
        assertThat(changes.getFirst().upserts())
                .extracting(XdsResource::name)
                .containsExactlyInAnyOrder("Kubernetes//Pod/ns/a", "Kubernetes//Pod/ns/b");
    }

    @Test
    void aResourceOfEqualContentHasAnEqualVersionAndIsNotSentAgain() {
        start(pod("a", "10.0.0.1", "app: a"));
        String version = resource("Kubernetes//Pod/ns/a").version();
        assertThat(version).hasSize(16).matches("[0-9a-f]+");
        changes.clear();
        source.apply(pod("a", "10.0.0.1", "app: a").replace("metadata: {", "metadata: {generation: 7, "));
        source.apply(pod("b", "10.0.0.2", "app: b"));
        await().until(() -> feed.snapshot(TypeUrls.ADDRESS).find("Kubernetes//Pod/ns/b") != null);
        assertThat(resource("Kubernetes//Pod/ns/a").version()).isEqualTo(version);
        assertThat(changes.stream().flatMap(change -> change.upserts().stream()))
                .extracting(XdsResource::name)
                .containsExactly("Kubernetes//Pod/ns/b");
    }

    @Test
    void aDeletedPodIsRemovedWithItsAliases() {
        start(pod("a", "10.0.0.1", "app: a"));
        assertThat(feed.snapshot(TypeUrls.ADDRESS).findByAlias("/10.0.0.1")).hasSize(1);
        changes.clear();
        source.delete(Kinds.POD, "ns", "a");
        await().until(() -> !changes.isEmpty());
        assertThat(changes.getFirst().removals()).containsExactly("Kubernetes//Pod/ns/a");
        assertThat(feed.snapshot(TypeUrls.ADDRESS).findByAlias("/10.0.0.1")).isEmpty();
    }

    @Test
    void aServiceWithoutSelectorJoinsThePodsThatItsSliceNames() {
        start(pod("a", "10.0.0.1", "app: a") + service("svc", "", "10.96.0.1").replace("selector: {}, ", "") + """
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: svc-1, namespace: ns, labels: {kubernetes.io/service-name: svc}}
                addressType: IPv4
                endpoints:
                - {addresses: [10.0.0.1], targetRef: {kind: Pod, namespace: ns, name: a}}
                - {addresses: [192.0.2.9]}
                ports: [{name: http, port: 9090, protocol: TCP}]
                """);
        assertThat(workload("Kubernetes//Pod/ns/a").getServicesMap()).containsKey("ns/svc.ns.svc.cluster.local");
        Workload opaque = workload("Kubernetes/discovery.k8s.io/EndpointSlice/ns/svc-1/192.0.2.9");
        assertThat(opaque.getServicesOrThrow("ns/svc.ns.svc.cluster.local")
                        .getPorts(0)
                        .getTargetPort())
                .isEqualTo(9090);
    }

    @Test
    void theMeshConfigurationReachesEveryWorkloadAndABadOneChangesNothing() {
        start(pod("a", "10.0.0.1", "app: a") + meshConfig("trustDomain: example.org"));
        assertThat(workload("Kubernetes//Pod/ns/a").getTrustDomain()).isEqualTo("example.org");
        source.apply(meshConfig("trustDomain: [1]"));
        await().until(() -> !feed.problems().isEmpty());
        assertThat(feed.problems().getFirst().toString())
                .contains("trustDomain")
                .contains("istio-system/istio");
        assertThat(workload("Kubernetes//Pod/ns/a").getTrustDomain()).isEqualTo("example.org");
        source.delete(Kinds.CONFIG_MAP, "istio-system", "istio");
        await().until(() -> workload("Kubernetes//Pod/ns/a").getTrustDomain().isEmpty());
    }

    @Test
    void aServiceHasTheHostBeforeAnEntryAndTheOlderEntryBeforeTheYounger() {
        start(entry("young", "2026-02-01T00:00:00Z", "shared.example", "192.0.2.2")
                + entry("old", "2026-01-01T00:00:00Z", "shared.example", "192.0.2.1")
                + entry("shadowed", "2025-01-01T00:00:00Z", "svc.ns.svc.cluster.local", "192.0.2.3")
                + service("svc", "app: a", "10.96.0.1"));
        assertThat(service("ns/shared.example").getName()).isEqualTo("old");
        assertThat(service("ns/shared.example").getCanonical()).isTrue();
        assertThat(service("ns/svc.ns.svc.cluster.local").getName()).isEqualTo("svc");
        assertThat(feed.snapshot(TypeUrls.ADDRESS).all().stream().map(XdsResource::name))
                .filteredOn(name -> name.contains("ServiceEntry"))
                .containsExactly("Kubernetes/networking.istio.io/ServiceEntry/ns/old/192.0.2.1");
        source.delete(Kinds.SERVICE_ENTRY, "ns", "old");
        await().until(() -> service("ns/shared.example").getName().equals("young"));
    }

    @Test
    void portLevelPeerAuthenticationReplacesTheSharedReference() {
        start(pod("a", "10.0.0.1", "app: a") + """
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: ports, namespace: ns}
                spec:
                  selector: {matchLabels: {app: a}}
                  mtls: {mode: STRICT}
                  portLevelMtls: {8080: {mode: PERMISSIVE}}
                """);
        assertThat(workload("Kubernetes//Pod/ns/a").getAuthorizationPoliciesList())
                .containsExactly("ns/converted_peer_authentication_ports");
    }

    private XdsResource resource(String name) {
        return Objects.requireNonNull(feed.snapshot(TypeUrls.ADDRESS).find(name), name);
    }

    private Workload workload(String uid) {
        return address(uid).getWorkload();
    }

    private Service service(String name) {
        return address(name).getService();
    }

    private Address address(String name) {
        try {
            return Address.parseFrom(resource(name).body().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static String pod(String name, String ip, String label) {
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: ns, labels: {%s}}
                spec: {nodeName: n1, containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
                status: {phase: Running, podIPs: [{ip: %s}]}
                """.formatted(name, label, ip);
    }

    private static String service(String name, String selector, String ip) {
        return """
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: ns}
                spec: {selector: {%s}, clusterIP: %s, ports: [{name: http, port: 80, targetPort: http}]}
                """.formatted(name, selector, ip);
    }

    private static String entry(String name, String created, String host, String address) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: %s, namespace: ns, creationTimestamp: "%s"}
                spec:
                  hosts: [%s]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: STATIC
                  endpoints: [{address: %s}]
                """.formatted(name, created, host, address);
    }

    private static String meshConfig(String mesh) {
        return """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data: {mesh: "%s"}
                """.formatted(mesh);
    }
}

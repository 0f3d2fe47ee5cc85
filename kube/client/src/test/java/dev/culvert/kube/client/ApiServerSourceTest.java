package dev.culvert.kube.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.kube.ObjectRef;
import dev.culvert.kube.ResourceEvent;
import dev.culvert.kube.resource.Kinds;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ApiServerSourceTest {
    private final KubernetesMockServer server = ApiServerMock.keeping();
    private final List<ResourceEvent> events = new CopyOnWriteArrayList<>();
    private KubernetesClient client;
    private ApiServerSource source;

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient();
        client.pods().inNamespace("ns").resource(pod("one", "10.0.0.1")).create();
        source = ApiServerSource.start(client, Set.of(Kinds.POD));
        source.subscribe(Set.of(Kinds.POD), Runnable::run, events::add);
    }

    @AfterEach
    void stop() {
        source.close();
        client.close();
        server.destroy();
    }

    @Test
    void listsThenWatches() {
        await().until(() -> events.contains(new ResourceEvent.Synced(Kinds.POD)));
        assertThat(pods()).containsExactly("one");
        client.pods().inNamespace("ns").resource(pod("two", "10.0.0.2")).create();
        await().until(() -> pods().contains("two"));
        client.pods().inNamespace("ns").withName("one").delete();
        await().until(() -> events.stream().anyMatch(event -> event instanceof ResourceEvent.Deleted));
        assertThat(source.problems()).isEmpty();
    }

    /// The mock does not carry metadata through the status subresource as a server does, so this looks at the
    /// request.
    @Test
    void anAnnotationIsAMergePatchOfThePodsStatus() throws Exception {
        await().until(() -> events.contains(new ResourceEvent.Synced(Kinds.POD)));
        String uid = client.pods()
                .inNamespace("ns")
                .withName("one")
                .get()
                .getMetadata()
                .getUid();
        new ApiServerWriter(client)
                .annotate(
                        Kinds.POD, new ObjectRef("ns", "one", uid), Map.of("ambient.istio.io/redirection", "enabled"));
        var request = server.takeRequest();
        while (!"PATCH".equals(request.getMethod())) {
            request = server.takeRequest();
        }
        assertThat(request.getPath()).startsWith("/api/v1/namespaces/ns/pods/one/status");
        assertThat(request.getHeader("Content-Type")).startsWith("application/merge-patch+json");
    }

    private List<String> pods() {
        return events.stream()
                .filter(event -> event instanceof ResourceEvent.Added)
                .map(event ->
                        ((ResourceEvent.Added) event).resource().metadata().name())
                .distinct()
                .toList();
    }

    private static io.fabric8.kubernetes.api.model.Pod pod(String name, String ip) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("ns")
                .endMetadata()
                .withNewSpec()
                .withNodeName("n1")
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(ip)
                .endStatus()
                .build();
    }
}

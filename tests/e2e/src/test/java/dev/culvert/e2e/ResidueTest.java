package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Pods that are gone leave nothing; labels take pods in and out of the mesh.
class ResidueTest {
    private static MeshCase mesh;
    private static LabPod client;

    @BeforeAll
    static void start() {
        mesh = new MeshCase(MeshLab.start(Labs.twoNodes("residue")));
        mesh.lab.manifests().namespace("shop", MeshCase.AMBIENT);
        client = mesh.lab.run(PodSpec.of("shop", "client", "client"), 1);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void tenPodsComeAndGoWithoutATrace() {
        List<LabPod> pods = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            LabPod pod = mesh.lab.run(PodSpec.of("shop", "server-" + i, "server"), 2);
            mesh.echo(pod, 8080);
            pods.add(pod);
        }
        pods.forEach(pod -> mesh.awaitAnswer(client, pod.ipv4(), 8080));
        pods.forEach(pod -> assertThat(mesh.lab.delete(pod)).isEmpty());
        org.awaitility.Awaitility.await().untilAsserted(() -> {
            assertThat(mesh.lab.node(2).exec("nft", "list", "ruleset").out())
                    .doesNotContain(pods.getFirst().ipv4())
                    .doesNotContain(pods.getFirst().uid());
            assertThat(mesh.lab.process(2).configDump()).doesNotContain("server-");
            assertThat(mesh.lab.node(2).exec("ip", "-o", "link").out()).doesNotContain("veth");
        });
        assertThat(mesh.lab.node(2).agentDirectory()).satisfies(directory -> {
            try (var files = java.nio.file.Files.walk(directory)) {
                assertThat(files.map(path -> path.getFileName().toString()))
                        .noneMatch(name -> pods.stream().anyMatch(pod -> name.contains(pod.uid())));
            }
        });
    }

    @Test
    void checkHoldsForAnEnrolledPodAndFailsWhenItsRulesWereTornOut() {
        LabPod pod = mesh.lab.run(PodSpec.of("shop", "checked", "checked"), 1);
        var chain = mesh.lab.chain(pod.node());
        var attachment = mesh.lab.attachment(pod.spec(), pod.uid(), pod.netns());
        chain.check(attachment, pod.addResult());
        assertThat(pod.exec("nft", "flush", "ruleset").ok()).isTrue();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> chain.check(attachment, pod.addResult()))
                .hasMessageContaining("culvert-cni");
        assertThat(mesh.lab.delete(pod)).isEmpty();
    }

    @Test
    void aLabelTakesARunningPodOutOfTheMeshAndInAgain() {
        LabPod pod = mesh.lab.run(PodSpec.of("shop", "moody", "moody"), 2);
        mesh.echo(pod, 8080);
        mesh.awaitAnswer(client, pod.ipv4(), 8080);
        assertThat(pod.exec("nft", "list", "ruleset").out()).contains("istio-ambient-nat");
        mesh.lab.edit(pod, pod.spec().withLabel("istio.io/dataplane-mode", "none"));
        org.awaitility.Awaitility.await()
                .untilAsserted(() ->
                        assertThat(pod.exec("nft", "list", "ruleset").out()).doesNotContain("istio-ambient"));
        mesh.awaitAnswer(client, pod.ipv4(), 8080);
        assertThat(pod.exec("ip", "rule").out()).doesNotContain("lookup 100");
        mesh.lab.edit(pod, pod.spec());
        org.awaitility.Awaitility.await()
                .untilAsserted(() ->
                        assertThat(pod.exec("nft", "list", "ruleset").out()).contains("istio-ambient-nat"));
        mesh.awaitAnswer(client, pod.ipv4(), 8080);
        assertThat(mesh.lab.delete(pod)).isEmpty();
    }
}

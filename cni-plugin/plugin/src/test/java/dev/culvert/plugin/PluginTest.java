package dev.culvert.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginTest {
    private static final String RESULT =
            "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"eth0\"}],\"ips\":[{\"interface\":0,"
                    + "\"address\":\"10.1.0.5/24\",\"gateway\":\"10.1.0.1\"},{\"address\":\"fd00::5/64\"}],\"dns\":{}}";

    @TempDir
    Path dir;

    private final Map<String, String> environment = new HashMap<>(Map.of(
            "CNI_CONTAINERID",
            "c1",
            "CNI_NETNS",
            "/run/netns/x",
            "CNI_IFNAME",
            "eth0",
            "CNI_ARGS",
            "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=u1"));

    private record Run(int status, String out) {
        Map<String, Object> json() {
            return Json.parseObject(out);
        }
    }

    private String config(String version, String more) {
        return "{\"cniVersion\":\"" + version + "\",\"name\":\"n\",\"type\":\"culvert-cni\",\"cni_agent_run_dir\":\""
                + dir + "\",\"pod_namespace\":\"istio-system\"" + more + "}";
    }

    private Run run(String command, String input) {
        environment.put("CNI_COMMAND", command);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = Plugin.run(
                environment::get,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8));
        return new Run(status, out.toString(StandardCharsets.UTF_8).strip());
    }

    private static String facts(String mode) {
        return new PodFacts("shop", "web", false, Map.of("istio.io/dataplane-mode", mode), Map.of(), Map.of()).json();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3.1", "0.4.0", "1.0.0", "1.1.0"})
    void addTellsTheAgentAndPrintsThePreviousResultAsItWas(String version) throws Exception {
        try (FakeAgent agent =
                new FakeAgent(dir).on("/podfacts", 200, facts("ambient")).on("/cmdadd", 200, "")) {
            Run run = run("ADD", config(version, ",\"prevResult\":" + RESULT));
            assertThat(run).isEqualTo(new Run(0, RESULT));
            assertThat(agent.bodies("/cmdadd"))
                    .containsExactly(
                            "{\"Netns\":\"/run/netns/x\",\"PodName\":\"web\",\"PodNamespace\":\"shop\",\"IPs\":["
                                    + "{\"Interface\":0,\"Address\":{\"IP\":\"10.1.0.5\",\"Mask\":\"////AA==\"},\"Gateway\":\"10.1.0.1\"},"
                                    + "{\"Interface\":null,\"Address\":{\"IP\":\"fd00:0:0:0:0:0:0:5\","
                                    + "\"Mask\":\"//////////8AAAAAAAAAAA==\"},\"Gateway\":\"\"}]}");
            assertThat(agent.requests.getLast())
                    .contains("culvert-container-id: c1")
                    .contains("culvert-pod-uid: u1");
        }
    }

    @Test
    void addPassesOverAPodThatIsNotToBeEnrolled() throws Exception {
        try (FakeAgent agent = new FakeAgent(dir).on("/podfacts", 200, facts("none"))) {
            assertThat(run("ADD", config("1.0.0", ",\"prevResult\":" + RESULT))).isEqualTo(new Run(0, RESULT));
            assertThat(agent.bodies("/cmdadd")).isEmpty();
        }
    }

    @Test
    void addFailsWhenTheAgentCouldNotEnrolThePod() throws Exception {
        try (FakeAgent agent =
                new FakeAgent(dir).on("/podfacts", 200, facts("ambient")).on("/cmdadd", 500, "no proxy")) {
            Run run = run("ADD", config("1.0.0", ",\"prevResult\":" + RESULT));
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.json()).containsEntry("code", 101L).containsEntry("details", "no proxy");
            assertThat(agent.bodies("/cmdadd")).hasSize(1);
        }
    }

    @Test
    void addFailsWithTheAgentAwayWhenNobodyCanTellWhetherThePodIsToBeEnrolled() {
        Run run = run("ADD", config("1.1.0", ",\"prevResult\":" + RESULT));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.json()).containsEntry("cniVersion", "1.1.0").containsEntry("code", 11L);
        assertThat(run.out()).contains("cannot tell whether pod shop/web belongs in the mesh");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "  labels: {\"istio.io/dataplane-mode\": \"ambient\"} || 1",
                "  labels:\\n    istio.io/dataplane-mode: ambient || 1",
                "  labels: {app: web} || 0",
                "  labels: {} || 0",
                "  labels: {app: web} | {\"istio.io/dataplane-mode\": \"ambient\"} | 1",
                "  labels: {\"istio.io/dataplane-mode\": 'none'} | {\"istio.io/dataplane-mode\": ambient} | 0",
                "  labels: {app: web}\\n  annotations:\\n    sidecar.istio.io/status: '{}' | {istio.io/dataplane-mode: ambient} | 0",
                "  labels: &x {app: web} || 1",
                "  labels: {app: [web]} || 1"
            })
    void addReadsTheManifestsWithTheAgentAway(String labels, String ofNamespace, int status) throws Exception {
        Path manifests = Files.createDirectory(dir.resolve("manifests"));
        Files.writeString(
                manifests.resolve("all.yaml"),
                "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"
                        + (ofNamespace == null ? "" : "  labels: " + ofNamespace + "\n")
                        + "---\n# the pod\napiVersion: v1\nkind: Pod\nmetadata:\n  name: \"web\"\n  namespace: shop\n"
                        + "  " + labels.replace("\\n", "\n") + "\nspec:\n  containers:\n  - name: c\n    image: x\n"
                        + "status:\n  phase: Running\n");
        Run run = run("ADD", config("1.0.0", ",\"manifest_dir\":\"" + manifests + "\",\"prevResult\":" + RESULT));
        assertThat(run.status()).as(run.out()).isEqualTo(status);
    }

    @Test
    void addLeavesItsOwnPodsAndExcludedNamespacesAndWhatIsNoPodAlone() {
        environment.put("CNI_ARGS", "K8S_POD_NAMESPACE=istio-system;K8S_POD_NAME=culvert-node-x7");
        assertThat(run("ADD", config("1.0.0", "")).out()).isEqualTo("{\"cniVersion\":\"1.0.0\"}");
        environment.put("CNI_ARGS", "K8S_POD_NAMESPACE=kube-system;K8S_POD_NAME=dns");
        assertThat(run("ADD", config("1.0.0", "")).status()).isZero();
        environment.put("CNI_ARGS", "");
        assertThat(run("ADD", config("1.0.0", "")).status()).isZero();
        environment.put("CNI_ARGS", "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web");
        assertThat(run("ADD", config("1.0.0", ",\"ambient_enabled\":false")).status())
                .isZero();
        assertThat(run("ADD", config("1.0.0", ",\"exclude_namespaces\":[\"shop\"]"))
                        .status())
                .isZero();
    }

    @Test
    void delAlwaysSucceeds() throws Exception {
        assertThat(run("DEL", config("1.0.0", ""))).isEqualTo(new Run(0, ""));
        assertThat(run("DEL", "nonsense")).isEqualTo(new Run(0, ""));
        try (FakeAgent agent = new FakeAgent(dir).on("/cmddel", 500, "trouble")) {
            assertThat(run("DEL", config("1.0.0", ""))).isEqualTo(new Run(0, ""));
            assertThat(agent.bodies("/cmddel")).hasSize(1);
        }
    }

    @Test
    void checkAsksWhetherThePodIsEnrolledAsItWas() throws Exception {
        String config = config("1.0.0", ",\"prevResult\":" + RESULT);
        assertThat(run("CHECK", config).json()).containsEntry("code", 11L);
        assertThat(run("CHECK", config("1.0.0", "")).json()).containsEntry("code", 7L);
        try (FakeAgent agent = new FakeAgent(dir).on("/cmdcheck", 200, "")) {
            assertThat(run("CHECK", config)).isEqualTo(new Run(0, ""));
            agent.on("/cmdcheck", 500, "rules are missing");
            assertThat(run("CHECK", config).json())
                    .containsEntry("code", 100L)
                    .containsEntry("details", "rules are missing");
        }
    }

    @Test
    void statusSaysWhetherPodsCanBeTaken() throws Exception {
        assertThat(run("STATUS", config("1.1.0", "")).json()).containsEntry("code", 50L);
        assertThat(run("STATUS", config("1.0.0", "")).json()).containsEntry("code", 1L);
        try (FakeAgent agent = new FakeAgent(dir).on("/status", 200, "")) {
            assertThat(run("STATUS", config("1.1.0", ""))).isEqualTo(new Run(0, ""));
            agent.on("/status", 503, "pending: pods");
            assertThat(run("STATUS", config("1.1.0", "")).json()).containsEntry("code", 50L);
        }
    }

    @Test
    void gcPassesOnWhatIsStillValid() throws Exception {
        try (FakeAgent agent = new FakeAgent(dir).on("/gc", 200, "")) {
            String valid = ",\"cni.dev/valid-attachments\":[{\"containerID\":\"c1\",\"ifname\":\"eth0\"}]";
            assertThat(run("GC", config("1.1.0", valid))).isEqualTo(new Run(0, ""));
            assertThat(agent.bodies("/gc")).containsExactly("{\"ValidContainers\":[\"c1\"]}");
            assertThat(run("GC", config("1.1.0", "")).json()).containsEntry("code", 7L);
        }
    }

    @Test
    void tellsItsVersions() {
        assertThat(run("VERSION", "{\"cniVersion\":\"0.4.0\"}").out())
                .isEqualTo(
                        "{\"cniVersion\":\"0.4.0\",\"supportedVersions\":[\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}");
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        assertThat(run("ADD", "nonsense").json()).containsEntry("code", 6L);
        assertThat(run("ADD", config("0.2.0", "")).json()).containsEntry("code", 1L);
        assertThat(run("ADD", config("9.9.9", "")).json()).containsEntry("code", 1L);
        assertThat(run("JUMP", config("1.0.0", "")).json()).containsEntry("code", 4L);
        assertThat(run(
                                "ADD",
                                config(
                                        "1.0.0",
                                        ",\"enablement_selectors\":[{\"podSelector\":{\"matchExpressions\":[{}]}}]"))
                        .json())
                .containsEntry("code", 7L);
    }

    @Test
    void runsAsAProcess() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Path.of(Plugin.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString(),
                Plugin.class.getName());
        builder.environment().put("CNI_COMMAND", "VERSION");
        builder.redirectInput(Files.writeString(dir.resolve("in"), "{\"cniVersion\":\"1.1.0\"}")
                .toFile());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(out).startsWith("{\"cniVersion\":\"1.1.0\",\"supportedVersions\":");
    }
}

package dev.culvert.plugin;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One call by the container runtime, from its input to what is printed. Confined to the process's
/// main thread.
///
/// Chained last, the plugin makes no interface: ADD sees to it that a pod of the mesh does not
/// start before the agent has captured it, and prints the previous result as it came. **It fails
/// closed:** a pod that is to be enrolled, or of which nobody can say whether it is, does not start
/// while the agent is away; a pod that is plainly none of ours does. DEL always succeeds, because a
/// runtime that cannot delete keeps a node from draining.
final class PluginCall {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DEL_TIMEOUT = Duration.ofSeconds(2);
    private static final List<String> OWN_PODS = List.of("istio-cni-node-", "culvert-node-");
    private static final String RESULT_OK = "";

    private final Invocation call;
    private final String input;

    PluginCall(Invocation call, String input) {
        this.call = call;
        this.input = input;
    }

    /// What to print on standard output; empty when there is nothing to say.
    ///
    /// @throws CniError when the command fails
    String run() throws CniError {
        if (call.command().equals("VERSION")) {
            return versions();
        }
        NetworkConfig config;
        try {
            config = NetworkConfig.parse(input);
        } catch (CniError e) {
            if (call.command().equals("DEL")) {
                return RESULT_OK;
            }
            throw e;
        }
        return switch (call.command()) {
            case "ADD" -> add(checked(config, "0.3.1"));
            case "DEL" -> del(config);
            case "CHECK" -> check(checked(config, "0.4.0"));
            case "STATUS" -> status(checked(config, "1.1.0"));
            case "GC" -> gc(checked(config, "1.1.0"));
            default ->
                throw new CniError(
                        CniError.INVALID_ENVIRONMENT,
                        "CNI_COMMAND is '" + call.command() + "'; expected ADD, DEL, CHECK, STATUS, GC or VERSION",
                        "");
        };
    }

    private String versions() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("cniVersion", NetworkConfig.version(input));
        answer.put("supportedVersions", NetworkConfig.VERSIONS);
        return Json.write(answer);
    }

    private NetworkConfig checked(NetworkConfig config, String since) throws CniError {
        if (!NetworkConfig.VERSIONS.contains(config.cniVersion()) || !config.atLeast(since)) {
            throw new CniError(
                    CniError.INCOMPATIBLE_VERSION,
                    "cniVersion is '" + config.cniVersion() + "' for " + call.command() + "; expected one of "
                            + NetworkConfig.VERSIONS.subList(
                                    NetworkConfig.VERSIONS.indexOf(since), NetworkConfig.VERSIONS.size()),
                    "");
        }
        return config;
    }

    private String add(NetworkConfig config) throws CniError {
        if (!isCandidate(config)) {
            return Json.write(result(config));
        }
        if (call.netns().isEmpty()) {
            throw new CniError(CniError.INVALID_ENVIRONMENT, "CNI_NETNS is not set", "");
        }
        if (config.enrolment().judge(facts(config)) instanceof Enrolment.Enrol enrol) {
            enrol(config, enrol.reason());
        }
        return Json.write(result(config));
    }

    /// False for what needs no look at labels to know that it is none of ours.
    private boolean isCandidate(NetworkConfig config) {
        boolean own = call.podNamespace().equals(config.agentNamespace())
                && OWN_PODS.stream().anyMatch(call.podName()::startsWith);
        return config.ambientEnabled()
                && !call.podName().isEmpty()
                && !call.podNamespace().isEmpty()
                && !own
                && !config.enrolment().excludes(call.podNamespace());
    }

    private PodFacts facts(NetworkConfig config) throws CniError {
        String trouble;
        try {
            AgentClient.Answer answer =
                    agent(config, TIMEOUT).post("/podfacts", event(config).json(), headers());
            if (answer.ok()) {
                return PodFacts.parse(answer.body());
            }
            trouble = "the node agent answered " + answer.status() + ": "
                    + answer.body().strip();
        } catch (IOException | IllegalArgumentException e) {
            trouble = String.valueOf(e.getMessage());
        }
        PodFacts facts = fromManifests(config);
        if (facts == null) {
            throw new CniError(
                    CniError.TRY_AGAIN_LATER,
                    "cannot tell whether pod " + call.podNamespace() + "/" + call.podName()
                            + " belongs in the mesh, so it must not start",
                    trouble);
        }
        return facts;
    }

    private @Nullable PodFacts fromManifests(NetworkConfig config) {
        Path directory = config.manifestDir();
        if (directory == null) {
            return null;
        }
        try {
            return ManifestFacts.find(directory, call.podNamespace(), call.podName());
        } catch (IOException e) {
            return null;
        }
    }

    private void enrol(NetworkConfig config, String reason) throws CniError {
        String pod = call.podNamespace() + "/" + call.podName();
        AgentClient.Answer answer;
        try {
            PluginEvent event = new PluginEvent(
                    call.netns(), call.podName(), call.podNamespace(), PluginEvent.addresses(config.previousResult()));
            answer = agent(config, TIMEOUT).post("/cmdadd", event.json(), headers());
        } catch (IllegalArgumentException e) {
            throw new CniError(
                    CniError.INVALID_CONFIG,
                    "prevResult holds an address that is none",
                    String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CniError(
                    CniError.TRY_AGAIN_LATER,
                    "pod " + pod + " belongs in the mesh (" + reason + ") and must not start uncaptured",
                    String.valueOf(e.getMessage()));
        }
        if (!answer.ok()) {
            throw new CniError(
                    CniError.REFUSED,
                    "the node agent did not enrol pod " + pod + " (" + reason + ")",
                    answer.body().strip());
        }
    }

    private PluginEvent event(NetworkConfig config) throws CniError {
        try {
            return new PluginEvent(
                    call.netns(), call.podName(), call.podNamespace(), PluginEvent.addresses(config.previousResult()));
        } catch (IllegalArgumentException e) {
            throw new CniError(
                    CniError.INVALID_CONFIG,
                    "prevResult holds an address that is none",
                    String.valueOf(e.getMessage()));
        }
    }

    private Map<String, Object> result(NetworkConfig config) {
        return config.previousResult().isEmpty() ? Map.of("cniVersion", config.cniVersion()) : config.previousResult();
    }

    private String del(NetworkConfig config) {
        if (isCandidate(config)) {
            try {
                AgentClient.Answer _ = agent(config, DEL_TIMEOUT).post("/cmddel", podBody(), headers());
            } catch (IOException e) {
                // the agent finds out by the pod's end, or by GC
            }
        }
        return RESULT_OK;
    }

    private String check(NetworkConfig config) throws CniError {
        if (config.previousResult().isEmpty()) {
            throw new CniError(CniError.INVALID_CONFIG, "CHECK needs prevResult, and there is none", "");
        }
        if (!isCandidate(config)) {
            return RESULT_OK;
        }
        AgentClient.Answer answer = ask(config, "/cmdcheck", podBody(), CniError.TRY_AGAIN_LATER);
        if (!answer.ok()) {
            throw new CniError(
                    CniError.NOT_AS_ENROLLED,
                    "pod " + call.podNamespace() + "/" + call.podName()
                            + " is not in the mesh as it was when it started",
                    answer.body().strip());
        }
        return RESULT_OK;
    }

    private String status(NetworkConfig config) throws CniError {
        AgentClient.Answer answer = ask(config, "/status", "{}", CniError.UNAVAILABLE);
        if (!answer.ok()) {
            throw new CniError(
                    CniError.UNAVAILABLE,
                    "the node agent cannot take pods",
                    answer.body().strip());
        }
        return RESULT_OK;
    }

    private String gc(NetworkConfig config) throws CniError {
        List<String> valid = config.validAttachments();
        if (valid == null) {
            throw new CniError(CniError.INVALID_CONFIG, "GC needs cni.dev/valid-attachments, and there is none", "");
        }
        AgentClient.Answer answer =
                ask(config, "/gc", Json.write(Map.of("ValidContainers", valid)), CniError.TRY_AGAIN_LATER);
        if (!answer.ok()) {
            throw new CniError(
                    CniError.IO_FAILURE,
                    "the node agent could not clean up",
                    answer.body().strip());
        }
        return RESULT_OK;
    }

    private AgentClient.Answer ask(NetworkConfig config, String path, String body, int code) throws CniError {
        try {
            return agent(config, TIMEOUT).post(path, body, headers());
        } catch (IOException e) {
            throw new CniError(code, "the node agent cannot be reached", String.valueOf(e.getMessage()));
        }
    }

    private String podBody() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Netns", call.netns());
        body.put("PodName", call.podName());
        body.put("PodNamespace", call.podNamespace());
        return Json.write(body);
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!call.containerId().isEmpty()) {
            headers.put(AgentClient.CONTAINER_HEADER, call.containerId());
        }
        if (!call.podUid().isEmpty()) {
            headers.put(AgentClient.UID_HEADER, call.podUid());
        }
        return headers;
    }

    private static AgentClient agent(NetworkConfig config, Duration timeout) {
        return new AgentClient(config.runDir().resolve("pluginevent.sock"), timeout);
    }
}

package dev.culvert.plugin;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The network configuration that the runtime passes on standard input. Immutable.
///
/// Its keys are those of Istio's plugin, and one of ours: `manifest_dir`, the directory of
/// manifests that stands for an API server. The plugin reads it for a pod's labels when the agent
/// cannot be asked.
///
/// @param previousResult empty when the configuration has none
/// @param validAttachments the container ids that GC is to keep; null when the key is missing
record NetworkConfig(
        String cniVersion,
        Path runDir,
        boolean ambientEnabled,
        Enrolment enrolment,
        String agentNamespace,
        @Nullable Path manifestDir,
        Map<String, Object> previousResult,
        @Nullable List<String> validAttachments) {
    static final List<String> VERSIONS = List.of("0.3.1", "0.4.0", "1.0.0", "1.1.0");
    private static final String RUN_DIR = "/var/run/istio-cni";

    static NetworkConfig parse(String text) throws CniError {
        Map<String, Object> config;
        try {
            config = Json.parseObject(text);
        } catch (IllegalArgumentException e) {
            throw new CniError(
                    CniError.UNDECODABLE,
                    "the network configuration on standard input is no JSON object",
                    String.valueOf(e.getMessage()));
        }
        try {
            return of(config);
        } catch (IllegalArgumentException e) {
            throw new CniError(
                    CniError.INVALID_CONFIG, "the network configuration is not valid", String.valueOf(e.getMessage()));
        }
    }

    /// The version that the text names, for an answer to text that is otherwise not understood.
    static String version(String text) {
        try {
            return Json.text(Json.parseObject(text).get("cniVersion"), VERSIONS.getLast());
        } catch (IllegalArgumentException e) {
            return VERSIONS.getLast();
        }
    }

    private static NetworkConfig of(Map<String, Object> config) {
        Object excluded = config.get("exclude_namespaces");
        String manifests = Json.text(config.get("manifest_dir"), "");
        return new NetworkConfig(
                Json.text(config.get("cniVersion"), "0.1.0"),
                Path.of(Json.text(config.get("cni_agent_run_dir"), RUN_DIR)),
                !Boolean.FALSE.equals(config.get("ambient_enabled")),
                Enrolment.of(
                        config.get("enablement_selectors"),
                        excluded == null
                                ? Enrolment.DEFAULT.excludedNamespaces()
                                : Set.copyOf(Json.textList(excluded))),
                Json.text(config.get("pod_namespace"), ""),
                manifests.isEmpty() ? null : Path.of(manifests),
                new LinkedHashMap<>(Json.object(config.get("prevResult"))),
                attachments(config.get("cni.dev/valid-attachments")));
    }

    private static @Nullable List<String> attachments(@Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            return null;
        }
        List<String> containers = new ArrayList<>();
        for (Object item : list) {
            containers.add(Json.text(Json.object(item).get("containerID"), ""));
        }
        return containers;
    }

    boolean atLeast(String version) {
        return VERSIONS.indexOf(cniVersion) >= VERSIONS.indexOf(version);
    }
}

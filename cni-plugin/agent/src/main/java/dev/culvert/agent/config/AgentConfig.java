package dev.culvert.agent.config;

import dev.culvert.api.MeshPorts;
import dev.culvert.plugin.Enrolment;
import dev.culvert.process.Settings;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The settings of the node agent. Immutable.
///
/// @param node `NODE_NAME`: only pods of this node are ours; empty means all
/// @param enrolment `AMBIENT_ENABLEMENT_SELECTOR` (a list, as JSON or YAML) and
/// `EXCLUDE_NAMESPACES`
/// @param capture what is captured of each pod
/// @param paths where things are on this machine
/// @param ports where health and metrics are served
public record AgentConfig(String node, Enrolment enrolment, Capture capture, Paths paths, Ports ports) {
    /// What is captured of each pod, unless its annotations say otherwise.
    ///
    /// @param dns `AMBIENT_DNS_CAPTURE`, default false
    /// @param ipv6 `AMBIENT_IPV6`, default true
    /// @param repairOnStart `AMBIENT_RECONCILE_POD_RULES_ON_STARTUP`, default true: check the rules
    /// of known pods
    /// @param hostProbes `CULVERT_HOST_PROBES`, default true: exempt the kubelet's probes
    /// @param probeUser `CULVERT_PROBE_UID`: the user id that the kubelet runs as, default 0
    public record Capture(boolean dns, boolean ipv6, boolean repairOnStart, boolean hostProbes, int probeUser) {}

    /// Where things are.
    ///
    /// @param runDir `CULVERT_RUN_DIR`: the plugin's socket and the pod records, default
    /// `/var/run/istio-cni`
    /// @param zdsSocket `INPOD_UDS`: where ztunnel connects, default
    /// `/var/run/ztunnel/ztunnel.sock`
    /// @param hostNetns `CULVERT_HOST_NETNS`: what is taken for the host's namespace, default that
    /// of process 1
    /// @param hostRoot `CULVERT_HOST_ROOT`: prefix of the namespace paths that a runtime gives,
    /// default none
    /// @param manifests `CULVERT_MANIFESTS`: the directory that stands for an API server; null when
    /// there is one
    public record Paths(
            Path runDir,
            Path zdsSocket,
            Path hostNetns,
            Path hostRoot,
            @Nullable Path manifests) {
        public Path pluginSocket() {
            return runDir.resolve("pluginevent.sock");
        }

        /// Where a namespace is that the runtime calls `path`.
        public Path onHost(String path) {
            Path inside = Path.of("/").relativize(Path.of(path).toAbsolutePath());
            return hostRoot.resolve(inside);
        }
    }

    /// Where the agent answers.
    ///
    /// @param health `CULVERT_AGENT_HEALTH_PORT`: `/healthz` and `/readyz`, default 8000
    /// @param metrics `CULVERT_AGENT_METRICS_PORT`: `/metrics`, default 15014
    public record Ports(int health, int metrics) {}

    /// Reads the settings; mistakes are noted in `settings`.
    public static AgentConfig from(Settings settings) {
        List<String> excluded =
                settings.list("EXCLUDE_NAMESPACES", List.copyOf(Enrolment.DEFAULT.excludedNamespaces()));
        Enrolment plain = new Enrolment(Enrolment.DEFAULT.selectors(), new HashSet<>(excluded));
        Enrolment selected = settings.parsed(
                "AMBIENT_ENABLEMENT_SELECTOR",
                "a list of podSelector and namespaceSelector, as JSON or YAML",
                text -> Selectors.parse(text, plain.excludedNamespaces()));
        return new AgentConfig(
                settings.name("NODE_NAME", "the node's name; leave it out to take every pod for one of this node", ""),
                selected == null ? plain : selected,
                new Capture(
                        settings.bool("AMBIENT_DNS_CAPTURE", false),
                        settings.bool("AMBIENT_IPV6", true),
                        settings.bool("AMBIENT_RECONCILE_POD_RULES_ON_STARTUP", true),
                        settings.bool("CULVERT_HOST_PROBES", true),
                        settings.integer("CULVERT_PROBE_UID", 0, 0, Integer.MAX_VALUE)),
                new Paths(
                        settings.path("CULVERT_RUN_DIR", Path.of("/var/run/istio-cni")),
                        settings.path("INPOD_UDS", Path.of("/var/run/ztunnel/ztunnel.sock")),
                        settings.path("CULVERT_HOST_NETNS", Path.of("/proc/1/ns/net")),
                        settings.path("CULVERT_HOST_ROOT", Path.of("/")),
                        settings.path("CULVERT_MANIFESTS")),
                new Ports(
                        settings.port("CULVERT_AGENT_HEALTH_PORT", MeshPorts.AGENT_HEALTH),
                        settings.port("CULVERT_AGENT_METRICS_PORT", MeshPorts.CONTROL_METRICS)));
    }
}

package dev.culvert.agent.event;

import dev.culvert.agent.config.AgentConfig;
import dev.culvert.agent.event.PluginEventServer.Answer;
import dev.culvert.agent.pod.NodePods;
import dev.culvert.agent.pod.PodMesh;
import dev.culvert.agent.pod.PodRecord;
import dev.culvert.agent.pod.PodStore;
import dev.culvert.linux.Netns;
import dev.culvert.plugin.AgentClient;
import dev.culvert.plugin.Enrolment;
import dev.culvert.plugin.Json;
import dev.culvert.plugin.PluginEvent;
import dev.culvert.process.CounterFamily;
import dev.culvert.process.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the agent does when the plugin calls. Thread-safe: what it uses is.
///
/// `/cmdadd` is Istio's and answers only when the pod is captured and its proxy ready. The others
/// are ours: `/podfacts` tells of any pod that starts, and gets what the rule of enrolment needs;
/// `/cmddel`, `/cmdcheck`, `/gc` and `/status` stand for the commands of the same names.
public final class PluginEvents {
    private static final Duration POD_PATIENCE = Duration.ofSeconds(3);

    private final AgentConfig config;
    private final NodePods pods;
    private final PodStore store;
    private final PodMesh mesh;
    private final Readiness readiness;
    private final SandboxGuard guard;

    public PluginEvents(
            AgentConfig config, NodePods pods, PodStore store, PodMesh mesh, Readiness readiness, SandboxGuard guard) {
        this.config = config;
        this.pods = pods;
        this.store = store;
        this.mesh = mesh;
        this.readiness = readiness;
        this.guard = guard;
    }

    /// Listens at the plugin's socket.
    public PluginEventServer listen(CounterFamily requests) throws IOException {
        return new PluginEventServer(
                config.paths().pluginSocket(), this::answer, requests, PluginEventServer.Limits.DEFAULT);
    }

    Answer answer(PluginRequest request) throws IOException, InterruptedException {
        if (!request.method().equals("POST")) {
            return new Answer(405, "POST is expected");
        }
        return switch (request.path()) {
            case "/podfacts" -> facts(request);
            case "/cmdadd" -> add(request);
            case "/cmddel" -> delete(request);
            case "/cmdcheck" -> check(request);
            case "/gc" -> collect(request);
            case "/status" -> status();
            default -> new Answer(404, "there is nothing at " + request.path());
        };
    }

    private Answer facts(PluginRequest request) throws IOException, InterruptedException {
        PluginEvent event = PluginEvent.parse(request.body());
        NodePods.Known known = known(event, request);
        if (known == null) {
            return unknown(event);
        }
        PodRecord record = record(event, request, known);
        store.put(record.withEnrolled(mesh.contains(record.id().uid())));
        return new Answer(200, known.facts().json());
    }

    private Answer add(PluginRequest request) throws IOException, InterruptedException {
        PluginEvent event = PluginEvent.parse(request.body());
        if (event.ips().isEmpty()) {
            return new Answer(400, "IPs must not be empty");
        }
        NodePods.Known known = known(event, request);
        if (known == null) {
            return unknown(event);
        }
        return switch (config.enrolment().judge(known.facts())) {
            case Enrolment.PassOver(String reason) ->
                new Answer(
                        500,
                        "pod " + event.podNamespace() + "/" + event.podName() + " is not to be enrolled: " + reason);
            case Enrolment.Enrol _ -> {
                PodRecord record = record(event, request, known);
                store.enrol(record, () -> mesh.enrol(known.pod(), record));
                yield Answer.OK;
            }
        };
    }

    private NodePods.@Nullable Known known(PluginEvent event, PluginRequest request) throws InterruptedException {
        return pods.await(event.podNamespace(), event.podName(), request.header(AgentClient.UID_HEADER), POD_PATIENCE);
    }

    private static Answer unknown(PluginEvent event) {
        return new Answer(
                404,
                "pod " + event.podNamespace() + "/" + event.podName()
                        + ", or its namespace, is not known on this node; see that NODE_NAME is the node's name "
                        + "and that the agent can read pods");
    }

    private PodRecord record(PluginEvent event, PluginRequest request, NodePods.Known known) throws IOException {
        Path path = config.paths().onHost(event.netns());
        List<InetAddress> addresses =
                event.ips().stream().map(PluginEvent.Address::ip).toList();
        try (Netns netns = Netns.open(path)) {
            PodRecord record = new PodRecord(
                    new PodRecord.PodId(known.pod().metadata().uid(), event.podNamespace(), event.podName()),
                    request.header(AgentClient.CONTAINER_HEADER),
                    path.toString(),
                    netns.identity(),
                    addresses,
                    false);
            guard.admit(netns, record);
            return record;
        }
    }

    private Answer delete(PluginRequest request) throws IOException {
        PodRecord record = recorded(request);
        if (record != null) {
            letGo(record);
        }
        return Answer.OK;
    }

    /// The record of the pod that a request names; null when there is none, or when it is of a
    /// later container, which an earlier one's end must not touch.
    private @Nullable PodRecord recorded(PluginRequest request) {
        Map<String, Object> body = Json.parseObject(request.body());
        return store.find(
                Json.text(body.get("PodNamespace"), ""),
                Json.text(body.get("PodName"), ""),
                request.header(AgentClient.CONTAINER_HEADER));
    }

    private void letGo(PodRecord record) throws IOException {
        NodePods.Known known = pods.find(record.id().uid());
        mesh.unenrol(record.id(), known == null ? null : known.pod(), true);
        store.remove(record.id().uid());
    }

    private Answer check(PluginRequest request) throws IOException {
        PodRecord record = recorded(request);
        if (record == null || !record.enrolled()) {
            return Answer.OK; // it was not in the mesh when it started
        }
        try (Netns netns = Netns.open(Path.of(record.netnsPath()))) {
            if (!netns.identity().equals(record.netnsIdentity())) {
                return new Answer(500, "there is another namespace at " + record.netnsPath());
            }
        }
        if (!mesh.contains(record.id().uid())) {
            return new Answer(500, "the node proxy has not been told of the pod");
        }
        return mesh.check(record.id().uid())
                ? Answer.OK
                : new Answer(500, "rules are missing in the pod's network namespace");
    }

    private Answer collect(PluginRequest request) throws IOException {
        Set<String> valid =
                new HashSet<>(Json.textList(Json.parseObject(request.body()).get("ValidContainers")));
        for (PodRecord record : store.all()) {
            if (!record.container().isEmpty() && !valid.contains(record.container())) {
                letGo(record);
            }
        }
        return Answer.OK;
    }

    private Answer status() {
        List<String> pending = readiness.pending();
        return pending.isEmpty()
                ? Answer.OK
                : new Answer(503, "the node agent is not ready, pending: " + String.join(", ", pending));
    }
}

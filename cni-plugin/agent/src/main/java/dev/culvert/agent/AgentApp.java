package dev.culvert.agent;

import dev.culvert.agent.config.AgentConfig;
import dev.culvert.agent.event.PluginEventServer;
import dev.culvert.agent.event.PluginEvents;
import dev.culvert.agent.event.SandboxGuard;
import dev.culvert.agent.pod.NodePods;
import dev.culvert.agent.pod.PodMesh;
import dev.culvert.agent.pod.PodRecord;
import dev.culvert.agent.pod.PodStore;
import dev.culvert.agent.pod.PodWatcher;
import dev.culvert.agent.rules.HostProbeRules;
import dev.culvert.agent.rules.NftRules;
import dev.culvert.agent.rules.Tools;
import dev.culvert.agent.zds.PodSink;
import dev.culvert.kube.ObjectWriter;
import dev.culvert.kube.ResourceSource;
import dev.culvert.linux.Netns;
import dev.culvert.linux.NetnsThread;
import dev.culvert.process.Metrics;
import dev.culvert.process.Readiness;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node agent, put together. Confined to the thread that starts it.
///
/// Start order: the source is read, the pods of an earlier run are taken up again, then node
/// proxies may come, who get all of them at once, and only then the plugin. Closing leaves every
/// rule in place: pods stay captured, and their traffic goes on through the proxy.
public final class AgentApp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentApp.class);
    private static final Duration SOURCE_PATIENCE = Duration.ofSeconds(30);
    private static final Duration REASSERT_EVERY = Duration.ofSeconds(30);

    private final AgentConfig config;
    private final PodSink sink;
    private final PodStore store;
    private final NodePods pods;
    private final PodMesh mesh;
    private final PodWatcher watcher;
    private final Readiness readiness;
    private final Metrics metrics;
    private final Netns host;
    private final NetnsThread thread;
    private final @Nullable HostProbeRules probes;
    private final ScheduledExecutorService upkeep = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("upkeep").daemon(true).unstarted(task));
    private @Nullable PluginEventServer events;

    /// What the agent is given; it closes none of it but the sink.
    ///
    /// @param sink who wants the pods
    /// @param writer where the redirection annotation is written
    public record Parts(
            ResourceSource source,
            ObjectWriter writer,
            PodSink sink,
            NetnsThread thread,
            Metrics metrics,
            Readiness readiness) {}

    public AgentApp(AgentConfig config, Parts parts) throws IOException {
        this.config = config;
        this.sink = parts.sink;
        this.readiness = parts.readiness;
        this.metrics = parts.metrics;
        this.thread = parts.thread;
        Tools tools = new Tools();
        host = Netns.open(config.paths().hostNetns());
        probes = config.capture().hostProbes()
                ? new HostProbeRules(tools, host, config.capture().probeUser())
                : null;
        store = new PodStore(config.paths().runDir().resolve("pods"));
        pods = new NodePods(config.node());
        NftRules rules = new NftRules(tools, thread);
        mesh = new PodMesh(config.capture(), rules, probes, sink, parts.writer);
        watcher = new PodWatcher(
                pods,
                store,
                mesh,
                config.enrolment(),
                metrics.counter("nodeagent_reconcile_events_total", "Pods looked at again, by the event", "type"));
        metrics.gauge("ztunnel_connected", "Node proxies that listen to this agent")
                .ask(sink::proxies);
        metrics.gauge("nodeagent_mesh_pods", "Pods of this node that are in the mesh")
                .ask(mesh::size);
        watcher.listen(parts.source);
    }

    /// Starts; returns once pods can be taken.
    ///
    /// @throws IOException when the source tells nothing in time, or a socket cannot be taken
    public void start() throws IOException, InterruptedException {
        Readiness.Task ready = readiness.task("pods");
        if (!pods.awaitSync(SOURCE_PATIENCE)) {
            throw new IOException("the source of pods told nothing within " + SOURCE_PATIENCE
                    + "; see that the API server can be reached, or that the manifest directory can be read");
        }
        watchProxies(readiness.task("ztunnel"));
        if (probes != null) {
            probes.reassert();
        }
        ScheduledFuture<?> _ = upkeep.scheduleWithFixedDelay(
                this::reassert, REASSERT_EVERY.toMillis(), REASSERT_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        watcher.begin(() -> {
            restore();
            sink.start(mesh::snapshot);
        });
        events = new PluginEvents(config, pods, store, mesh, readiness, new SandboxGuard(host, thread, store))
                .listen(metrics.counter(
                        "istio_cni_plugin_requests_total", "Requests of the plugin, by status", "response_code"));
        ready.ready();
        log.atInfo()
                .addKeyValue("node", config.node())
                .addKeyValue("socket", config.paths().pluginSocket())
                .log("node agent takes pods");
    }

    /// Not ready while no proxy listens, so that a runtime that asks for the status waits with its
    /// pods.
    private void watchProxies(Readiness.Task task) {
        ScheduledFuture<?> _ = upkeep.scheduleWithFixedDelay(
                () -> {
                    if (sink.proxies() > 0) {
                        task.ready();
                    } else {
                        task.pending();
                    }
                },
                0,
                100,
                TimeUnit.MILLISECONDS);
    }

    private void restore() {
        int restored = 0;
        for (PodRecord record : store.all()) {
            NodePods.Known known = pods.find(record.id().uid());
            if (!record.enrolled() || known == null) {
                continue;
            }
            try {
                mesh.restore(known.pod(), record);
                restored++;
            } catch (IOException e) {
                log.atWarn()
                        .addKeyValue("pod", record.id())
                        .addKeyValue("error", e.getMessage())
                        .log("pod of an earlier run cannot be taken up as it should be");
            }
        }
        log.atInfo().addKeyValue("pods", restored).log("took up the pods of an earlier run");
    }

    private void reassert() {
        mesh.mend();
        try {
            if (probes != null && probes.reassert()) {
                log.atWarn().log("probe rules of the host had been changed by others and are written again");
            }
        } catch (IOException e) {
            log.atWarn().addKeyValue("error", e.getMessage()).log("probe rules of the host cannot be checked");
        }
    }

    @Override
    public void close() {
        upkeep.shutdownNow();
        if (events != null) {
            events.close();
        }
        watcher.close();
        sink.close();
        host.close();
    }
}

package dev.culvert.ztunnel;

import dev.culvert.api.SpiffeId;
import dev.culvert.linux.FileLimit;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.telemetry.PodMetrics;
import dev.culvert.mesh.telemetry.ProcessMetrics;
import dev.culvert.process.Drain;
import dev.culvert.process.DrainMode;
import dev.culvert.process.HttpBind;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.ProcessParts;
import dev.culvert.process.Readiness;
import dev.culvert.process.Routes;
import dev.culvert.ztunnel.admin.AdminPages;
import dev.culvert.ztunnel.admin.ConfigDump;
import dev.culvert.ztunnel.config.EndpointConfig;
import dev.culvert.ztunnel.config.NodeConfig;
import dev.culvert.ztunnel.config.ProxyMode;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import dev.culvert.ztunnel.inpod.PodSource;
import dev.culvert.ztunnel.pod.PodSet;
import dev.culvert.ztunnel.pod.PodView;
import dev.culvert.ztunnel.pod.SelfProxy;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node proxy, put together. Started, and later closed, by the thread of the process that owns it.
///
/// **Start.** Readiness is served first, so that probes have somebody to ask; then the view of the mesh is fetched,
/// and administration served. Only when the view is complete do pods come, because a pod that is captured before would
/// have its connections refused; metrics are served last.
///
/// **End.** A drain closes every listener at once, those of HTTP too, and stops following the node agent; what is open
/// goes on until the deadline of the drain. [#close] is for afterwards.
public final class ZtunnelApp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZtunnelApp.class);

    /// In the order in which they come to listen.
    private static final int READINESS = 0;

    private static final int ADMIN = 1;
    private static final int METRICS = 2;

    private final ZtunnelConfig config;
    private final ProcessParts parts;
    private final PodSource source;
    private final List<Readiness.Task> setUp;
    private final Readiness.Task stateManager;
    private final World world;
    private final Engine engine;
    private final PodSet pods;
    private final @Nullable SelfProxy self;
    private final List<HttpEndpoint.Listener> listeners = new CopyOnWriteArrayList<>();

    private ZtunnelApp(ZtunnelConfig config, ProcessParts parts, PodSource source) throws IOException {
        this.config = config;
        this.parts = parts;
        this.source = source;
        Readiness readiness = parts.readiness();
        stateManager = readiness.task("state manager");
        setUp = config.dns().enabled()
                ? List.of(readiness.task("proxy"), readiness.task("dns proxy"))
                : List.of(readiness.task("proxy"));
        world = new World(config, parts.metrics());
        engine = new Engine(config, parts, world);
        pods = new PodSet(
                engine.pods(),
                engine.proxies(),
                parts.drain(),
                readiness.task("workload proxy manager"),
                new PodMetrics(parts.metrics()));
        self = bindSelf();
    }

    /// Of a shared proxy that knows which pod it is; a dedicated one has its port 15008 for its workload.
    private @Nullable SelfProxy bindSelf() throws IOException {
        NodeConfig node = config.node();
        if (!(config.mode() instanceof ProxyMode.Shared)
                || node.podName() == null
                || node.podNamespace() == null
                || node.serviceAccount() == null) {
            return null;
        }
        WorkloadName name = new WorkloadName(node.podNamespace(), node.podName(), node.serviceAccount());
        SpiffeId identity = new SpiffeId(node.trustDomain(), name.namespace(), name.serviceAccount());
        return engine.proxies().bindSelf(name, identity);
    }

    /// Starts a node proxy that serves the pods of `source`, which is started and closed with it.
    ///
    /// @throws IOException when something that it cannot do without is missing; the message says what
    public static ZtunnelApp start(ZtunnelConfig config, ProcessParts parts, PodSource source) throws IOException {
        long descriptors = FileLimit.raise();
        ProcessMetrics.register(parts.metrics(), "ztunnel", config.node().version());
        parts.logs().register(parts.metrics());
        ZtunnelApp app = new ZtunnelApp(config, parts, source);
        app.joinDrain();
        app.serveHttp(HttpBind.wildcard(config.endpoints().readinessPort()), AdminPages.readiness(parts.readiness()));
        var synced = app.world.start();
        ConfigDump dump = new ConfigDump(app.engine.dataPath(), app.world.certificates(), app.pods::view);
        Runnable quit = () -> parts.ending().requested("POST /quitquitquit");
        app.serveHttp(HttpBind.loopback(config.endpoints().adminPort()), AdminPages.admin(dump, parts.logs(), quit));
        LOG.atInfo()
                .addKeyValue("mode", config.mode())
                .addKeyValue("loops", config.lifecycle().workerThreads())
                .addKeyValue("transport", config.lifecycle().transport())
                .addKeyValue("descriptors", descriptors)
                .log("node proxy started");
        var _ = synced.thenRunAsync(app::servePods, app.engine.pods()).exceptionally(failure -> {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            parts.ending().failed("pods cannot be served: " + cause.getMessage());
            return null;
        });
        return app;
    }

    private void serveHttp(HttpBind bind, Routes routes) {
        listeners.add(parts.http().listen(bind, routes));
    }

    private void servePods() {
        if (parts.drain().mode() != null) {
            return;
        }
        LOG.info("the view of the mesh is complete");
        stateManager.ready();
        setUp.forEach(Readiness.Task::ready);
        source.start(pods);
        if (self != null) {
            self.accept(parts.drain());
        }
        serveHttp(HttpBind.wildcard(config.endpoints().metricsPort()), AdminPages.metrics(parts.metrics()));
    }

    private void joinDrain() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        Drain.Membership place = parts.drain().join(mode -> {
            stopListening(mode);
            told.complete(null);
        });
        var _ = told.thenRun(place::close);
    }

    /// The pods hear of the drain for themselves.
    private void stopListening(DrainMode mode) {
        LOG.atInfo().addKeyValue("mode", mode).log("node proxy is draining");
        source.close();
        listeners.forEach(HttpEndpoint.Listener::close);
    }

    /// Where the HTTP endpoints listen; the metrics port is 0 until the view of the mesh is complete.
    public EndpointConfig ports() {
        return new EndpointConfig(port(ADMIN), port(METRICS), port(READINESS));
    }

    private int port(int index) {
        return index < listeners.size() ? listeners.get(index).port() : 0;
    }

    /// The pods that are served, or wait to be, by their UIDs.
    public Map<String, PodView> pods() {
        return pods.view();
    }

    /// Lets go of everything, in reverse order of making; to be called when the drain is done.
    @Override
    public void close() {
        source.close();
        listeners.forEach(HttpEndpoint.Listener::close);
        if (self != null) {
            self.close();
        }
        engine.close();
        world.close();
    }
}

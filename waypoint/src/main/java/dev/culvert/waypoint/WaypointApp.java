package dev.culvert.waypoint;

import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.mesh.telemetry.ProcessMetrics;
import dev.culvert.process.Drain;
import dev.culvert.process.DrainMode;
import dev.culvert.process.HttpBind;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.ProcessParts;
import dev.culvert.process.Readiness;
import dev.culvert.process.Routes;
import dev.culvert.waypoint.admin.AdminPages;
import dev.culvert.waypoint.config.WaypointConfig;
import dev.culvert.waypoint.observe.Observers;
import dev.culvert.waypoint.world.WaypointWorld;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A waypoint, put together. Started, and later closed, by the thread of the process that owns it.
///
/// **Start.** Readiness is served first, so that probes have somebody to ask. Clients are let in
/// when the control plane has told everything once and there is a certificate; before, they would
/// be refused.
///
/// **End.** A drain closes the listener at once and tells clients that we go; running requests end
/// within the deadline.
public final class WaypointApp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WaypointApp.class);
    private static final Duration CERTIFICATE_RETRY = Duration.ofMillis(250);

    private final WaypointConfig config;
    private final ProcessParts parts;
    private final WorldFeed feed;
    private final Engine engine;
    private final Readiness.Task configured;
    private final Readiness.Task certified;
    private final Readiness.Task serving;
    private final List<HttpEndpoint.Listener> listeners = new CopyOnWriteArrayList<>();

    private WaypointApp(WaypointConfig config, ProcessParts parts) {
        this.config = config;
        this.parts = parts;
        configured = parts.readiness().task("configuration");
        certified = parts.readiness().task("certificate");
        serving = parts.readiness().task("listener");
        feed = new WorldFeed(config, parts.metrics());
        engine = new Engine(
                config,
                feed.state(),
                own(),
                new Engine.Telling((calls, loop) -> new Observers(parts.metrics(), calls, loop), new PolicyLog()),
                ByteBufAllocator.DEFAULT);
    }

    private CertificateSource own() {
        return feed.certificates().source(config.self().identity());
    }

    /// Starts a waypoint.
    ///
    /// @throws IOException when something that it cannot do without is missing; the message says
    ///     what
    public static WaypointApp start(WaypointConfig config, ProcessParts parts) throws IOException {
        ProcessMetrics.register(parts.metrics(), "waypoint", config.self().version());
        parts.logs().register(parts.metrics());
        WaypointApp app = new WaypointApp(config, parts);
        app.joinDrain();
        app.serve(HttpBind.wildcard(config.endpoints().readinessPort()), AdminPages.readiness(parts.readiness()));
        app.serve(HttpBind.wildcard(config.endpoints().metricsPort()), AdminPages.metrics(parts.metrics()));
        app.serve(
                HttpBind.loopback(config.endpoints().adminPort()),
                AdminPages.admin(app.feed.state()::world, parts, app.feed.certificates()::list));
        var _ = app.feed.start().thenRun(app.configured::ready).thenRun(app::listenWhenCertified);
        app.awaitCertificate();
        LOG.atInfo()
                .addKeyValue("identity", config.self().identity())
                .addKeyValue("gateway", config.self().gateway())
                .addKeyValue("loops", config.listen().workerThreads())
                .log("waypoint started");
        return app;
    }

    private void serve(HttpBind bind, Routes routes) {
        listeners.add(parts.http().listen(bind, routes));
    }

    private final CompletableFuture<Void> certificate = new CompletableFuture<>();

    private void awaitCertificate() {
        if (parts.drain().mode() != null) {
            return;
        }
        own().request(Runnable::run, answer -> {
            switch (answer) {
                case CertificateAnswer.Ready _ -> {
                    certified.ready();
                    certificate.complete(null);
                }
                case CertificateAnswer.Unavailable(String reason) -> {
                    LOG.atDebug().addKeyValue("reason", reason).log("certificate not there yet");
                    CompletableFuture.delayedExecutor(CERTIFICATE_RETRY.toMillis(), TimeUnit.MILLISECONDS)
                            .execute(this::awaitCertificate);
                }
            }
        });
    }

    private void listenWhenCertified() {
        var _ = certificate.thenRunAsync(() -> {
            if (parts.drain().mode() != null) {
                return;
            }
            try {
                engine.listen();
                serving.ready();
                LOG.atInfo().addKeyValue("address", engine.address()).log("clients are let in");
            } catch (IOException e) {
                parts.ending().failed(String.valueOf(e.getMessage()));
            }
        });
    }

    private void joinDrain() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Drain.Membership place = parts.drain().join(mode -> drain(mode, done));
        var _ = done.thenRun(place::close);
    }

    private void drain(DrainMode mode, CompletableFuture<Void> done) {
        LOG.atInfo().addKeyValue("mode", mode).log("waypoint is draining");
        serving.pending();
        Duration deadline = switch (mode) {
            case GRACEFUL -> config.listen().drain();
            case IMMEDIATE -> Duration.ZERO;
        };
        var _ = engine.drain(deadline).thenRun(() -> done.complete(null));
    }

    /// Where clients come in; the configured address before they do.
    public InetSocketAddress address() {
        return engine.address();
    }

    /// What is known now.
    public WaypointWorld world() {
        return feed.state().world();
    }

    /// Where the HTTP endpoints listen.
    public WaypointConfig.Endpoints ports() {
        return new WaypointConfig.Endpoints(
                listeners.get(2).port(),
                listeners.get(1).port(),
                listeners.getFirst().port());
    }

    /// Lets go of everything, in reverse order of making; to be called when the drain is done.
    @Override
    public void close() {
        listeners.forEach(HttpEndpoint.Listener::close);
        engine.close();
        feed.close();
    }
}

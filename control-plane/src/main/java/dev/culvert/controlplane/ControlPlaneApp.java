package dev.culvert.controlplane;

import dev.culvert.controlplane.feed.MeshFeed;
import dev.culvert.controlplane.keys.FetchedKeys;
import dev.culvert.controlplane.keys.KeyClient;
import dev.culvert.controlplane.status.StatusWriter;
import dev.culvert.kube.DirectorySource;
import dev.culvert.process.HttpBind;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.Metrics;
import dev.culvert.process.Readiness;
import dev.culvert.process.Routes;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The assembly of the control plane: source, derivation, tables, authority, ports.
///
/// Belongs to the thread that starts the process. Nothing is served before the first complete state
/// is derived: a client that came back with what it had would be told that all of it is gone.
public final class ControlPlaneApp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlPlaneApp.class);
    /// How often the log says that the first state is not there yet.
    private static final Duration SAY_WAITING = Duration.ofSeconds(5);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ControlPlaneServer server;

    private ControlPlaneApp(ControlPlaneSettings settings, Metrics metrics, HttpEndpoint http)
            throws IOException, InterruptedException {
        Readiness readiness = new Readiness();
        Readiness.Task serving = readiness.task("first complete state");
        try {
            DirectorySource source = opened(DirectorySource.open(settings.manifests()));
            StatusWriter statuses = opened(new StatusWriter(source.writer(), Clock.systemUTC(), () -> true));
            TrustDomain trustDomain = opened(new TrustDomain(source, settings.mesh()));
            FetchedKeys keys = opened(new FetchedKeys(
                    new KeyClient(settings.keys().guard()), settings.keys().pace()));
            MeshFeed feed = opened(new MeshFeed(source, settings.mesh(), keys, statuses::write));
            FeedTables tables = FeedTables.follow(feed, new WaypointCallers(trustDomain, feed::waypointAccounts));
            feed.start();
            awaitFirstState(feed.synced(), SAY_WAITING);
            server = ControlPlaneServer.start(
                    settings,
                    new ControlPlaneServer.Mesh(tables.tables(), tables.scoped(), trustDomain, tables.identities()),
                    new ControlMetrics(metrics));
            parts.push(server::stop);
            http.listen(
                    HttpBind.wildcard(settings.ports().metrics()),
                    new Routes().get("/metrics", metrics::scrape).get("/ready", _ -> readiness.probe()));
            Routes debug = new Routes().get("/ready", _ -> readiness.probe());
            new DebugPages(
                            server.discovery(),
                            () -> feed.problems().stream().map(Object::toString).toList())
                    .addTo(debug);
            http.listen(HttpBind.loopback(settings.ports().debug()), debug);
            serving.ready();
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Starts everything; when this returns, clients are served.
    ///
    /// @throws IOException when a directory, a file or a port cannot be used; the message says
    ///     which
    public static ControlPlaneApp start(ControlPlaneSettings settings, Metrics metrics, HttpEndpoint http)
            throws IOException, InterruptedException {
        return new ControlPlaneApp(settings, metrics, http);
    }

    /// Waits for `synced`, and says in the log at each `interval` that it still does.
    static void awaitFirstState(CompletableFuture<Void> synced, Duration interval) throws InterruptedException {
        for (Duration waited = interval; ; waited = waited.plus(interval)) {
            try {
                synced.get(interval.toNanos(), TimeUnit.NANOSECONDS);
                return;
            } catch (TimeoutException _) {
                log.atInfo().addKeyValue("waited", waited).log("still reading the mesh's resources; nothing is served");
            } catch (ExecutionException e) {
                throw new IllegalStateException("the first state of the mesh cannot be derived", e.getCause());
            }
        }
    }

    /// The port that discovery and certificates are served on.
    public int tlsPort() {
        return server.tlsPort();
    }

    /// Takes no more calls, lets running ones end within the drain time, and stops what was
    /// started, the last first.
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                log.atWarn().setCause(e).log("a part of the control plane did not close");
            }
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }
}

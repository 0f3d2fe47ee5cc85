package dev.culvert.controlplane;

import dev.culvert.controlplane.ca.CaServer;
import dev.culvert.controlplane.ca.CertificateAuthority;
import dev.culvert.controlplane.ca.NodePods;
import dev.culvert.controlplane.ca.ServerCertificate;
import dev.culvert.controlplane.ca.SignerSource;
import dev.culvert.controlplane.caller.CallerInterceptor;
import dev.culvert.controlplane.caller.StoredTokenReviewer;
import dev.culvert.controlplane.caller.TokenWatch;
import dev.culvert.controlplane.connection.ConnectionLimits;
import dev.culvert.controlplane.connection.ConnectionTable;
import dev.culvert.controlplane.xds.AdsServer;
import dev.culvert.controlplane.xds.ResourceTable;
import dev.culvert.controlplane.xds.ScopedTables;
import dev.culvert.controlplane.xds.XdsLimits;
import dev.culvert.process.state.StateDirectory;
import dev.culvert.process.state.TokenStore;
import io.grpc.BindableService;
import io.grpc.Server;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The serving half of the control plane: tokens, the authority, and the gRPC ports with discovery
/// and certificates.
///
/// Belongs to the thread that starts the process; what it starts is thread-safe. It knows the mesh
/// by three things it is given: the tables, the trust domain, and which identities run on which
/// node.
final class ControlPlaneServer {
    private static final Logger log = LoggerFactory.getLogger(ControlPlaneServer.class);
    private static final Duration SERVER_CERTIFICATE_LIFE = Duration.ofDays(30);
    private static final Duration REFRESH = Duration.ofMinutes(1);

    private final ControlPlaneSettings settings;
    private final CertificateAuthority authority;
    private final ServerCertificate certificate;
    private final RootFile rootFile;
    private final TokenWatch tokens;
    private final AdsServer ads;
    private final ConnectionTable connections;
    private final EventLoopGroup loops;
    private final ExecutorService workers;
    private final ScheduledExecutorService refresher;
    private final List<Server> servers = new ArrayList<>();

    /// What the serving half asks of the mesh.
    ///
    /// @param tables the resources for all, one table for each type
    /// @param scoped the resources for some
    /// @param trustDomain as it is now
    record Mesh(Collection<ResourceTable> tables, ScopedTables scoped, Supplier<String> trustDomain, NodePods pods) {}

    private ControlPlaneServer(ControlPlaneSettings settings, Mesh mesh, ControlMetrics metrics) throws IOException {
        Clock clock = Clock.systemUTC();
        ControlPlaneSettings.Authority own = settings.authority();
        StateDirectory state = StateDirectory.open(own.state());
        this.settings = settings;
        this.authority = CertificateAuthority.open(
                new SignerSource(state, own.pluggedIn(), mesh.trustDomain().get(), clock), clock);
        this.certificate = new ServerCertificate(authority, own.names(), SERVER_CERTIFICATE_LIFE, clock);
        this.rootFile = new RootFile(own.rootFile());
        rootFile.write(authority.rootsPem());
        this.connections =
                new ConnectionTable(ConnectionLimits.of(settings.ports().unproven()), metrics::connectionClosed);
        this.loops =
                new MultiThreadIoEventLoopGroup(new DefaultThreadFactory("grpc-loop", true), NioIoHandler.newFactory());
        this.workers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("grpc-", 0).factory());
        this.refresher = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("ca-refresh").daemon().factory());
        this.ads = new AdsServer(mesh.tables(), mesh.scoped(), XdsLimits.DEFAULT, metrics.discovery(), workers, clock);
        TokenStore store = TokenStore.open(state, clock);
        this.tokens = TokenWatch.start(store, () -> ads.disconnect(caller -> !store.contains(caller.credential())));
        CaServer ca = new CaServer(authority, mesh.trustDomain(), mesh.pods(), own.life(), metrics.authority());
        CallerInterceptor callers = new CallerInterceptor(
                List.of(new StoredTokenReviewer(store)), List.of(), _ -> metrics.callRefused(), connections, clock);
        listen(List.of(ads, ca), callers);
        var _ = refresher.scheduleWithFixedDelay(
                this::refresh, REFRESH.toSeconds(), REFRESH.toSeconds(), TimeUnit.SECONDS);
    }

    /// Opens the state directory and listens.
    ///
    /// @throws IOException when the state cannot be used or a port cannot be had; the message says
    ///     which and why
    static ControlPlaneServer start(ControlPlaneSettings settings, Mesh mesh, ControlMetrics metrics)
            throws IOException {
        return new ControlPlaneServer(settings, mesh, metrics);
    }

    AdsServer discovery() {
        return ads;
    }

    CertificateAuthority authority() {
        return authority;
    }

    /// The port of discovery and certificates over TLS.
    int tlsPort() {
        return servers.getFirst().getPort();
    }

    /// Takes no more calls, gives running ones the drain time, and stops.
    void stop() {
        long deadline = System.nanoTime() + settings.drain().toNanos();
        servers.forEach(Server::shutdown);
        ads.close();
        refresher.shutdownNow();
        try {
            tokens.close();
            for (Server server : servers) {
                if (!server.awaitTermination(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    server.shutdownNow();
                }
            }
        } catch (IOException e) {
            log.atWarn().setCause(e).log("the watch of the tokens did not close");
        } catch (InterruptedException _) {
            servers.forEach(Server::shutdownNow);
            Thread.currentThread().interrupt();
        }
        workers.shutdown();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void listen(List<BindableService> services, CallerInterceptor callers) throws IOException {
        int tls = settings.ports().tls();
        var secured = ControlPort.builder(new InetSocketAddress(tls), services, callers, workers, loops, connections)
                .sslContext(ControlPort.tls(certificate.keyManager()));
        servers.add(ControlPort.start(secured, "discovery and certificates over TLS", tls));
        Integer plaintext = settings.ports().plaintext();
        if (plaintext != null) {
            InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), plaintext);
            servers.add(ControlPort.start(
                    ControlPort.builder(loopback, services, callers, workers, loops, connections),
                    "plaintext discovery",
                    plaintext));
        }
        log.atInfo()
                .addKeyValue("port", tlsPort())
                .addKeyValue("names", settings.authority().names().dns())
                .addKeyValue("addresses", settings.authority().names().addresses())
                .log("serving discovery and certificates");
    }

    private void refresh() {
        try {
            boolean changed = authority.refresh();
            certificate.refresh(changed);
            rootFile.write(authority.rootsPem());
        } catch (IOException | RuntimeException e) {
            // A failure here must not end the schedule: the next round may find the disk in order again.
            log.atError().setCause(e).log("cannot refresh the authority's certificates");
        }
    }
}

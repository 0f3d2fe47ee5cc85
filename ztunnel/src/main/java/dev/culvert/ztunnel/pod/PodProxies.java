package dev.culvert.ztunnel.pod;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.server.HboneServer;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.hbone.tls.TlsContexts;
import dev.culvert.linux.Netns;
import dev.culvert.linux.NetnsThread;
import dev.culvert.mesh.identity.CertificateStore;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.process.Drain;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import dev.culvert.ztunnel.connection.PodIdentity;
import dev.culvert.ztunnel.dns.DnsLimits;
import dev.culvert.ztunnel.dns.DnsListener;
import dev.culvert.ztunnel.dns.DnsSockets;
import dev.culvert.ztunnel.dns.NetnsDnsSockets;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.flow.PodContext;
import dev.culvert.ztunnel.inbound.TunnelFlow;
import dev.culvert.ztunnel.sockets.NetnsSockets;
import dev.culvert.ztunnel.sockets.PodSockets;
import dev.culvert.ztunnel.sockets.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Serves pods for real: sockets in their namespaces, listeners, flows. Thread-safe; it holds no state.
public final class PodProxies implements PodStarter {
    /// What makes sockets in pods.
    public record Kernel(NetnsThread thread, Transport transport, EventLoopGroup loops) {}

    /// What tunnels are made with.
    public record Tunnels(TlsContexts tls, HboneLimits limits, CertificateStore certificates) {}

    private final Kernel kernel;
    private final Tunnels tunnels;
    private final DataPath dataPath;
    private final EventExecutor executor;
    private final PodEnd end;

    /// @param executor where pods open and close their listeners
    public PodProxies(Kernel kernel, Tunnels tunnels, DataPath dataPath, EventExecutor executor) {
        this.kernel = kernel;
        this.tunnels = tunnels;
        this.dataPath = dataPath;
        this.executor = executor;
        this.end = new PodEnd(dataPath, executor);
    }

    @Override
    public CompletionStage<Void> start(PodIdentity pod, Netns netns, Drain drain) {
        ZtunnelConfig config = dataPath.config();
        return dnsSockets(netns, config).thenCompose(dnsSockets -> {
            DnsListener dns = dnsSockets == null
                    ? null
                    : new DnsListener(kernel.loops().next(), dnsSockets, config.dns(), DnsLimits.DEFAULT);
            return proxy(context(pod, netns), dns).open(drain);
        });
    }

    private CompletionStage<@Nullable DnsSockets> dnsSockets(Netns netns, ZtunnelConfig config) {
        if (!config.dns().enabled()) {
            return CompletableFuture.completedFuture(null);
        }
        return NetnsDnsSockets.in(netns, kernel.thread(), kernel.transport(), config.sockets())
                .thenApply(sockets -> sockets);
    }

    /// Takes the port by which this process itself is reached.
    ///
    /// @param name of our own pod
    /// @param identity whose certificate is shown
    /// @throws IOException when the port cannot be had
    public SelfProxy bindSelf(WorkloadName name, SpiffeId identity) throws IOException {
        PodSockets sockets = new NetnsSockets(
                kernel.thread().home(),
                kernel.thread(),
                kernel.transport(),
                kernel.loops(),
                dataPath.config().sockets().atHome());
        CertificateSource certificates = tunnels.certificates().source(identity);
        PodContext self = new PodContext(new PodIdentity("self", name), sockets, certificates);
        HboneServer server =
                new HboneServer(tunnels.tls(), tunnels.limits(), certificates, TunnelFlow.acceptor(dataPath, self));
        return SelfProxy.bind(dataPath, self, server, executor);
    }

    private PodContext context(PodIdentity pod, Netns netns) {
        PodSockets sockets = new NetnsSockets(
                netns,
                kernel.thread(),
                kernel.transport(),
                kernel.loops(),
                dataPath.config().sockets());
        return new PodContext(
                pod, sockets, new PodCertificates(pod.workload(), dataPath.arrival(), tunnels.certificates()));
    }

    private PodProxy proxy(PodContext context, @Nullable DnsListener dns) {
        HboneServer server = new HboneServer(
                tunnels.tls(), tunnels.limits(), context.certificates(), TunnelFlow.acceptor(dataPath, context));
        return new PodProxy(dataPath, context, end, executor, server, dns);
    }
}

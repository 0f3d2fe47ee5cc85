package dev.culvert.ztunnel.flow;

import dev.culvert.api.MeshPorts;
import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.loop.PerLoop;
import dev.culvert.hbone.server.HboneServer;
import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.hbone.tls.Revocations;
import dev.culvert.hbone.tls.TlsContexts;
import dev.culvert.hbone.tls.TlsOffer;
import dev.culvert.hbone.tls.WorkloadCertificate;
import dev.culvert.mesh.config.Machine;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.TunnelProtocol;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.model.WorkloadOrigin;
import dev.culvert.mesh.model.WorkloadType;
import dev.culvert.mesh.state.Arrival;
import dev.culvert.mesh.state.IdentityListener;
import dev.culvert.mesh.state.LocalNode;
import dev.culvert.mesh.state.MeshBatch;
import dev.culvert.mesh.state.MeshState;
import dev.culvert.mesh.state.StateThread;
import dev.culvert.mesh.telemetry.AccessLogEntry;
import dev.culvert.mesh.telemetry.AccessLogWriter;
import dev.culvert.mesh.telemetry.RevocationMetrics;
import dev.culvert.mesh.telemetry.TcpMetrics;
import dev.culvert.mesh.xds.OnDemand;
import dev.culvert.process.LogFilter;
import dev.culvert.process.LogFormat;
import dev.culvert.process.Logs;
import dev.culvert.process.Metrics;
import dev.culvert.process.Settings;
import dev.culvert.testkit.TestCa;
import dev.culvert.ztunnel.capture.HboneListener;
import dev.culvert.ztunnel.capture.OutboundListener;
import dev.culvert.ztunnel.capture.PlaintextListener;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import dev.culvert.ztunnel.connection.PodIdentity;
import dev.culvert.ztunnel.inbound.PlaintextFlow;
import dev.culvert.ztunnel.inbound.TunnelFlow;
import dev.culvert.ztunnel.outbound.OutboundFlow;
import dev.culvert.ztunnel.pod.SelfProxy;
import dev.culvert.ztunnel.policy.PolicyWatch;
import dev.culvert.ztunnel.sockets.Transport;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// The whole data path in one process: pods are addresses of the loopback network. Confined to its test.
final class DataPathLab implements AutoCloseable {
    /// Each process has a network of its own, since the listeners' ports are fixed and others may test beside us.
    private static final long PROCESS = ProcessHandle.current().pid();

    final EventLoopGroup loops = Transport.EPOLL.newLoops(2);
    final Metrics metrics = new Metrics();
    /// Without it the access log is as quiet as a process that has not started.
    private final Logs logs = Logs.start(LogFormat.PLAIN, LogFilter.DEFAULT, OutputStream.nullOutputStream());
    final Queue<AccessLogEntry> log = new ConcurrentLinkedQueue<>();
    final TestCa ca = TestCa.create("lab");
    final DataPath path;
    private final ByteBufAllocator allocator;
    private final StateThread stateThread = new StateThread();
    private final MeshState mesh = new MeshState(new LocalNode(null), stateThread);
    final Revocations revocations = new Revocations(new RevocationMetrics(metrics));
    final TlsContexts tls = new TlsContexts(HboneLimits.DEFAULT, TlsOffer.STANDARD, revocations);
    private final List<Channel> listeners = new ArrayList<>();
    private final List<SelfProxy> ends = new ArrayList<>();

    DataPathLab(ByteBufAllocator allocator) {
        this(allocator, OnDemand::off);
    }

    /// @param onDemand how what the world does not show is asked for
    DataPathLab(ByteBufAllocator allocator, Function<MeshState, OnDemand> onDemand) {
        this.allocator = allocator;
        ZtunnelConfig config = ZtunnelConfig.from(Settings.of(Map.of("XDS_ADDRESS", "")), Machine.here());
        TelemetryJournal journal = new TelemetryJournal(
                new TcpMetrics(metrics), new AccessLogWriter(line -> log.add((AccessLogEntry) line)));
        PerLoop<LoopState> each = DataPath.loops(loops, HboneLimits.DEFAULT, tls, journal);
        path = new DataPath(config, mesh, new Arrival(mesh), onDemand.apply(mesh), each);
        mesh.listen(new PolicyWatch(each));
        mesh.listen((IdentityListener) tls::forget);
    }

    /// The loopback address of the host of that number.
    static String host(int number) {
        return "127." + (1 + PROCESS / 250 % 250) + "." + PROCESS % 250 + "." + number;
    }

    static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }

    /// A workload of the mesh as the control plane would tell of it.
    static WorkloadBuilder workload(String name, String address) {
        return Workload.withUid("Kubernetes//Pod/default/" + name)
                .id("default", name, name)
                .address(ip(address))
                .origin(new WorkloadOrigin(name + "-app", WorkloadType.DEPLOYMENT, name, "v1"))
                .protocol(TunnelProtocol.HBONE);
    }

    void tell(List<Workload> workloads, List<Service> services) {
        tell(MeshBatch.ofAddresses(List.of(), workloads, services));
    }

    void tell(MeshBatch batch) {
        var _ = mesh.submit(batch).join();
    }

    /// A pod with its listeners, whose certificate is of `ca`.
    Pod pod(String name, String address, TestCa ca) {
        return pod(name, address, certificate(name, ca));
    }

    /// A pod that shows `issued`.
    Pod pod(String name, String address, TestCa.Issued issued) {
        return pod(name, address, source(issued));
    }

    private Pod pod(String name, String address, CertificateSource source) {
        PodIdentity identity = new PodIdentity("uid-" + name, new WorkloadName("default", name, name));
        LoopbackSockets sockets = new LoopbackSockets(loops, ip(address), allocator);
        PodContext context = new PodContext(identity, sockets, source);
        HboneServer server = new HboneServer(tls, HboneLimits.DEFAULT, source, TunnelFlow.acceptor(path, context));
        listeners.add(bound(HboneListener.bind(sockets, server::install)));
        listeners.add(bound(PlaintextListener.bind(sockets, PlaintextFlow.handler(path, context))));
        listeners.add(bound(OutboundListener.bind(sockets, OutboundFlow.handler(path, context))));
        return new Pod(ip(address), sockets, context);
    }

    /// The proxy's own end at `address`, which nobody is let in by yet.
    SelfProxy self(String name, String address) throws IOException {
        PodIdentity identity = new PodIdentity("self", new WorkloadName("default", name, name));
        CertificateSource source = certificate(name, ca);
        PodContext context = new PodContext(identity, new LoopbackSockets(loops, ip(address), allocator), source);
        HboneServer server = new HboneServer(tls, HboneLimits.DEFAULT, source, TunnelFlow.acceptor(path, context));
        SelfProxy self = SelfProxy.bind(path, context, server, ImmediateEventExecutor.INSTANCE);
        ends.add(self);
        return self;
    }

    private static CertificateSource certificate(String name, TestCa ca) {
        return source(ca.issue(new SpiffeId("cluster.local", "default", name)));
    }

    private static CertificateSource source(TestCa.Issued issued) {
        WorkloadCertificate certificate = new WorkloadCertificate(issued.key(), issued.chain(), issued.roots(), 1);
        return (executor, callback) -> callback.accept(new CertificateAnswer.Ready(certificate));
    }

    private static Channel bound(Future<Channel> binding) {
        return binding.syncUninterruptibly().getNow();
    }

    Pod pod(String name, String address) {
        return pod(name, address, ca);
    }

    /// A pod of the lab.
    record Pod(InetAddress address, LoopbackSockets sockets, PodContext context) {
        /// An application's connection from this pod, as the redirection would bring it.
        Socket dial(String to, int port) throws IOException {
            return redirected(address, MeshPorts.OUTBOUND, new InetSocketAddress(ip(to), port));
        }

        /// A plain connection from `client` to this pod, as the redirection would bring it.
        Socket called(String client, int port) throws IOException {
            return redirected(ip(client), MeshPorts.INBOUND_PLAINTEXT, new InetSocketAddress(address, port));
        }

        private Socket redirected(InetAddress from, int listener, InetSocketAddress wanted) throws IOException {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(from, 0));
            sockets.redirect(socket.getLocalPort(), wanted);
            socket.connect(new InetSocketAddress(address, listener));
            socket.setSoTimeout(10_000);
            return socket;
        }
    }

    /// The sum of the samples of `metric` whose labels contain all of `labels`, each written as `name="value"`.
    double metric(String metric, String... labels) {
        return metrics.text()
                .lines()
                .filter(line -> line.startsWith(metric + "{")
                        && List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /// The lines of the access log about ended connections, without the values that differ from run to run.
    List<String> completed(boolean outbound) {
        return log.stream()
                .filter(AccessLogEntry.Completed.class::isInstance)
                .map(AccessLogEntry.Completed.class::cast)
                .filter(line -> line.route().reporter().direction().equals(outbound ? "outbound" : "inbound"))
                .map(line -> line.route().from().workload() + "->"
                        + line.route().to().workload() + " " + line.fromClient() + "/" + line.fromServer() + " "
                        + line.error())
                .toList();
    }

    /// The errors of connections that were refused early.
    List<String> refused() {
        return log.stream()
                .filter(AccessLogEntry.Failed.class::isInstance)
                .map(line -> ((AccessLogEntry.Failed) line).error())
                .toList();
    }

    @Override
    public void close() {
        for (Channel listener : listeners) {
            listener.close().syncUninterruptibly();
        }
        ends.forEach(SelfProxy::close);
        path.cutAll();
        loops.shutdownGracefully(200, 5_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
        stateThread.close();
        tls.close();
        logs.close();
    }
}

package dev.culvert.ztunnel;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.loop.PerLoop;
import dev.culvert.hbone.tls.Revocations;
import dev.culvert.hbone.tls.TlsContexts;
import dev.culvert.hbone.tls.TlsOffer;
import dev.culvert.linux.LinuxException;
import dev.culvert.linux.NetnsThread;
import dev.culvert.mesh.state.Arrival;
import dev.culvert.mesh.state.IdentityListener;
import dev.culvert.mesh.telemetry.AccessLogWriter;
import dev.culvert.mesh.telemetry.RevocationMetrics;
import dev.culvert.mesh.telemetry.TcpMetrics;
import dev.culvert.process.ProcessParts;
import dev.culvert.ztunnel.config.LifecycleConfig;
import dev.culvert.ztunnel.config.TunnelConfig;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.flow.LoopState;
import dev.culvert.ztunnel.flow.TelemetryJournal;
import dev.culvert.ztunnel.pod.PodProxies;
import dev.culvert.ztunnel.policy.PolicyWatch;
import dev.culvert.ztunnel.revocation.RevocationFile;
import dev.culvert.ztunnel.sockets.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The data side of the assembly: loops, the namespace thread, TLS, and what flows share. Confined to the thread that
/// starts the process; what it makes is thread-safe.
final class Engine implements AutoCloseable {
    private static final long END_SECONDS = 2;

    private final NetnsThread netns;
    private final EventLoopGroup loops;
    private final EventExecutor pods = new DefaultEventExecutor(new DefaultThreadFactory("pods", true));
    private final @Nullable RevocationFile revoked;
    private final TlsContexts tls;
    private final DataPath dataPath;
    private final PodProxies proxies;

    Engine(ZtunnelConfig config, ProcessParts parts, World world) throws LinuxException {
        Transport transport = transport(config.lifecycle());
        transport.warmUp();
        netns = new NetnsThread();
        SelfTest.run(netns, config.sockets().packetMark());
        loops = transport.newLoops(config.lifecycle().workerThreads());
        HboneLimits limits = limits(config.tunnel());
        Path list = config.tunnel().revocationList();
        Revocations revocations = list == null ? null : new Revocations(new RevocationMetrics(parts.metrics()));
        revoked = list == null || revocations == null ? null : RevocationFile.follow(list, revocations);
        tls = new TlsContexts(
                limits, new TlsOffer(config.tunnel().tls12(), config.tunnel().postQuantumOnly()), revocations);
        TelemetryJournal journal = new TelemetryJournal(
                new TcpMetrics(parts.metrics()),
                new AccessLogWriter(parts.logs().sink()));
        PerLoop<LoopState> perLoop = DataPath.loops(loops, limits, tls, journal);
        dataPath = new DataPath(config, world.mesh(), new Arrival(world.mesh()), world.onDemand(), perLoop);
        world.mesh().listen(new PolicyWatch(perLoop));
        world.mesh().listen((IdentityListener) tls::forget);
        proxies = new PodProxies(
                new PodProxies.Kernel(netns, transport, loops),
                new PodProxies.Tunnels(tls, limits, world.certificates()),
                dataPath,
                pods);
    }

    private static Transport transport(LifecycleConfig lifecycle) {
        return switch (lifecycle.transport()) {
            case EPOLL -> Transport.EPOLL;
            case IO_URING -> Transport.IO_URING;
        };
    }

    private static HboneLimits limits(TunnelConfig tunnel) {
        HboneLimits.Windows windows = HboneLimits.DEFAULT.windows();
        HboneLimits.Streams streams = HboneLimits.DEFAULT.streams();
        HboneLimits.Timers timers = HboneLimits.DEFAULT.timers();
        return HboneLimits.DEFAULT
                .withWindows(new HboneLimits.Windows(
                        tunnel.streamWindowBytes(),
                        tunnel.connectionWindowBytes(),
                        tunnel.maxFrameBytes(),
                        windows.sendHighBytes(),
                        windows.sendLowBytes()))
                .withStreams(new HboneLimits.Streams(
                        streams.served(),
                        tunnel.maxStreamsPerConnection(),
                        streams.requestHeaderBytes(),
                        streams.replyHeaderBytes()))
                .withTimers(new HboneLimits.Timers(
                        timers.handshake(),
                        timers.preface(),
                        timers.pingAfter(),
                        timers.pongWithin(),
                        tunnel.unusedRelease()));
    }

    /// The thread that owns the pods.
    EventExecutor pods() {
        return pods;
    }

    DataPath dataPath() {
        return dataPath;
    }

    PodProxies proxies() {
        return proxies;
    }

    @Override
    public void close() {
        dataPath.cutAll();
        loops.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
        pods.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
        netns.close();
        tls.close();
        if (revoked != null) {
            revoked.close();
        }
    }
}

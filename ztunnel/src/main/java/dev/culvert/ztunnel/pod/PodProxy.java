package dev.culvert.ztunnel.pod;

import dev.culvert.hbone.server.HboneServer;
import dev.culvert.process.Drain;
import dev.culvert.process.DrainMode;
import dev.culvert.ztunnel.capture.HboneListener;
import dev.culvert.ztunnel.capture.OutboundListener;
import dev.culvert.ztunnel.capture.PlaintextListener;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.PodIdentity;
import dev.culvert.ztunnel.dns.DnsListener;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.flow.PodContext;
import dev.culvert.ztunnel.inbound.PlaintextFlow;
import dev.culvert.ztunnel.outbound.OutboundFlow;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The listeners of one pod, and how they end. Confined to its executor; [#open] may be called from anywhere, once.
///
/// **Open.** Ports are bound one after another, 15001 last: while it is missing, nothing that the pod sends is
/// taken over before the way on is ready. All of them are bound, or none stays.
///
/// **End.** A graceful end closes the listeners, tells tunnel peers to go elsewhere, and waits for what is open. An
/// immediate one cuts everything that belongs to the pod.
final class PodProxy {
    private final DataPath dataPath;
    private final PodContext context;
    private final PodEnd end;
    private final EventExecutor executor;
    private final HboneServer tunnels;
    private final @Nullable DnsListener dns;
    private final ChannelGroup listeners;
    /// Whether an end that was to be graceful has begun.
    private boolean draining;

    /// @param dns null when DNS is not served
    /// @param executor where this runs
    PodProxy(
            DataPath dataPath,
            PodContext context,
            PodEnd end,
            EventExecutor executor,
            HboneServer tunnels,
            @Nullable DnsListener dns) {
        this.dataPath = dataPath;
        this.context = context;
        this.end = end;
        this.executor = executor;
        this.tunnels = tunnels;
        this.dns = dns;
        this.listeners = new DefaultChannelGroup(executor);
    }

    /// Binds everything in order. When that fails nothing stays open; when it succeeds this is part of `drain`.
    CompletionStage<Void> open(Drain drain) {
        CompletableFuture<Void> opened = new CompletableFuture<>();
        executor.execute(() -> bindDns(opened));
        return opened.whenComplete((_, failure) -> {
            if (failure == null) {
                join(drain);
            } else {
                closeAll();
            }
        });
    }

    private void bindDns(CompletableFuture<Void> opened) {
        Iterator<Supplier<Future<Channel>>> ports = ports().iterator();
        if (dns == null) {
            bindNext(ports, opened);
            return;
        }
        var _ = dns.open()
                .addListener(bound -> executor.execute(() -> {
                    if (bound.isSuccess()) {
                        bindNext(ports, opened);
                    } else {
                        opened.completeExceptionally(failure("DNS", bound.cause()));
                    }
                }));
    }

    /// None when TCP is not proxied.
    private List<Supplier<Future<Channel>>> ports() {
        if (!dataPath.config().sockets().proxyEnabled()) {
            return List.of();
        }
        return List.of(
                () -> HboneListener.bind(context.sockets(), tunnels::install),
                () -> PlaintextListener.bind(context.sockets(), PlaintextFlow.handler(dataPath, context)),
                () -> OutboundListener.bind(context.sockets(), OutboundFlow.handler(dataPath, context)));
    }

    private void bindNext(Iterator<Supplier<Future<Channel>>> ports, CompletableFuture<Void> opened) {
        if (!ports.hasNext()) {
            opened.complete(null);
            return;
        }
        var _ = ports.next()
                .get()
                .addListener((Future<Channel> bound) -> executor.execute(() -> {
                    if (bound.isSuccess()) {
                        listeners.add(bound.getNow());
                        bindNext(ports, opened);
                    } else {
                        opened.completeExceptionally(failure("a port", bound.cause()));
                    }
                }));
    }

    private IllegalStateException failure(String what, Throwable cause) {
        return new IllegalStateException(
                what + " of pod " + context.pod() + " cannot be bound: " + cause.getMessage(), cause);
    }

    private void join(Drain drain) {
        CompletableFuture<Void> through = new CompletableFuture<>();
        Drain.Membership place = drain.join(mode -> executor.execute(() -> drain(mode, through)));
        var _ = through.thenRun(place::close);
    }

    private void drain(DrainMode mode, CompletableFuture<Void> through) {
        switch (mode) {
            case GRACEFUL -> {
                draining = true;
                var _ = listeners.close();
                if (dns != null) {
                    dns.stopListening();
                }
                var _ = tunnels.drain(dataPath.config().lifecycle().drainDeadline())
                        .addListener(done -> end.whenIdle(context.pod(), () -> {
                            closeAll();
                            through.complete(null);
                        }));
            }
            case IMMEDIATE -> {
                closeAll();
                PodIdentity pod = context.pod();
                end.cut(pod, draining ? new CloseReason.Drained() : new CloseReason.PodRemoved(pod));
                var _ = tunnels.drain(Duration.ZERO).addListener(done -> through.complete(null));
            }
        }
    }

    private void closeAll() {
        var _ = listeners.close();
        if (dns != null) {
            dns.close();
        }
        context.sockets().close();
    }
}

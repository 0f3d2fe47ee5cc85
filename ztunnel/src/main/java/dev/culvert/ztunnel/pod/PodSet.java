package dev.culvert.ztunnel.pod;

import dev.culvert.linux.Netns;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.telemetry.PodMetrics;
import dev.culvert.process.Drain;
import dev.culvert.process.Readiness;
import dev.culvert.ztunnel.connection.PodIdentity;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The pods of this node that are served, or wait to be. Confined to the `pods` thread; [#post], [#sourceLost] and
/// [#view] may be called from anywhere.
///
/// **Order.** What a source says is worked off strictly one after another, also when starting a pod takes a while, so
/// that the state in which an event is judged is the one that its predecessors left. The tries that are repeated for
/// pods which could not be started stand in the same queue.
///
/// **Reconciliation.** A source that connects names every pod of the node and ends with a snapshot mark. A pod that
/// was served before and was not named by then is gone. After the mark only changes come. A source that is lost takes
/// the pods that wait with it, and no other.
public final class PodSet implements PodInbox {
    /// How long a pod waits for its next try.
    public static final Duration RETRY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(PodSet.class);
    private static final PodAnswer DONE = new PodAnswer.Done();

    private final EventExecutor owner;
    private final PodStarter starter;
    private final Drain drain;
    private final Readiness.Task ready;
    private final PodMetrics metrics;
    private final Duration retry;

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final Map<String, Served> served = new HashMap<>();
    private final Map<String, PodEvent.Add> pending = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private @Nullable ScheduledFuture<?> retrying;
    private boolean synced;
    private boolean busy;
    private volatile Map<String, PodView> view = Map.of();

    /// @param owner the `pods` thread
    /// @param drain ends the serving of all pods
    /// @param ready set while a snapshot is complete and no pod waits
    public PodSet(EventExecutor owner, PodStarter starter, Drain drain, Readiness.Task ready, PodMetrics metrics) {
        this(owner, starter, drain, ready, metrics, RETRY);
    }

    PodSet(
            EventExecutor owner,
            PodStarter starter,
            Drain drain,
            Readiness.Task ready,
            PodMetrics metrics,
            Duration retry) {
        this.owner = owner;
        this.starter = starter;
        this.drain = drain;
        this.ready = ready;
        this.metrics = metrics;
        this.retry = retry;
    }

    @Override
    public void post(PodEvent event, Consumer<PodAnswer> answer) {
        enqueue(() -> handle(event, answer));
    }

    @Override
    public void sourceLost() {
        enqueue(() -> {
            synced = false;
            seen.clear();
            pending.values().forEach(add -> add.netns().close());
            pending.clear();
            changed();
        });
    }

    /// Every pod that is served or waits, by its UID, in order of UID.
    public Map<String, PodView> view() {
        return view;
    }

    private void enqueue(Runnable step) {
        owner.execute(() -> {
            waiting.add(step);
            workOff();
        });
    }

    private void workOff() {
        while (!busy && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    private void handle(PodEvent event, Consumer<PodAnswer> answer) {
        switch (event) {
            case PodEvent.Add add -> add(add, answer);
            case PodEvent.Keep(String uid) -> answer.accept(keep(uid));
            case PodEvent.Del(String uid) -> answer.accept(delete(uid));
            case PodEvent.SnapshotSent() -> answer.accept(snapshotSent());
        }
        changed();
    }

    private void add(PodEvent.Add add, Consumer<PodAnswer> answer) {
        if (!synced) {
            seen.add(add.uid());
        }
        Served old = served.get(add.uid());
        if (old != null && old.netns.identity().equals(add.netns().identity())) {
            add.netns().close();
            answer.accept(DONE);
            return;
        }
        if (old != null) {
            LOG.atInfo().addKeyValue("pod", old.pod).log("pod has a new network namespace");
            stop(add.uid());
        }
        start(add, answer);
    }

    private PodAnswer keep(String uid) {
        if (synced) {
            return new PodAnswer.OutOfOrder("a pod to keep, " + uid + ", was named after the snapshot");
        }
        seen.add(uid);
        return DONE;
    }

    private PodAnswer delete(String uid) {
        forgetPending(uid);
        if (synced) {
            stop(uid);
        } else {
            seen.remove(uid);
        }
        return DONE;
    }

    private PodAnswer snapshotSent() {
        if (synced) {
            return new PodAnswer.OutOfOrder("a second snapshot was sent on one connection");
        }
        List.copyOf(served.keySet()).stream().filter(uid -> !seen.contains(uid)).forEach(this::stop);
        seen.clear();
        synced = true;
        LOG.atInfo()
                .addKeyValue("pods", served.size())
                .addKeyValue("pending", pending.size())
                .log("snapshot of the node's pods is complete");
        return DONE;
    }

    /// Starts a pod; nothing else is worked off until it is known how that went.
    private void start(PodEvent.Add add, Consumer<PodAnswer> answer) {
        PodIdentity pod = new PodIdentity(add.uid(), add.name());
        if (drain.mode() != null) {
            add.netns().close();
            answer.accept(new PodAnswer.Failed("this proxy is shutting down"));
            return;
        }
        busy = true;
        Drain podDrain = drain.child();
        var _ = starter.start(pod, add.netns(), podDrain)
                .whenComplete((_, failure) -> owner.execute(() -> {
                    busy = false;
                    answer.accept(failure == null ? started(add, pod, podDrain) : failed(add, pod, podDrain, failure));
                    changed();
                    workOff();
                }));
    }

    private PodAnswer started(PodEvent.Add add, PodIdentity pod, Drain podDrain) {
        PodEvent.Add waited = pending.remove(add.uid());
        if (waited != null && !sameTry(waited, add)) {
            waited.netns().close();
        }
        served.put(add.uid(), new Served(pod, add.netns(), podDrain));
        var _ = podDrain.done().thenRun(add.netns()::close);
        metrics.started();
        LOG.atInfo()
                .addKeyValue("pod", pod)
                .addKeyValue("uid", pod.uid())
                .addKeyValue("netns", add.netns())
                .log("pod is served");
        return DONE;
    }

    private PodAnswer failed(PodEvent.Add add, PodIdentity pod, Drain podDrain, Throwable failure) {
        var _ = podDrain.immediate();
        String why = failure.getCause() == null ? String.valueOf(failure.getMessage()) : reason(failure.getCause());
        LOG.atWarn()
                .addKeyValue("pod", pod)
                .addKeyValue("uid", pod.uid())
                .addKeyValue("error", why)
                .log("pod cannot be served, trying again");
        PodEvent.Add waited = pending.put(add.uid(), add);
        if (waited != null && !sameTry(waited, add)) {
            waited.netns().close();
        }
        if (retrying == null) {
            retrying = owner.schedule(this::retryAll, retry.toMillis(), TimeUnit.MILLISECONDS);
        }
        return new PodAnswer.Failed(why);
    }

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    /// A descriptor has one owner, so the same one means the same event.
    private static boolean sameTry(PodEvent.Add one, PodEvent.Add other) {
        return one.netns().equals(other.netns());
    }

    private void retryAll() {
        retrying = null;
        for (PodEvent.Add add : pending.values()) {
            waiting.add(() -> {
                PodEvent.Add waits = pending.get(add.uid());
                if (waits != null && sameTry(waits, add)) {
                    start(add, _ -> {});
                }
            });
        }
        workOff();
    }

    private void stop(String uid) {
        Served gone = served.remove(uid);
        if (gone != null) {
            var _ = gone.drain.immediate();
            metrics.stopped();
            LOG.atInfo().addKeyValue("pod", gone.pod).addKeyValue("uid", uid).log("pod is no longer served");
        }
    }

    private void forgetPending(String uid) {
        PodEvent.Add add = pending.remove(uid);
        if (add != null) {
            add.netns().close();
        }
    }

    private void changed() {
        if (synced && pending.isEmpty()) {
            ready.ready();
        } else {
            ready.pending();
        }
        metrics.pending(pending.size());
        Map<String, PodView> next = new TreeMap<>();
        pending.forEach((uid, add) -> next.put(uid, new PodView(PodView.State.PENDING, add.name())));
        served.forEach((uid, pod) -> next.put(uid, new PodView(PodView.State.UP, pod.name())));
        view = next;
    }

    /// A pod whose listeners are open.
    private record Served(PodIdentity pod, Netns netns, Drain drain) {
        WorkloadName name() {
            return pod.workload();
        }
    }
}

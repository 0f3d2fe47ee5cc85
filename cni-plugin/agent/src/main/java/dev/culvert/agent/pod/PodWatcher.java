package dev.culvert.agent.pod;

import dev.culvert.kube.ResourceEvent;
import dev.culvert.kube.ResourceSource;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Pod;
import dev.culvert.plugin.Enrolment;
import dev.culvert.process.CounterFamily;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the mesh true to the labels: a running pod that gets the label comes in, one that loses it
/// goes out, one that has ended is let go. Confined to its thread, `pods`, which it owns.
///
/// A pod that comes in while it is being started is the plugin's matter; both ways end in
/// [PodMesh], which does the work once. What fails is tried again, from 5 ms up to every 5 s.
public final class PodWatcher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PodWatcher.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(5);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);

    private final NodePods pods;
    private final PodStore store;
    private final PodMesh mesh;
    private final Enrolment rule;
    private final CounterFamily reconciles;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("pods").daemon(true).unstarted(task));
    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, ScheduledFuture<?>> retries = new HashMap<>();
    /// Pods that were warned of.
    private final Set<String> unknown = new HashSet<>();
    private ResourceSource.@Nullable Subscription subscription;
    private boolean reconciling;

    public PodWatcher(NodePods pods, PodStore store, PodMesh mesh, Enrolment rule, CounterFamily reconciles) {
        this.pods = pods;
        this.store = store;
        this.mesh = mesh;
        this.rule = rule;
        this.reconciles = reconciles;
    }

    /// Begins to listen to `source`; nothing is done to pods before [#begin].
    public void listen(ResourceSource source) {
        subscription = source.subscribe(Set.of(Kinds.POD, Kinds.NAMESPACE), thread, this::take);
    }

    /// From now on the mesh is kept true to what the source says, beginning with all that it has
    /// said.
    public void begin(Runnable restore) {
        thread.execute(() -> {
            try {
                restore.run();
            } catch (RuntimeException e) {
                log.atError().setCause(e).log("pods of an earlier run were not all taken up");
            }
            reconciling = true;
            pods.uids().forEach(this::reconcile);
            store.all().forEach(record -> reconcile(record.id().uid()));
        });
    }

    private void take(ResourceEvent event) {
        for (String uid : pods.take(event)) {
            reconciles.with(kind(event)).increment();
            if (reconciling) {
                reconcile(uid);
            }
        }
    }

    private static String kind(ResourceEvent event) {
        return switch (event) {
            case ResourceEvent.Added _ -> "add";
            case ResourceEvent.Modified _ -> "update";
            case ResourceEvent.Deleted _ -> "delete";
            case ResourceEvent.Synced _ -> "sync";
        };
    }

    private void reconcile(String uid) {
        ScheduledFuture<?> waiting = retries.remove(uid);
        if (waiting != null) {
            waiting.cancel(false);
        }
        try {
            settle(uid);
            failures.remove(uid);
        } catch (IOException | RuntimeException e) {
            int failed = failures.merge(uid, 1, Integer::sum);
            long millis = Math.min(LAST_RETRY.toMillis(), FIRST_RETRY.toMillis() << Math.min(failed - 1, 16));
            log.atWarn()
                    .addKeyValue("uid", uid)
                    .addKeyValue("error", e.getMessage())
                    .addKeyValue("retryMillis", millis)
                    .log("pod is not as its labels want it");
            retries.put(uid, thread.schedule(() -> reconcile(uid), millis, TimeUnit.MILLISECONDS));
        }
    }

    private void settle(String uid) throws IOException {
        PodRecord record = store.find(uid);
        NodePods.Known known = pods.find(uid);
        if (record == null) {
            if (known == null) {
                unknown.remove(uid);
            } else {
                warnOfUnknown(known);
            }
            return;
        }
        if (known == null || known.pod().terminal()) {
            mesh.unenrol(record.id(), null, true);
            return;
        }
        switch (rule.judge(known.facts())) {
            case Enrolment.Enrol(String reason) -> {
                if (!mesh.serves(uid)) {
                    log.atInfo()
                            .addKeyValue("pod", record.id())
                            .addKeyValue("reason", reason)
                            .log("enrolling pod");
                    if (!record.enrolled()) {
                        // before its rules: an agent that dies meanwhile finds them by it
                        store.put(record.withEnrolled(true));
                    }
                    mesh.enrolRunning(known.pod(), record);
                }
            }
            case Enrolment.PassOver(String reason) -> {
                if (mesh.contains(uid)) {
                    log.atInfo()
                            .addKeyValue("pod", record.id())
                            .addKeyValue("reason", reason)
                            .log("letting pod go");
                    mesh.unenrol(record.id(), known.pod(), false);
                    store.put(record.withEnrolled(false));
                }
            }
        }
    }

    /// The plugin tells of each pod before the pod has an address. One that has an address and of which nothing was
    /// told was started when the plugin was not there.
    private void warnOfUnknown(NodePods.Known known) {
        Pod pod = known.pod();
        boolean started = !pod.status().podIps().isEmpty() && !pod.terminal() && !pod.terminating();
        if (started
                && rule.judge(known.facts()) instanceof Enrolment.Enrol(String reason)
                && unknown.add(known.uid())) {
            log.atWarn()
                    .addKeyValue(
                            "pod",
                            known.facts().namespace() + "/" + known.facts().name())
                    .addKeyValue("reason", reason)
                    .log("pod is to be in the mesh and is not, because it was started before the plugin was installed;"
                            + " restart it");
        }
    }

    @Override
    public void close() {
        if (subscription != null) {
            subscription.close();
        }
        thread.shutdownNow();
    }
}

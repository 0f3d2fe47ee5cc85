package dev.culvert.daemonset;

import dev.culvert.agent.zds.MeshPod;
import dev.culvert.agent.zds.PodSink;
import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Netns;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.ztunnel.inpod.PodSource;
import dev.culvert.ztunnel.pod.PodAnswer;
import dev.culvert.ztunnel.pod.PodEvent;
import dev.culvert.ztunnel.pod.PodInbox;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Joins the agent and the proxy of one process: the agent's sink is the proxy's source.
/// Thread-safe, by one lock that is held only while events are posted, so that the snapshot comes
/// whole and before every change.
///
/// Whichever side starts last brings about the snapshot. Until then a pod is refused, as it is by
/// the socket when no proxy is connected: the runtime tries again.
public final class InProcessPodFeed implements PodSink, PodSource {
    private static final Logger log = LoggerFactory.getLogger(InProcessPodFeed.class);

    private final Object lock = new Object();
    private @Nullable Supplier<List<MeshPod>> pods;
    private @Nullable PodInbox inbox;
    private boolean joined;

    @Override
    public void start(Supplier<List<MeshPod>> pods) {
        synchronized (lock) {
            this.pods = pods;
            join();
        }
    }

    @Override
    public void start(PodInbox inbox) {
        synchronized (lock) {
            this.inbox = inbox;
            join();
        }
    }

    private void join() {
        if (pods == null || inbox == null) {
            return;
        }
        joined = true;
        List<MeshPod> snapshot = pods.get();
        for (MeshPod pod : snapshot) {
            var _ = add(pod).exceptionally(failure -> {
                log.atWarn()
                        .addKeyValue("pod", pod.namespace() + "/" + pod.name())
                        .addKeyValue("error", failure.getMessage())
                        .log("node proxy cannot serve a pod of the snapshot yet");
                return null;
            });
        }
        var _ = post(inbox, new PodEvent.SnapshotSent());
        log.atInfo().addKeyValue("pods", snapshot.size()).log("node proxy has the snapshot");
    }

    @Override
    public CompletableFuture<Void> add(MeshPod pod) {
        synchronized (lock) {
            if (!joined || inbox == null) {
                return CompletableFuture.failedFuture(new IOException("the node proxy takes no pods yet; it waits for "
                        + "the control plane, see /healthz/ready on port 15021"));
            }
            Netns netns;
            try {
                netns = pod.netns().dup();
            } catch (LinuxException e) {
                return CompletableFuture.failedFuture(e);
            }
            WorkloadName name = new WorkloadName(pod.namespace(), pod.name(), pod.serviceAccount());
            return post(inbox, new PodEvent.Add(pod.uid(), name, netns));
        }
    }

    @Override
    public CompletableFuture<Void> delete(String uid) {
        synchronized (lock) {
            return joined && inbox != null
                    ? post(inbox, new PodEvent.Del(uid))
                    : CompletableFuture.completedFuture(null);
        }
    }

    private static CompletableFuture<Void> post(PodInbox inbox, PodEvent event) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        inbox.post(event, answer -> {
            switch (answer) {
                case PodAnswer.Done() -> done.completeAsync(() -> null);
                case PodAnswer.Failed(String why) -> done.completeExceptionally(new IOException(why));
                case PodAnswer.OutOfOrder(String why) -> done.completeExceptionally(new IOException(why));
            }
        });
        return done;
    }

    @Override
    public int proxies() {
        synchronized (lock) {
            return joined ? 1 : 0;
        }
    }

    /// Either side ends the feed. The proxy goes on serving the pods that it has.
    @Override
    public void close() {
        synchronized (lock) {
            joined = false;
            inbox = null;
            pods = null;
        }
    }
}

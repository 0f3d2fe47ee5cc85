package dev.culvert.agent.pod;

import dev.culvert.agent.config.AgentConfig;
import dev.culvert.agent.rules.HostProbeRules;
import dev.culvert.agent.rules.NftRules;
import dev.culvert.agent.rules.TrafficRules;
import dev.culvert.agent.zds.MeshPod;
import dev.culvert.agent.zds.PodSink;
import dev.culvert.api.MeshLabels;
import dev.culvert.kube.ObjectRef;
import dev.culvert.kube.ObjectWriter;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Pod;
import dev.culvert.linux.Netns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings pods into the mesh and takes them out again. Thread-safe: what is done to one pod is done
/// under a lock of its own, because the runtime and the watcher may both want it.
///
/// The order in: the pod's rules, the node proxy's word that it serves the pod, the host's probe
/// rules, the annotation. The annotation is last because the control plane takes it as leave to
/// send the pod HBONE. When a step fails, a pod that is being started is wholly out again; one that
/// runs stays captured, pending, until a proxy takes it.
public final class PodMesh {
    private static final Logger log = LoggerFactory.getLogger(PodMesh.class);
    /// A proxy that does not answer by then is taken for one that will not; the plugin waits no
    /// longer either.
    private static final Duration PROXY_PATIENCE = Duration.ofSeconds(6);
    private static final String ENABLED = "enabled";
    private static final String PENDING = "pending";

    private final AgentConfig.Capture capture;
    private final NftRules rules;
    private final @Nullable HostProbeRules probes;
    private final PodSink sink;
    private final ObjectWriter writer;
    private final Map<String, Member> members = new ConcurrentHashMap<>();
    private final Map<String, Step> unmended = new ConcurrentHashMap<>();
    private final List<ReentrantLock> locks =
            Stream.generate(ReentrantLock::new).limit(64).toList();

    /// @param probes null when the host's probes are not to be exempted
    public PodMesh(
            AgentConfig.Capture capture,
            NftRules rules,
            @Nullable HostProbeRules probes,
            PodSink sink,
            ObjectWriter writer) {
        this.capture = capture;
        this.rules = rules;
        this.probes = probes;
        this.sink = sink;
        this.writer = writer;
    }

    /// A pod with its rules in place.
    ///
    /// @param served whether a node proxy has taken it, and everything after that is done
    private record Member(MeshPod pod, TrafficRules rules, boolean served) {
        Member inService() {
            return new Member(pod, rules, true);
        }
    }

    /// The pods of the mesh, for a node proxy that has just come.
    public List<MeshPod> snapshot() {
        return members.values().stream().map(Member::pod).toList();
    }

    /// Whether the pod is captured; it may still wait for a node proxy.
    public boolean contains(String uid) {
        return members.containsKey(uid);
    }

    /// Whether the pod is in the mesh, and a node proxy serves it.
    public boolean serves(String uid) {
        Member member = members.get(uid);
        return member != null && member.served;
    }

    public int size() {
        return members.size();
    }

    /// Brings in a pod that is being started; one that is in already stays as it is.
    ///
    /// @throws IOException when a step failed; what was done is undone, and the pod does not start
    public void enrol(Pod pod, PodRecord record) throws IOException {
        bringIn(pod, record, cause -> undo(record.id(), cause));
    }

    /// Brings in a pod that runs already; one that is in already stays as it is.
    ///
    /// @throws IOException when a step failed. A pod whose rules are in place stays captured, and nothing goes
    ///     around the mesh: it is annotated as pending, and to be tried again
    public void enrolRunning(Pod pod, PodRecord record) throws IOException {
        bringIn(pod, record, cause -> {
            if (!PENDING.equals(pod.metadata().annotation(MeshLabels.REDIRECTION))) {
                attempt(cause, () -> annotate(pod, PENDING));
            }
        });
    }

    private void bringIn(Pod pod, PodRecord record, Consumer<IOException> failed) throws IOException {
        String uid = record.id().uid();
        ReentrantLock lock = lock(uid);
        lock.lock();
        try {
            Member member = members.get(uid);
            if (member == null || !member.pod.netns().identity().equals(record.netnsIdentity())) {
                forget(uid);
                member = capture(pod, record);
            }
            if (member.served) {
                return;
            }
            try {
                join(sink.add(member.pod));
                expose(record);
                annotate(pod, ENABLED);
            } catch (IOException e) {
                failed.accept(e);
                throw e;
            }
            members.put(uid, member.inService());
            log.atInfo().addKeyValue("pod", record.id()).log("pod is in the mesh");
        } finally {
            lock.unlock();
        }
    }

    private Member capture(Pod pod, PodRecord record) throws IOException {
        Member member = member(pod, record);
        try {
            rules.apply(member.pod.netns(), member.rules);
        } catch (IOException e) {
            member.pod.netns().close();
            throw e;
        }
        members.put(record.id().uid(), member);
        return member;
    }

    /// Takes up a pod that an earlier run of the agent has enrolled, or was about to; its rules are
    /// checked, and mended if need be. Node proxies hear of it by the snapshot.
    ///
    /// @throws IOException when it is in but a step failed, which [#mend] tries again: what captures
    /// the pod stays, since uncovering a pod that runs is worse. Also when its namespace is gone
    public void restore(Pod pod, PodRecord record) throws IOException {
        Member member = member(pod, record);
        boolean finished = ENABLED.equals(pod.metadata().annotation(MeshLabels.REDIRECTION));
        members.put(record.id().uid(), finished ? member.inService() : member);
        Step complete = () -> complete(record, member, finished);
        try {
            complete.run();
        } catch (IOException e) {
            unmended.put(record.id().uid(), complete);
            throw e;
        }
    }

    /// @param finished whether the earlier run saw all of the enrolment done
    private void complete(PodRecord record, Member member, boolean finished) throws IOException {
        boolean whole = finished && (!capture.repairOnStart() || rules.check(member.pod.netns(), member.rules));
        if (!whole) {
            log.atWarn().addKeyValue("pod", record.id()).log("rules of a pod were not whole and are written again");
            rules.mend(member.pod.netns(), member.rules);
        }
        expose(record);
    }

    /// Tries again what [#restore] could not do.
    public void mend() {
        unmended.forEach((uid, step) -> {
            ReentrantLock lock = lock(uid);
            lock.lock();
            try {
                if (unmended.containsKey(uid)) {
                    step.run();
                    unmended.remove(uid);
                }
            } catch (IOException e) {
                log.atWarn()
                        .addKeyValue("uid", uid)
                        .addKeyValue("error", e.getMessage())
                        .log("rules of a pod are still not whole");
            } finally {
                lock.unlock();
            }
        });
    }

    /// Takes the pod out. When its namespace is `gone`, or about to go, its rules go with it.
    ///
    /// @param pod null when the source no longer has it
    public void unenrol(PodRecord.PodId id, @Nullable Pod pod, boolean gone) throws IOException {
        ReentrantLock lock = lock(id.uid());
        lock.lock();
        try {
            Member member = members.get(id.uid());
            if (member == null) {
                return;
            }
            if (probes != null) {
                probes.remove(id.uid());
            }
            if (!gone) {
                rules.remove(member.pod.netns());
            }
            join(sink.delete(id.uid()));
            forget(id.uid());
            if (pod != null) {
                unannotate(pod, gone);
            }
            log.atInfo().addKeyValue("pod", id).addKeyValue("gone", gone).log("pod is out of the mesh");
        } finally {
            lock.unlock();
        }
    }

    /// Whether the pod is in the mesh with all its rules in place.
    public boolean check(String uid) throws IOException {
        Member member = members.get(uid);
        return member != null && rules.check(member.pod.netns(), member.rules);
    }

    private ReentrantLock lock(String uid) {
        return locks.get(Math.floorMod(uid.hashCode(), locks.size()));
    }

    private Member member(Pod pod, PodRecord record) throws IOException {
        TrafficRules wanted = rulesFor(pod);
        Netns netns = Netns.open(Path.of(record.netnsPath()));
        if (!netns.identity().equals(record.netnsIdentity())) {
            netns.close();
            throw new IOException("there is another namespace at " + record.netnsPath() + " than the one that pod "
                    + record.id() + " was started in");
        }
        PodRecord.PodId id = record.id();
        String account = pod.spec().serviceAccountName();
        return new Member(new MeshPod(id.uid(), id.namespace(), id.name(), account, netns), wanted, false);
    }

    private TrafficRules rulesFor(Pod pod) throws IOException {
        String dns = pod.metadata().annotation(MeshLabels.DNS_CAPTURE);
        String interfaces = pod.metadata().annotation(MeshLabels.REROUTE_INTERFACES);
        List<String> names = interfaces == null
                ? List.of()
                : Stream.of(interfaces.split(",", -1))
                        .map(String::strip)
                        .filter(n -> !n.isEmpty())
                        .toList();
        try {
            return new TrafficRules(
                    capture.ipv6(),
                    "true".equals(pod.metadata().annotation(MeshLabels.BYPASS_INBOUND)),
                    dns == null ? capture.dns() : dns.equals("true"),
                    names);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void expose(PodRecord record) throws IOException {
        if (probes != null) {
            probes.add(record.id().uid(), record.addresses());
        }
    }

    private void undo(PodRecord.PodId id, IOException cause) {
        Member member = members.get(id.uid());
        if (member == null) {
            return;
        }
        attempt(cause, () -> rules.remove(member.pod.netns()));
        attempt(cause, () -> join(sink.delete(id.uid())));
        if (probes != null) {
            attempt(cause, () -> probes.remove(id.uid()));
        }
        forget(id.uid());
    }

    private static void attempt(IOException cause, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void forget(String uid) {
        unmended.remove(uid);
        Member member = members.remove(uid);
        if (member != null) {
            member.pod.netns().close();
        }
    }

    private void annotate(Pod pod, @Nullable String value) throws IOException {
        writer.annotate(
                Kinds.POD, ObjectRef.of(pod.metadata()), Collections.singletonMap(MeshLabels.REDIRECTION, value));
    }

    private void unannotate(Pod pod, boolean gone) throws IOException {
        try {
            annotate(pod, null);
        } catch (IOException e) {
            if (!gone) {
                throw e;
            }
        }
    }

    private static void join(CompletionStage<Void> stage) throws IOException {
        try {
            stage.toCompletableFuture().get(PROXY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException("the node proxy did not answer within " + PROXY_PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}

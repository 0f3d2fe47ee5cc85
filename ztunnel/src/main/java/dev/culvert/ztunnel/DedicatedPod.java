package dev.culvert.ztunnel;

import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Netns;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.process.ProcessParts;
import dev.culvert.ztunnel.config.ProxyMode;
import dev.culvert.ztunnel.inpod.PodSource;
import dev.culvert.ztunnel.pod.PodAnswer;
import dev.culvert.ztunnel.pod.PodEvent;
import dev.culvert.ztunnel.pod.PodInbox;

/// The one workload of dedicated mode, in the namespace that the process is in. Confined to the thread that starts it.
///
/// There is nobody to try again for: when it cannot be served the process ends.
final class DedicatedPod implements PodSource {
    private final ProxyMode.Dedicated workload;
    private final ProcessParts.Ending ending;

    DedicatedPod(ProxyMode.Dedicated workload, ProcessParts.Ending ending) {
        this.workload = workload;
        this.ending = ending;
    }

    @Override
    public void start(PodInbox pods) {
        WorkloadName name = new WorkloadName(workload.namespace(), workload.name(), workload.serviceAccount());
        try {
            pods.post(new PodEvent.Add("dedicated", name, Netns.ofThisThread()), this::answered);
        } catch (LinuxException e) {
            ending.failed("our own network namespace cannot be opened: " + e.getMessage());
            return;
        }
        pods.post(new PodEvent.SnapshotSent(), this::answered);
    }

    private void answered(PodAnswer answer) {
        switch (answer) {
            case PodAnswer.Done() -> {}
            case PodAnswer.Failed(String why) -> ending.failed(why);
            case PodAnswer.OutOfOrder(String why) -> ending.failed(why);
        }
    }

    @Override
    public void close() {}
}

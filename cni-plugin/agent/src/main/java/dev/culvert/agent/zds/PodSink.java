package dev.culvert.agent.zds;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/// Who wants the pods of this node: a node proxy in this process, or the socket to which one
/// connects. Thread-safe.
public interface PodSink extends AutoCloseable {
    /// Starts. `pods` tells all pods of the mesh on this node at the time of the call; it is asked
    /// for each proxy that comes.
    void start(Supplier<List<MeshPod>> pods);

    /// Tells of a pod. The stage completes when the proxy serves it, and fails with the reason when
    /// none does.
    CompletionStage<Void> add(MeshPod pod);

    /// Tells that a pod is gone. The stage completes when every proxy has heard it; with none there
    /// is nothing to do.
    CompletionStage<Void> delete(String uid);

    /// How many proxies are listening.
    int proxies();

    /// Stops. Proxies go on serving what they know.
    @Override
    void close();
}

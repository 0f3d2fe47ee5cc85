package dev.culvert.ztunnel.pod;

import dev.culvert.linux.Netns;
import dev.culvert.process.Drain;
import dev.culvert.ztunnel.connection.PodIdentity;
import java.util.concurrent.CompletionStage;

/// Begins to serve a pod. Called on the `pods` thread; the answer may come on any.
@FunctionalInterface
public interface PodStarter {
    /// Opens everything that a pod needs, or nothing: a stage that fails has left nothing open.
    ///
    /// @param netns the pod's namespace, open until `drain` is done; it stays the caller's
    /// @param drain ends the serving of this pod
    CompletionStage<Void> start(PodIdentity pod, Netns netns, Drain drain);
}

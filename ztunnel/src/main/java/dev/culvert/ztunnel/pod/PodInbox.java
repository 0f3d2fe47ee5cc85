package dev.culvert.ztunnel.pod;

import java.util.function.Consumer;

/// Where a pod source puts what it has to say. Thread-safe: everything is handed to the owner's thread.
public interface PodInbox {
    /// Hands over `event`, and with it the namespace that it may hold. Events are worked off one by one in the
    /// order they come; `answer` is called exactly once, on the owner's thread, and must not block.
    void post(PodEvent event, Consumer<PodAnswer> answer);

    /// Tells that the source was lost. Pods go on being served; the next event starts a new snapshot.
    void sourceLost();
}

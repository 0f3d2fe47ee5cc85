package dev.culvert.ztunnel.inpod;

import dev.culvert.ztunnel.pod.PodInbox;

/// Where the pods of this node come from. [ZdsClient] is one; a node agent in the same process is another.
public interface PodSource extends AutoCloseable {
    /// Starts telling `pods` of the node's pods: all of them first, then the changes. Called once, when the view of
    /// the mesh is complete; returns at once.
    void start(PodInbox pods);

    /// Stops; nothing is posted once this has returned. Pods that were told of go on being served.
    @Override
    void close();
}

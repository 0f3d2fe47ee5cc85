package dev.culvert.ztunnel.pod;

/// Hears what becomes of pods, for metrics. Called on the `pods` thread.
public interface PodObserver {
    /// A pod is served from now on.
    void started();

    /// A pod is no longer served.
    void stopped();

    /// How many pods are served, and how many wait for another try.
    void counted(int active, int pending);
}

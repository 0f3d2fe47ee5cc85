package dev.culvert.controlplane.ca;

/// Told what the certificate service does, for the metrics. Implementations are thread-safe.
public interface CaObserver {
    /// A request arrived.
    void requested();

    /// A certificate was signed.
    void issued();

    /// The caller may not have what it asked for.
    void refused();

    /// The request could not be read.
    void unreadable();
}

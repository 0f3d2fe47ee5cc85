package dev.culvert.mesh.identity;

/// Which of the waiting certificate requests goes first, the most urgent first.
enum CertificatePriority {
    /// A connection waits for it.
    REAL_TIME,
    /// A workload has appeared on our node and will probably need it.
    WARMUP,
    /// A renewal, long before it is needed.
    BACKGROUND
}

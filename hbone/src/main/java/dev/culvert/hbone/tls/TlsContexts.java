package dev.culvert.hbone.tls;

import dev.culvert.hbone.HboneLimits;

/// The TLS contexts of a process, one per certificate in use. Thread-safe: shared by all loops.
public final class TlsContexts implements AutoCloseable {

    /// @param tls12 whether TLS 1.2 is allowed beside 1.3
    public TlsContexts(HboneLimits limits, boolean tls12) {}

    /// Forgets the contexts of certificates that nobody uses any more.
    @Override
    public void close() {}
}

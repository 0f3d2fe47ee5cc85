package dev.culvert.hbone.tls;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Who one workload is, now. Asked for each new connection, so that a rotated certificate needs no other signal.
/// Thread-safe.
@FunctionalInterface
public interface CertificateSource {

    /// Gives the current certificate to `callback`, exactly once: during this call when it is at hand and the
    /// caller runs on `executor` already, or later on `executor`.
    void request(Executor executor, Consumer<CertificateAnswer> callback);
}

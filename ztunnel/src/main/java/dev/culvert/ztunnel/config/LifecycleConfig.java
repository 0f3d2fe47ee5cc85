package dev.culvert.ztunnel.config;

import java.nio.file.Path;
import java.time.Duration;

/// How pods arrive, how many threads serve them, and how the process ends.
///
/// @param podSocket `INPOD_UDS`, default `/var/run/ztunnel/ztunnel.sock`: where the node agent listens
/// @param workerThreads `ZTUNNEL_WORKER_THREADS` (a count, `0` for all cores, `N%`), else from the CPU limit and
///     request, else a quarter of the cores, at least 2
/// @param transport `CULVERT_TRANSPORT`: `epoll` (default) or `io_uring`
/// @param drainDeadline `CONNECTION_TERMINATION_DEADLINE`, else from `TERMINATION_GRACE_PERIOD_SECONDS`, else 5 s:
///     what connections get after a stop signal before they are cut
public record LifecycleConfig(Path podSocket, int workerThreads, Transport transport, Duration drainDeadline) {
    /// Which of the kernel's interfaces carries the data path.
    public enum Transport {
        EPOLL,
        IO_URING
    }
}

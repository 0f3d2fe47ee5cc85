package dev.culvert.mesh.identity;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.tls.CertificateAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The bookkeeping of one identity in the [CertificateStore]. Confined to the `ca` thread.
final class IdentityEntry {
    /// Who waits for the first answer.
    record Waiter(Executor executor, Consumer<CertificateAnswer> callback) {
        void answer(CertificateAnswer answer) {
            executor.execute(() -> callback.accept(answer));
        }
    }

    final SpiffeId identity;
    final List<Waiter> waiters = new ArrayList<>();
    CertificatePriority priority;
    /// The order of arrival among requests of one priority.
    long order;
    long generation;
    int failures;
    boolean queued;
    boolean inFlight;

    @Nullable
    Future<?> timer;

    IdentityEntry(SpiffeId identity, CertificatePriority priority) {
        this.identity = identity;
        this.priority = priority;
    }

    void answerWaiters(CertificateAnswer answer) {
        waiters.forEach(waiter -> waiter.answer(answer));
        waiters.clear();
    }

    void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}

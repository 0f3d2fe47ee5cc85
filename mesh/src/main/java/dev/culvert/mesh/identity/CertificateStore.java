package dev.culvert.mesh.identity;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.hbone.tls.WorkloadCertificate;
import dev.culvert.mesh.state.IdentityListener;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificates of all identities of this node: fetched when first asked for or announced, renewed at
/// half of their life, kept while valid even if renewal fails, and forgotten on request. Its public
/// methods are thread-safe, because loops ask and the state thread announces; everything behind them is
/// confined to the `ca` executor.
///
/// Waiting requests are served by priority, at most [#MAX_IN_FLIGHT] at a time. A request waits only for
/// the first answer about an identity; once that was a failure, askers are told at once while retries go
/// on behind them.
public final class CertificateStore implements IdentityListener, AutoCloseable {
    static final int MAX_IN_FLIGHT = 8;
    static final int MAX_WARMUPS = 256;

    private static final Logger LOG = LoggerFactory.getLogger(CertificateStore.class);
    private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(1);
    /// Renewals are spread over this part of a certificate's life before its half.
    private static final double REFRESH_SPREAD = 0.05;

    private final ScheduledExecutorService ca;
    private final InstantSource clock;
    private final CertificateSigner signer;
    private final RandomGenerator random;

    /// What the loops see; written by the `ca` thread alone.
    private final Map<SpiffeId, CertificateState> published = new ConcurrentHashMap<>();

    private final Map<SpiffeId, IdentityEntry> entries = new HashMap<>();
    private final TreeSet<IdentityEntry> queue =
            new TreeSet<>(Comparator.<IdentityEntry, CertificatePriority>comparing(entry -> entry.priority)
                    .thenComparingLong(entry -> entry.order));
    private long arrivals;
    private int inFlight;
    private boolean closed;

    /// @param ca runs one task at a time, on a thread of its own; closing it stays the caller's
    public CertificateStore(
            ScheduledExecutorService ca, InstantSource clock, CertificateSigner signer, RandomGenerator random) {
        this.ca = ca;
        this.clock = clock;
        this.signer = signer;
        this.random = random;
    }

    /// Who `identity` is, for connections; the first request fetches its certificate.
    public CertificateSource source(SpiffeId identity) {
        return (executor, callback) -> request(identity, executor, callback);
    }

    /// Fetches the certificate of a workload that will probably need one. Beyond 256 waiting
    /// announcements, further ones are dropped: such a certificate is fetched when it is needed.
    @Override
    public void appeared(SpiffeId identity) {
        ca.execute(() -> {
            if (!closed && !entries.containsKey(identity) && queue.size() < MAX_WARMUPS) {
                open(identity, CertificatePriority.WARMUP);
            }
        });
    }

    /// Drops the certificate and stops renewing it; who waits for it is told so.
    @Override
    public void vanished(SpiffeId identity) {
        ca.execute(() -> {
            IdentityEntry entry = entries.remove(identity);
            if (entry != null) {
                drop(entry);
            }
        });
    }

    /// Every identity that is known, in order, for the configuration dump.
    public List<IdentityStatus> list() {
        return published.entrySet().stream()
                .map(entry -> new IdentityStatus(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(status -> status.identity().toString()))
                .toList();
    }

    /// Stops renewing; certificates at hand stay usable for what is still open.
    @Override
    public void close() {
        ca.execute(() -> {
            closed = true;
            entries.values().forEach(entry -> {
                entry.stopTimer();
                entry.answerWaiters(new CertificateAnswer.Unavailable("shutting down"));
            });
            queue.clear();
        });
    }

    private void request(SpiffeId identity, Executor executor, Consumer<CertificateAnswer> callback) {
        CertificateState state = published.get(identity);
        if (state instanceof CertificateState.Available available && isValid(available.certificate())) {
            answer(executor, callback, new CertificateAnswer.Ready(available.certificate()));
        } else if (state instanceof CertificateState.Unavailable unavailable) {
            answer(executor, callback, new CertificateAnswer.Unavailable(unavailable.reason()));
        } else {
            ca.execute(() -> await(identity, new IdentityEntry.Waiter(executor, callback)));
        }
    }

    private static void answer(Executor executor, Consumer<CertificateAnswer> callback, CertificateAnswer answer) {
        if (executor instanceof EventExecutor loop && loop.inEventLoop()) {
            callback.accept(answer);
        } else {
            executor.execute(() -> callback.accept(answer));
        }
    }

    private void await(SpiffeId identity, IdentityEntry.Waiter waiter) {
        if (closed) {
            waiter.answer(new CertificateAnswer.Unavailable("shutting down"));
            return;
        }
        IdentityEntry entry = entries.get(identity);
        if (entry == null) {
            entry = open(identity, CertificatePriority.REAL_TIME);
        }
        switch (state(entry)) {
            case CertificateState.Available available ->
                waiter.answer(new CertificateAnswer.Ready(available.certificate()));
            case CertificateState.Unavailable unavailable ->
                waiter.answer(new CertificateAnswer.Unavailable(unavailable.reason()));
            case CertificateState.Initializing _ -> {
                entry.waiters.add(waiter);
                raise(entry, CertificatePriority.REAL_TIME);
            }
        }
    }

    /// What is known of an entry now; a certificate that has expired meanwhile becomes unavailable.
    private CertificateState state(IdentityEntry entry) {
        CertificateState state = published.getOrDefault(entry.identity, new CertificateState.Initializing());
        if (state instanceof CertificateState.Available available && !isValid(available.certificate())) {
            state = new CertificateState.Unavailable("certificate expired at "
                    + available.certificate().notAfter() + " and is not renewed yet; is the control plane in reach?");
            published.put(entry.identity, state);
        }
        return state;
    }

    private boolean isValid(WorkloadCertificate certificate) {
        return clock.instant().isBefore(certificate.notAfter());
    }

    private IdentityEntry open(SpiffeId identity, CertificatePriority priority) {
        IdentityEntry entry = new IdentityEntry(identity, priority);
        entries.put(identity, entry);
        published.put(identity, new CertificateState.Initializing());
        enqueue(entry, priority);
        return entry;
    }

    private void enqueue(IdentityEntry entry, CertificatePriority priority) {
        entry.stopTimer();
        entry.priority = priority;
        entry.order = arrivals++;
        entry.queued = true;
        queue.add(entry);
        startWaiting();
    }

    private void raise(IdentityEntry entry, CertificatePriority priority) {
        if (entry.queued && priority.compareTo(entry.priority) < 0) {
            queue.remove(entry);
            enqueue(entry, priority);
        }
    }

    private void startWaiting() {
        while (inFlight < MAX_IN_FLIGHT && !queue.isEmpty()) {
            IdentityEntry entry = queue.removeFirst();
            entry.queued = false;
            entry.inFlight = true;
            inFlight++;
            var _ = signer.sign(entry.identity, entry.generation + 1)
                    .whenComplete((certificate, failure) -> ca.execute(() -> finished(entry, certificate, failure)));
        }
    }

    private void finished(IdentityEntry entry, @Nullable WorkloadCertificate certificate, @Nullable Throwable failure) {
        inFlight--;
        entry.inFlight = false;
        if (!closed && entries.get(entry.identity) == entry) {
            if (certificate != null) {
                succeeded(entry, certificate);
            } else {
                failed(entry, reason(failure));
            }
        }
        if (!closed) {
            startWaiting();
        }
    }

    private void succeeded(IdentityEntry entry, WorkloadCertificate certificate) {
        entry.failures = 0;
        entry.generation = certificate.generation();
        published.put(entry.identity, new CertificateState.Available(certificate));
        entry.answerWaiters(new CertificateAnswer.Ready(certificate));
        LOG.atDebug()
                .addKeyValue("identity", entry.identity)
                .addKeyValue("generation", certificate.generation())
                .addKeyValue("until", certificate.notAfter())
                .log("certificate fetched");
        schedule(entry, untilRefresh(certificate));
    }

    private Duration untilRefresh(WorkloadCertificate certificate) {
        Duration life = Duration.between(certificate.notBefore(), certificate.notAfter());
        Duration early = Duration.ofMillis(Math.round(life.toMillis() * REFRESH_SPREAD * random.nextDouble()));
        Instant at = certificate.notBefore().plus(life.dividedBy(2)).minus(early);
        Duration wait = Duration.between(clock.instant(), at);
        return wait.compareTo(SHORTEST_REFRESH) < 0 ? SHORTEST_REFRESH : wait;
    }

    private void failed(IdentityEntry entry, String reason) {
        entry.failures++;
        Duration wait = BackOff.after(entry.failures, random);
        CertificateState state = published.get(entry.identity);
        if (state instanceof CertificateState.Available available && isValid(available.certificate())) {
            Duration untilExpiry =
                    Duration.between(clock.instant(), available.certificate().notAfter());
            wait = wait.compareTo(untilExpiry) < 0 ? wait : untilExpiry;
        } else {
            published.put(entry.identity, new CertificateState.Unavailable(reason));
        }
        entry.answerWaiters(new CertificateAnswer.Unavailable(reason));
        LOG.atWarn()
                .addKeyValue("identity", entry.identity)
                .addKeyValue("failures", entry.failures)
                .addKeyValue("retry_in", wait)
                .addKeyValue("error", reason)
                .log("certificate not obtained");
        schedule(entry, wait);
    }

    private void schedule(IdentityEntry entry, Duration wait) {
        entry.stopTimer();
        entry.timer = ca.schedule(
                () -> enqueue(entry, CertificatePriority.BACKGROUND), wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void drop(IdentityEntry entry) {
        entry.stopTimer();
        queue.remove(entry);
        published.remove(entry.identity);
        entry.answerWaiters(new CertificateAnswer.Unavailable(
                entry.identity + " was forgotten: the last workload of this node that bears it is gone"));
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return cause == null ? "no certificate and no reason" : String.valueOf(cause.getMessage());
    }
}

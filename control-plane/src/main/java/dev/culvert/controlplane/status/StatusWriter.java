package dev.culvert.controlplane.status;

import dev.culvert.controlplane.policy.BuiltPolicy;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.kube.ObjectRef;
import dev.culvert.kube.ObjectWriter;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.ResourceKey;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the conditions `ZtunnelAccepted` and `WaypointAccepted` of AuthorizationPolicies. Thread-safe; the writing is
/// done on a
/// thread of its own, `status`, so nobody waits for it.
///
/// Of several verdicts on one policy only the last is written. A failed write is tried again, 5 times at
/// most; then the next change of the policy brings a new one.
public final class StatusWriter implements AutoCloseable {
    /// What node proxies make of a policy, a condition's type.
    public static final String ZTUNNEL_ACCEPTED = "ZtunnelAccepted";
    /// What waypoints make of it.
    public static final String WAYPOINT_ACCEPTED = "WaypointAccepted";

    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
    private static final int MOST_ATTEMPTS = 5;
    private static final long FIRST_RETRY_MILLIS = 200;

    private final ObjectWriter writer;
    private final Clock clock;
    private final BooleanSupplier leading;
    private final Map<ResourceKey, PolicyStatus> pending = new HashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("status").daemon().unstarted(task));

    /// @param leading whether this replica is the one that writes
    public StatusWriter(ObjectWriter writer, Clock clock, BooleanSupplier leading) {
        this.writer = writer;
        this.clock = clock;
        this.leading = leading;
    }

    /// Has the status of a policy say this.
    public void write(PolicyStatus status) {
        try {
            thread.execute(() -> {
                pending.put(status.policy().key(), status);
                attempt(status, 1);
            });
        } catch (RejectedExecutionException _) {
            // Closed in the meantime.
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void attempt(PolicyStatus status, int number) {
        ResourceKey key = status.policy().key();
        if (!status.equals(pending.get(key)) || !leading.getAsBoolean()) {
            return;
        }
        try {
            put(status.policy(), status.result());
            pending.remove(key);
        } catch (IOException e) {
            if (number < MOST_ATTEMPTS) {
                long delay = FIRST_RETRY_MILLIS << (number - 1);
                var _ = thread.schedule(() -> attempt(status, number + 1), delay, TimeUnit.MILLISECONDS);
                return;
            }
            pending.remove(key);
            LOG.atWarn()
                    .addKeyValue("policy", key)
                    .addKeyValue("attempts", number)
                    .setCause(e)
                    .log("could not write the status of a policy");
        }
    }

    private void put(AuthorizationPolicy policy, BuiltPolicy result) throws IOException {
        List<Condition> set = new ArrayList<>();
        Set<String> remove = new HashSet<>();
        Map<String, @Nullable Acceptance> verdicts = new LinkedHashMap<>();
        verdicts.put(ZTUNNEL_ACCEPTED, result.verdict());
        verdicts.put(WAYPOINT_ACCEPTED, result.waypoint());
        verdicts.forEach((type, verdict) -> {
            Condition before = policy.conditions().stream()
                    .filter(condition -> condition.type().equals(type))
                    .findFirst()
                    .orElse(null);
            if (verdict != null) {
                Condition now =
                        condition(type, verdict, before, policy.metadata().generation());
                if (before == null || !before.saysSameAs(now)) {
                    set.add(now);
                }
            } else if (before != null) {
                remove.add(type);
            }
        });
        if (!set.isEmpty() || !remove.isEmpty()) {
            writer.setConditions(Kinds.AUTHORIZATION_POLICY, ObjectRef.of(policy.metadata()), set, remove);
        }
    }

    private Condition condition(String type, Acceptance verdict, @Nullable Condition before, long generation) {
        String status = verdict.accepted() ? "True" : "False";
        return new Condition(
                type,
                status,
                verdict.reason(),
                verdict.message(),
                generation,
                before != null && before.status().equals(status)
                        ? before.lastTransitionTime()
                        : clock.instant().truncatedTo(ChronoUnit.SECONDS));
    }
}

package dev.culvert.controlplane.status;

import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.kube.ObjectRef;
import dev.culvert.kube.ObjectWriter;
import dev.culvert.kube.resource.Condition;
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

/// Writes conditions of policies and services. Thread-safe; the writing is
/// done on a
/// thread of its own, `status`, so nobody waits for it.
///
/// Of several verdicts on one object only the last is written. A failed write is tried again, 5 times at
/// most; then the next change of the object brings a new one.
public final class StatusWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
    private static final int MOST_ATTEMPTS = 5;
    private static final int MOST_REMEMBERED = 10_000;
    private static final long FIRST_RETRY_MILLIS = 200;

    private final ObjectWriter writer;
    private final Clock clock;
    private final BooleanSupplier leading;
    private final Map<String, ObjectStatus> pending = new HashMap<>();
    /// What was written of an object besides its conditions, the oldest forgotten first.
    private final Map<String, Map<String, Object>> written = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, Object>> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("status").daemon().unstarted(task));

    /// @param leading whether this replica is the one that writes
    public StatusWriter(ObjectWriter writer, Clock clock, BooleanSupplier leading) {
        this.writer = writer;
        this.clock = clock;
        this.leading = leading;
    }

    /// Has the status of an object say this.
    public void write(ObjectStatus status) {
        try {
            thread.execute(() -> {
                pending.put(status.name(), status);
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

    private void attempt(ObjectStatus status, int number) {
        String key = status.name();
        if (!status.equals(pending.get(key)) || !leading.getAsBoolean()) {
            return;
        }
        try {
            put(status);
            pending.remove(key);
        } catch (IOException e) {
            if (number < MOST_ATTEMPTS) {
                long delay = FIRST_RETRY_MILLIS << (number - 1);
                var _ = thread.schedule(() -> attempt(status, number + 1), delay, TimeUnit.MILLISECONDS);
                return;
            }
            pending.remove(key);
            LOG.atWarn()
                    .addKeyValue("object", key)
                    .addKeyValue("attempts", number)
                    .setCause(e)
                    .log("could not write the status of an object");
        }
    }

    private void put(ObjectStatus status) throws IOException {
        List<Condition> set = new ArrayList<>();
        Set<String> remove = new HashSet<>();
        for (ObjectStatus.Verdict verdict : status.verdicts()) {
            Condition before = status.conditions().stream()
                    .filter(condition -> condition.type().equals(verdict.type()))
                    .findFirst()
                    .orElse(null);
            Acceptance acceptance = verdict.acceptance();
            if (acceptance != null) {
                Condition now = condition(
                        verdict.type(), acceptance, before, status.metadata().generation());
                if (before == null || !before.saysSameAs(now)) {
                    set.add(now);
                }
            } else if (before != null) {
                remove.add(verdict.type());
            }
        }
        if (!set.isEmpty() || !remove.isEmpty()) {
            writer.setConditions(status.kind(), ObjectRef.of(status.metadata()), set, remove);
        }
        putSections(status);
    }

    private void putSections(ObjectStatus status) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (ObjectStatus.Section section : status.sections()) {
            fields.put(
                    section.field(),
                    switch (section) {
                        case ObjectStatus.Section.Plain plain -> plain.value();
                        case ObjectStatus.Section.Entries parts ->
                            parts.entries().stream()
                                    .map(entry -> json(entry, status.metadata().generation()))
                                    .toList();
                    });
        }
        String key = status.name() + " " + status.metadata().uid();
        if (!fields.isEmpty() && !fields.equals(written.get(key))) {
            writer.setStatus(status.kind(), ObjectRef.of(status.metadata()), fields);
            written.put(key, fields);
        }
    }

    private Map<String, Object> json(ObjectStatus.Section.Entry entry, long generation) {
        Map<String, Condition> conditions = new LinkedHashMap<>();
        entry.conditions().forEach(condition -> conditions.put(condition.type(), condition));
        for (ObjectStatus.Verdict verdict : entry.verdicts()) {
            Condition before = conditions.get(verdict.type());
            if (verdict.acceptance() == null) {
                conditions.remove(verdict.type());
            } else {
                conditions.put(verdict.type(), condition(verdict.type(), verdict.acceptance(), before, generation));
            }
        }
        Map<String, Object> json = new LinkedHashMap<>(entry.fields());
        json.put(
                "conditions",
                conditions.values().stream().map(StatusWriter::json).toList());
        return json;
    }

    private static Map<String, Object> json(Condition condition) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", condition.type());
        json.put("status", condition.status());
        json.put("reason", condition.reason());
        json.put("message", condition.message());
        json.put("observedGeneration", condition.observedGeneration());
        json.put("lastTransitionTime", condition.lastTransitionTime().toString());
        return json;
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

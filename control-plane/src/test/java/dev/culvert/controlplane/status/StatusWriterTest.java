package dev.culvert.controlplane.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.controlplane.feed.ManifestFixture;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.kube.ObjectRef;
import dev.culvert.kube.ObjectWriter;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kind;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is written of policies, and when nothing is.
final class StatusWriterTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00.75Z");
    private static final Instant SECOND = Instant.parse("2026-06-01T12:00:00Z");
    private static final Instant BEFORE = Instant.parse("2026-01-01T00:00:00Z");
    private static final Acceptance ACCEPTED = new Acceptance(true, "Accepted", "attached to ztunnel", List.of());
    private static final Acceptance REFUSED = new Acceptance(false, "UnsupportedValue", "methods", List.of("methods"));

    private record Write(String object, List<Condition> conditions, Set<String> removed) {}

    private final List<Write> writes = new CopyOnWriteArrayList<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile int failures;
    private volatile boolean leading = true;
    private final AtomicInteger asked = new AtomicInteger();
    private final StatusWriter writer =
            new StatusWriter(new Recording(), Clock.fixed(NOW, ZoneOffset.UTC), this::leads);

    private final class Recording implements ObjectWriter {
        @Override
        public void annotate(Kind<?> kind, ObjectRef object, Map<String, @Nullable String> annotations) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setConditions(Kind<?> kind, ObjectRef object, List<Condition> conditions, Set<String> remove)
                throws IOException {
            if (attempts.incrementAndGet() <= failures) {
                throw new IOException("conflict");
            }
            writes.add(new Write(kind.name() + " " + object + " " + object.uid(), conditions, remove));
        }
    }

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void saysThatAPolicyIsInForce() {
        writer.write(new PolicyStatus(policy("p", ""), ACCEPTED));
        await().until(() -> !writes.isEmpty());
        assertThat(writes)
                .containsExactly(new Write(
                        "AuthorizationPolicy ns/p u-p",
                        List.of(new Condition("ZtunnelAccepted", "True", "Accepted", "attached to ztunnel", 4, SECOND)),
                        Set.of()));
    }

    @Test
    void saysThatAPolicyIsNotAndWhenThatBegan() {
        writer.write(new PolicyStatus(policy("p", condition("True", "Accepted", "attached to ztunnel", 3)), REFUSED));
        await().until(() -> !writes.isEmpty());
        assertThat(writes.getFirst().conditions())
                .containsExactly(new Condition("ZtunnelAccepted", "False", "UnsupportedValue", "methods", 4, SECOND));
    }

    @Test
    void keepsTheTimeWhenOnlyTheWordsChange() {
        writer.write(new PolicyStatus(policy("p", condition("False", "UnsupportedValue", "hosts", 3)), REFUSED));
        await().until(() -> !writes.isEmpty());
        assertThat(writes.getFirst().conditions())
                .containsExactly(new Condition("ZtunnelAccepted", "False", "UnsupportedValue", "methods", 4, BEFORE));
    }

    @Test
    void writesNothingThatIsThereAlready() {
        writer.write(new PolicyStatus(policy("p", condition("False", "UnsupportedValue", "methods", 4)), REFUSED));
        settled();
        assertThat(writes).extracting(Write::object).containsExactly("AuthorizationPolicy ns/last u-last");
    }

    @Test
    void takesAnOldConditionAwayWhenNodeProxiesAreNotConcernedAnyMore() {
        writer.write(new PolicyStatus(policy("p", condition("True", "Accepted", "", 3)), null));
        writer.write(new PolicyStatus(policy("q", ""), null));
        settled();
        assertThat(writes.getFirst())
                .isEqualTo(new Write("AuthorizationPolicy ns/p u-p", List.of(), Set.of("ZtunnelAccepted")));
        assertThat(writes).hasSize(2);
    }

    @Test
    void triesAgainFiveTimesAtMost() {
        failures = 4;
        writer.write(new PolicyStatus(policy("p", ""), ACCEPTED));
        await().until(() -> !writes.isEmpty());
        assertThat(attempts).hasValue(5);
    }

    @Test
    void givesUpAfterFiveTimesAndTakesTheNextVerdict() {
        failures = 5;
        writer.write(new PolicyStatus(policy("p", ""), ACCEPTED));
        await().until(() -> attempts.get() == 5);
        writer.write(new PolicyStatus(policy("p", ""), REFUSED));
        await().until(() -> !writes.isEmpty());
        assertThat(attempts).hasValue(6);
        assertThat(writes)
                .singleElement()
                .satisfies(write -> assertThat(write.conditions())
                        .singleElement()
                        .satisfies(condition -> assertThat(condition.status()).isEqualTo("False")));
    }

    @Test
    void ofSeveralVerdictsOnlyTheLastIsTriedAgain() {
        failures = 2;
        writer.write(new PolicyStatus(policy("p", ""), ACCEPTED));
        writer.write(new PolicyStatus(policy("p", ""), REFUSED));
        await().until(() -> !writes.isEmpty());
        assertThat(writes).hasSize(1);
        assertThat(writes.getFirst().conditions().getFirst().status()).isEqualTo("False");
        assertThat(attempts).hasValue(3);
    }

    @Test
    void aReplicaThatDoesNotLeadWritesNothing() {
        leading = false;
        writer.write(new PolicyStatus(policy("p", ""), ACCEPTED));
        await().until(() -> asked.get() == 1);
        leading = true;
        settled();
        assertThat(writes).extracting(Write::object).containsExactly("AuthorizationPolicy ns/last u-last");
    }

    private boolean leads() {
        boolean now = leading;
        asked.incrementAndGet();
        return now;
    }

    /// Waits until all that was handed over before is done.
    private void settled() {
        writer.write(new PolicyStatus(policy("last", ""), ACCEPTED));
        await().until(() -> writes.stream().anyMatch(write -> write.object().contains("ns/last")));
    }

    private static String condition(String status, String reason, String message, int generation) {
        return "{type: ZtunnelAccepted, status: \"" + status + "\", reason: " + reason + ", message: \"" + message
                + "\", observedGeneration: " + generation + ", lastTransitionTime: \"" + BEFORE + "\"}";
    }

    private static AuthorizationPolicy policy(String name, String condition) {
        return (AuthorizationPolicy)
                ManifestFixture.parse("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: %1$s, namespace: ns, uid: u-%1$s, generation: 4}
                spec: {}
                status: {conditions: [%2$s]}
                """.formatted(name, condition)).getFirst();
    }
}

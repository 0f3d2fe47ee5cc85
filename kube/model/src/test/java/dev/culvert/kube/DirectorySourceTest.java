package dev.culvert.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Pod;
import dev.culvert.kube.resource.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectorySourceTest {
    @TempDir
    Path dir;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<ResourceEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Resource> seen = Collections.synchronizedMap(new TreeMap<>());
    private DirectorySource source;

    @BeforeEach
    void open() throws IOException {
        source = DirectorySource.open(dir);
    }

    @AfterEach
    void close() {
        source.close();
        thread.shutdownNow();
    }

    @Test
    void deliversWhatExistsThenSyncedThenChanges() throws IOException {
        write("a.yaml", pod("one", "10.0.0.1"));
        source.close();
        source = DirectorySource.open(dir);
        watch();
        await().until(() -> events.size() == 2);
        assertThat(events.get(0)).isInstanceOf(ResourceEvent.Added.class);
        assertThat(events.get(1)).isEqualTo(new ResourceEvent.Synced(Kinds.POD));
        write("a.yaml", pod("one", "10.0.0.2"));
        await().untilAsserted(() -> assertThat(ip("one")).isEqualTo("10.0.0.2"));
        assertThat(events.get(2)).isInstanceOf(ResourceEvent.Modified.class);
        Files.delete(dir.resolve("a.yaml"));
        awaitSeen();
        assertThat(events.get(3)).isInstanceOf(ResourceEvent.Deleted.class);
    }

    @Test
    void aBadDocumentKeepsItsLastGoodVersionAndTheOthersGoOn() throws IOException {
        write("a.yaml", pod("one", "10.0.0.1") + "---\n" + pod("two", "10.0.0.2"));
        watch();
        awaitSeen("one", "two");
        write("a.yaml", pod("one", "not-an-ip") + "---\n" + pod("two", "10.0.0.3"));
        await().untilAsserted(() -> assertThat(ip("two")).isEqualTo("10.0.0.3"));
        assertThat(ip("one")).isEqualTo("10.0.0.1");
        assertThat(source.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.origin()).endsWith("a.yaml");
            assertThat(problem.line()).isEqualTo(6);
            assertThat(problem.path()).isEqualTo("status.podIPs[0].ip");
            assertThat(problem.reason())
                    .isEqualTo("is the string \"not-an-ip\"; expected an IP address;"
                            + " its last good version stays in force");
        });
        write("a.yaml", pod("one", "10.0.0.4") + "---\n" + pod("two", "10.0.0.3"));
        await().untilAsserted(() -> assertThat(ip("one")).isEqualTo("10.0.0.4"));
        assertThat(source.problems()).isEmpty();
    }

    @Test
    void aSyntaxErrorInOneDocumentNamesItsLineAndTakesNothingAway() throws IOException {
        write("a.yaml", pod("one", "10.0.0.1") + "---\n" + pod("two", "10.0.0.2"));
        watch();
        awaitSeen("one", "two");
        write("a.yaml", pod("one", "10.0.0.9") + "---\napiVersion: v1\nkind: [Pod\nmetadata: {name: two}\n");
        await().untilAsserted(() -> assertThat(ip("one")).isEqualTo("10.0.0.9"));
        assertThat(ip("two")).isEqualTo("10.0.0.2");
        assertThat(source.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isBetween(9, 10);
            assertThat(problem.reason()).contains("is no YAML").contains("last good version");
        });
    }

    @Test
    void anEmptiedFileKeepsItsObjectsUntilItIsDeleted() throws IOException {
        write("a.yaml", pod("one", "10.0.0.1"));
        watch();
        awaitSeen("one");
        write("a.yaml", "");
        await().untilAsserted(() -> assertThat(source.problems()).hasSize(1));
        assertThat(seen).containsKey("one");
        Files.delete(dir.resolve("a.yaml"));
        awaitSeen();
        assertThat(source.problems()).isEmpty();
    }

    @Test
    void aDocumentTakenOutOfAFileIsGone() throws IOException {
        write("a.yaml", pod("one", "10.0.0.1") + "---\n" + pod("two", "10.0.0.2"));
        watch();
        awaitSeen("one", "two");
        write("a.yaml", pod("two", "10.0.0.2"));
        awaitSeen("two");
    }

    @Test
    void aRenamedFileIsNoChange() throws IOException {
        write("a.yaml", pod("one", "10.0.0.1"));
        watch();
        awaitSeen("one");
        Files.move(dir.resolve("a.yaml"), dir.resolve("b.yaml"), StandardCopyOption.ATOMIC_MOVE);
        write("c.yaml", pod("later", "10.0.0.3"));
        awaitSeen("later", "one");
        assertThat(events).noneMatch(event -> event instanceof ResourceEvent.Deleted);
    }

    @Test
    void aThousandFilesThatAreMovedInTogetherAreToldTogether() throws IOException {
        Path aside = Files.createDirectory(dir.resolve(".aside"));
        for (int i = 0; i < 1_000; i++) {
            Files.writeString(aside.resolve("p" + i + ".yaml"), pod("p" + i, "10.1." + i / 250 + "." + (i % 250 + 1)));
        }
        AtomicInteger batches = new AtomicInteger();
        var _ = source.subscribe(
                Set.of(Kinds.POD),
                batch -> {
                    batches.incrementAndGet();
                    thread.execute(batch);
                },
                event -> note(event, seen));
        await().until(() -> batches.get() == 1); // what is there already, which is nothing
        Files.move(aside, dir.resolve("pods"));
        await().until(() -> seen.size() == 1_000);
        assertThat(batches).hasValue(2);
    }

    @Test
    void amongThousandsOfFilesAChangeReadsTheOneFileAndLooksAtNoOther() throws IOException {
        source.close();
        for (int i = 0; i < 3_000; i++) {
            Files.writeString(dir.resolve("p" + i + ".yaml"), pod("p" + i, "10.1.0.1"));
        }
        source = DirectorySource.open(dir);
        watch();
        await().until(() -> seen.size() == 3_000);
        assertThat(source.work()).isEqualTo(new DirectorySource.Work(1, 3_000));
        source.writer().annotate(Kinds.POD, ObjectRef.of(pod("p9").metadata()), Map.of("a", "first"));
        await().untilAsserted(
                        () -> assertThat(pod("p9").metadata().annotations()).containsEntry("a", "first"));
        DirectorySource.Work before = source.work();
        write("p7.yaml", pod("p7", "10.2.0.2"));
        await().untilAsserted(() -> assertThat(ip("p7")).isEqualTo("10.2.0.2"));
        source.writer().annotate(Kinds.POD, ObjectRef.of(pod("p9").metadata()), Map.of("a", "second"));
        await().untilAsserted(
                        () -> assertThat(pod("p9").metadata().annotations()).containsEntry("a", "second"));
        Files.delete(dir.resolve("p8.yaml"));
        await().until(() -> !seen.containsKey("p8"));
        assertThat(source.work().filesRead() - before.filesRead()).isEqualTo(1);
        assertThat(source.work().sweeps() - before.sweeps())
                .as("one that comes with time may fall in between")
                .isLessThanOrEqualTo(1);
    }

    @Test
    void problemsComeAndGoWithTheFilesThatMakeThem() throws IOException {
        write("b.yaml", pod("one", "10.0.0.2"));
        write("c.yaml", pod("one", "10.0.0.3"));
        watch();
        awaitSeen("one");
        write("a.yaml", pod("one", "10.0.0.1"));
        await().untilAsserted(() -> assertThat(source.problems())
                .extracting(problem -> Path.of(problem.origin()).getFileName().toString())
                .containsExactly("b.yaml", "c.yaml"));
        Files.delete(dir.resolve("a.yaml"));
        await().untilAsserted(() -> assertThat(ip("one")).isEqualTo("10.0.0.2"));
        assertThat(source.problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.toString()).contains("c.yaml").contains("b.yaml"));
        Files.delete(dir.resolve("b.yaml"));
        await().untilAsserted(() -> assertThat(ip("one")).isEqualTo("10.0.0.3"));
        assertThat(source.problems()).isEmpty();
    }

    @Test
    void aFileBehindALinkThatIsTurnedElsewhereIsReadAgain() throws IOException {
        Files.writeString(Files.createDirectory(dir.resolve("..v1")).resolve("a.yaml"), pod("one", "10.0.0.1"));
        Files.writeString(Files.createDirectory(dir.resolve("..v2")).resolve("a.yaml"), pod("one", "10.0.0.2"));
        Files.createSymbolicLink(dir.resolve("..data"), Path.of("..v1"));
        Files.createSymbolicLink(dir.resolve("a.yaml"), Path.of("..data/a.yaml"));
        watch();
        awaitSeen("one");
        Files.createSymbolicLink(dir.resolve("..data_tmp"), Path.of("..v2"));
        Files.move(dir.resolve("..data_tmp"), dir.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        await().untilAsserted(() -> assertThat(ip("one")).isEqualTo("10.0.0.2"));
    }

    @Test
    void newDirectoriesAreReadAndWatched() throws IOException {
        watch();
        write("deep/er/a.yaml", pod("one", "10.0.0.1"));
        awaitSeen("one");
        write("deep/er/a.yaml", pod("one", "10.0.0.2"));
        await().untilAsserted(() -> assertThat(ip("one")).isEqualTo("10.0.0.2"));
        write(".hidden/b.yaml", pod("hidden", "10.0.0.3"));
        write("deep/c.yaml", pod("two", "10.0.0.4"));
        awaitSeen("one", "two");
    }

    @Test
    void readsListsAndTellsWhereInThemAProblemIs() throws IOException {
        watch();
        write("a.yaml", """
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: Pod, metadata: {name: one}}
                - {apiVersion: v1, kind: Pod, metadata: {name: two}, spec: {hostNetwork: "yes"}}
                """);
        awaitSeen("one");
        assertThat(source.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(5);
            assertThat(problem.path()).isEqualTo("items[1].spec.hostNetwork");
        });
    }

    @Test
    void twoFilesWithOneObjectAreReportedAndTheFirstByNameIsInForce() throws IOException {
        write("b.yaml", pod("one", "10.0.0.2"));
        watch();
        awaitSeen("one");
        write("a.yaml", pod("one", "10.0.0.1"));
        await().untilAsserted(() -> assertThat(ip("one")).isEqualTo("10.0.0.1"));
        assertThat(source.problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.toString()).contains("b.yaml").contains("a.yaml"));
    }

    @Test
    void annotationsAndConditionsLieOverTheManifestAndSurviveAReopen() throws IOException {
        write("a.yaml", pod("one", "10.0.0.1"));
        watch();
        awaitSeen("one");
        ObjectRef ref = ObjectRef.of(pod("one").metadata());
        source.writer().annotate(Kinds.POD, ref, Map.of("ambient.istio.io/redirection", "enabled", "number", "1"));
        await().untilAsserted(() -> assertThat(pod("one").metadata().annotations())
                .containsEntry("ambient.istio.io/redirection", "enabled")
                .containsEntry("number", "1")
                .containsEntry("mine", "kept"));
        var condition = new Condition("Ready", "True", "Because", "it: is", 3, Instant.parse("2026-01-01T00:00:00Z"));
        source.writer().setConditions(Kinds.POD, ref, List.of(condition), Set.of());
        await().untilAsserted(() -> assertThat(pod("one").status().conditions()).containsExactly(condition));
        try (DirectorySource other = DirectorySource.open(dir)) {
            var found = new HashMap<String, Resource>();
            other.subscribe(Set.of(Kinds.POD), Runnable::run, event -> note(event, found));
            await().until(() -> found.get("one") != null);
            assertThat(found.get("one")).isEqualTo(seen.get("one"));
        }
        Map<String, @Nullable String> removal = new HashMap<>();
        removal.put("ambient.istio.io/redirection", null);
        source.writer().annotate(Kinds.POD, ref, removal);
        await().untilAsserted(() ->
                assertThat(pod("one").metadata().annotations()).doesNotContainKey("ambient.istio.io/redirection"));
        source.writer().setConditions(Kinds.POD, ref, List.of(), Set.of("Ready"));
        await().untilAsserted(() -> assertThat(pod("one").ready()).isFalse());
    }

    @Test
    void whatWasWrittenAboutAnObjectDoesNotReachALaterOneOfItsName() throws IOException {
        write("a.yaml", pod("one", "10.0.0.1").replace("name: one", "name: one, uid: first"));
        watch();
        awaitSeen("one");
        source.writer().annotate(Kinds.POD, new ObjectRef("default", "one", "first"), Map.of("a", "b"));
        await().untilAsserted(
                        () -> assertThat(pod("one").metadata().annotations()).containsKey("a"));
        write("a.yaml", pod("one", "10.0.0.1").replace("name: one", "name: one, uid: second"));
        await().untilAsserted(() -> assertThat(pod("one").metadata().uid()).isEqualTo("second"));
        assertThat(pod("one").metadata().annotations()).doesNotContainKey("a");
        Files.delete(dir.resolve("a.yaml"));
        awaitSeen();
    }

    @Test
    void theOverlayOfADeletedObjectIsRemoved() throws IOException {
        write("a.yaml", pod("one", "10.0.0.1"));
        watch();
        awaitSeen("one");
        source.writer().annotate(Kinds.POD, ObjectRef.of(pod("one").metadata()), Map.of("a", "b"));
        Path overlay = dir.resolve(".culvert/overlay/Pod/default/one.yaml");
        assertThat(overlay).exists();
        Files.delete(dir.resolve("a.yaml"));
        await().until(() -> !Files.exists(overlay));
    }

    @Test
    void aNameCannotLeadOutOfTheOverlayDirectory() {
        assertThatThrownBy(() ->
                        source.writer().annotate(Kinds.POD, new ObjectRef("..", "../../../x", "u"), Map.of("a", "b")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leads out of");
    }

    @Test
    void aClosedSubscriptionHearsNothingMore() throws IOException {
        ResourceSource.Subscription subscription = watch();
        write("a.yaml", pod("one", "10.0.0.1"));
        awaitSeen("one");
        subscription.close();
        int before = events.size();
        write("a.yaml", pod("one", "not-an-ip"));
        await().until(() -> !source.problems().isEmpty());
        assertThat(events).hasSize(before);
    }

    @Test
    void aDirectoryThatIsNotThereIsRefusedWithItsName() {
        assertThatThrownBy(() -> DirectorySource.open(dir.resolve("absent")))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void aFileOverTheLimitIsReportedAndNotRead() throws IOException {
        write("a.yaml", "# " + "x".repeat(4 << 20));
        await().untilAsserted(() -> assertThat(source.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.reason()).contains("4194304 bytes")));
    }

    private ResourceSource.Subscription watch() {
        return source.subscribe(Set.of(Kinds.POD), thread, event -> {
            events.add(event);
            note(event, seen);
        });
    }

    private static void note(ResourceEvent event, Map<String, Resource> into) {
        switch (event) {
            case ResourceEvent.Added added ->
                into.put(added.resource().metadata().name(), added.resource());
            case ResourceEvent.Modified changed ->
                into.put(changed.resource().metadata().name(), changed.resource());
            case ResourceEvent.Deleted gone ->
                into.remove(gone.resource().metadata().name());
            case ResourceEvent.Synced _ -> {}
        }
    }

    private void awaitSeen(String... names) {
        await().untilAsserted(() -> assertThat(seen.keySet()).containsExactly(names));
    }

    private Pod pod(String name) {
        return (Pod) Objects.requireNonNull(seen.get(name));
    }

    private String ip(String name) {
        return pod(name).status().podIps().getFirst().getHostAddress();
    }

    private static String pod(String name, String ip) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, annotations: {mine: kept}}
                status:
                  podIPs:
                  - ip: %s
                """.formatted(name, ip);
    }

    private void write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}

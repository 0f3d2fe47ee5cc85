package dev.culvert.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which module may use which: the table of ARCHITECTURE.md.
class ModuleArrowsTest {
    private static final JavaClasses CLASSES = Classes.OURS;

    /// Module's base package, and the base packages that it may use beside its own.
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("api", Set.of()),
            Map.entry("linux", Set.of()),
            Map.entry("process", Set.of()),
            Map.entry("kube", Set.of()),
            Map.entry("plugin", Set.of()),
            Map.entry("hbone", Set.of("api")),
            Map.entry("mesh", Set.of("hbone", "process", "api")),
            Map.entry("ztunnel", Set.of("mesh", "hbone", "linux", "process", "api")),
            Map.entry("waypoint", Set.of("mesh", "hbone", "process", "api")),
            Map.entry("agent", Set.of("plugin", "linux", "kube", "process", "api")),
            Map.entry("controlplane", Set.of("kube", "process", "api")),
            Map.entry("cli", Set.of("kube", "process", "api")),
            Map.entry(
                    "daemonset",
                    Set.of("ztunnel", "agent", "plugin", "mesh", "hbone", "linux", "kube", "process", "api")));

    static List<String> modules() {
        return MAY_USE.keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void usesOnlyWhatItsRowAllows(String module) {
        Set<String> forbidden = new LinkedHashSet<>(MAY_USE.keySet());
        forbidden.remove(module);
        forbidden.removeAll(MAY_USE.getOrDefault(module, Set.of()));
        noClasses()
                .that()
                .resideInAPackage("dev.culvert." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.stream()
                        .map(other -> "dev.culvert." + other + "..")
                        .toArray(String[]::new))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void everyClassBelongsToAModuleOfTheTable() {
        Set<String> strangers = new LinkedHashSet<>();
        CLASSES.forEach(type -> {
            String[] parts = type.getPackageName().split("\\.", -1);
            if (parts.length < 3 || !MAY_USE.containsKey(parts[2])) {
                strangers.add(type.getName());
            }
        });
        assertThat(strangers).isEmpty();
    }

    /// A row without classes would hold whatever the module does.
    @Test
    void everyModuleOfTheTableHasClasses() {
        Set<String> found = new LinkedHashSet<>();
        CLASSES.forEach(type -> found.add(type.getPackageName().replaceFirst("^dev\\.culvert\\.([a-z]+).*", "$1")));
        assertThat(found).containsAll(modules());
    }

    @Test
    void fabric8IsUsedByKubeClientAlone() {
        only("dev.culvert.kube.client..", "io.fabric8..");
    }

    @Test
    void nativeCallsAreMadeByLinuxAlone() {
        only("dev.culvert.linux..", "com.sun.jna..");
    }

    @Test
    void theModelOfKubernetesKnowsNoClient() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.culvert.kube", "dev.culvert.kube.resource..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.culvert.kube.client..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /// The annotations of nullness are read by the compiler; nothing of them is loaded at run time.
    @Test
    void thePluginUsesTheJdkAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.culvert.plugin..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("dev.culvert.plugin..", "java..", "jdk..", "org.jspecify.annotations..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    private static void only(String allowed, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackage(allowed)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}

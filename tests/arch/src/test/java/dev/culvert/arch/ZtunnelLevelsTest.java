package dev.culvert.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

/// The levels of the node proxy's packages, and what the data path never does.
class ZtunnelLevelsTest {
    private static final JavaClasses CLASSES = Classes.OURS;
    private static final String[] DATA_PATH = {
        "dev.culvert.hbone..",
        "dev.culvert.ztunnel.connection..",
        "dev.culvert.ztunnel.capture..",
        "dev.culvert.ztunnel.route..",
        "dev.culvert.ztunnel.policy..",
        "dev.culvert.ztunnel.outbound..",
        "dev.culvert.ztunnel.inbound..",
        "dev.culvert.ztunnel.deliver..",
        "dev.culvert.ztunnel.relay..",
        "dev.culvert.ztunnel.flow.."
    };

    @Test
    void packagesUseLowerLevelsOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.culvert.ztunnel..")
                .withOptionalLayers(true)
                .layer("assembly")
                .definedBy("dev.culvert.ztunnel")
                .layer("sources and pages")
                .definedBy("dev.culvert.ztunnel.inpod..", "dev.culvert.ztunnel.admin..")
                .layer("pods")
                .definedBy("dev.culvert.ztunnel.pod..")
                .layer("flows")
                .definedBy(
                        "dev.culvert.ztunnel.outbound..", "dev.culvert.ztunnel.inbound..", "dev.culvert.ztunnel.dns..")
                .layer("steps")
                .definedBy(
                        "dev.culvert.ztunnel.capture..",
                        "dev.culvert.ztunnel.route..",
                        "dev.culvert.ztunnel.policy..",
                        "dev.culvert.ztunnel.deliver..",
                        "dev.culvert.ztunnel.relay..")
                .layer("what steps share")
                .definedBy("dev.culvert.ztunnel.flow..")
                .layer("ground")
                .definedBy(
                        "dev.culvert.ztunnel.connection..",
                        "dev.culvert.ztunnel.sockets..",
                        "dev.culvert.ztunnel.config..")
                .whereLayer("assembly")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("sources and pages")
                .mayOnlyBeAccessedByLayers("assembly")
                .whereLayer("pods")
                .mayOnlyBeAccessedByLayers("sources and pages", "assembly")
                .whereLayer("flows")
                .mayOnlyBeAccessedByLayers("pods", "sources and pages", "assembly")
                .whereLayer("steps")
                .mayOnlyBeAccessedByLayers("flows", "pods", "sources and pages", "assembly")
                .whereLayer("what steps share")
                .mayOnlyBeAccessedByLayers("steps", "flows", "pods", "sources and pages", "assembly")
                .check(CLASSES);
    }

    @Test
    void theDataPathHasNoLocksAndNoAtomics() {
        noClasses()
                .that()
                .resideInAnyPackage(DATA_PATH)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent.locks..", "java.util.concurrent.atomic..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /// TLS contexts are shared by the loops: they are looked up once for each new tunnel, never on the path of bytes.
    @Test
    void theDataPathHasNoSynchronizedMethods() {
        ArchRuleDefinition.noMethods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(DATA_PATH)
                .and()
                .areDeclaredInClassesThat()
                .resideOutsideOfPackage("dev.culvert.hbone.tls")
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theDataPathKnowsNeitherGrpcNorProtobuf() {
        noClasses()
                .that()
                .resideInAnyPackage(DATA_PATH)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}

package dev.culvert.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import org.junit.jupiter.api.Test;

/// What the waypoint's path of requests never does: rule 10 of docs/style.md, and protobuf beyond
/// the decoders.
class WaypointPathTest {
    private static final String[] PATH = {
        "dev.culvert.waypoint.codec..",
        "dev.culvert.waypoint.connect..",
        "dev.culvert.waypoint.exchange..",
        "dev.culvert.waypoint.http..",
        "dev.culvert.waypoint.listener.."
    };

    @Test
    void hasNoLocksAndNoAtomics() {
        noClasses()
                .that()
                .resideInAnyPackage(PATH)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent.locks..", "java.util.concurrent.atomic..")
                .check(Classes.OURS);
    }

    @Test
    void knowsNeitherGrpcNorProtobuf() {
        noClasses()
                .that()
                .resideInAnyPackage(PATH)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..")
                .check(Classes.OURS);
    }
}

package dev.culvert.ztunnel.admin;

import dev.culvert.mesh.identity.CertificateInfo;
import dev.culvert.mesh.identity.CertificateStore;
import dev.culvert.mesh.identity.IdentityStatus;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.process.JsonWriter;
import dev.culvert.ztunnel.admin.OpenConnections.Open;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import dev.culvert.ztunnel.connection.Direction;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.pod.PodView;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Everything that this proxy knows, as the JSON that `istioctl ztunnel-config` reads. Thread-safe: each dump reads one
/// snapshot of the world.
public final class ConfigDump {
    private final DataPath dataPath;
    private final CertificateStore certificates;
    private final Supplier<Map<String, PodView>> pods;
    private final OpenConnections connections;

    public ConfigDump(DataPath dataPath, CertificateStore certificates, Supplier<Map<String, PodView>> pods) {
        this.dataPath = dataPath;
        this.certificates = certificates;
        this.pods = pods;
        this.connections = new OpenConnections(dataPath);
    }

    /// The dump of this moment; it asks the loops, so not for them.
    public String write() throws InterruptedException {
        MeshSnapshot world = dataPath.mesh().world();
        Map<String, List<Open>> open = connections.byPod();
        JsonWriter json = new JsonWriter();
        json.object(() -> {
            world(json, world);
            staged(json, world);
            version(json, dataPath.config());
            config(json, dataPath.config());
            json.list("certificates", certificates.list(), identity -> certificate(json, identity));
            json.name("workloadState")
                    .object(() -> pods.get().forEach((uid, pod) -> {
                        json.name(uid);
                        pod(json, pod, open.getOrDefault(uid, List.of()));
                    }));
        });
        return json.toString();
    }

    private static void world(JsonWriter json, MeshSnapshot world) {
        WorkloadJson workloads = new WorkloadJson(json);
        ServiceJson services = new ServiceJson(json);
        PolicyJson policies = new PolicyJson(json);
        json.list("workloads", sorted(world.workloads(), Comparator.comparing(Workload::uid)), workloads::write);
        Comparator<Service> byHostname = Comparator.comparing(Service::hostname).thenComparing(Service::namespace);
        json.list(
                "services",
                sorted(world.services(), byHostname),
                service -> services.write(service, world.endpoints(service.key())));
        json.list("policies", world.policies(), policies::write);
    }

    private static <T> List<T> sorted(Collection<T> values, Comparator<T> order) {
        return values.stream().sorted(order).toList();
    }

    private static void staged(JsonWriter json, MeshSnapshot world) {
        ServiceJson services = new ServiceJson(json);
        json.name("stagedServices")
                .object(() -> world.staged().forEach((service, endpoints) -> {
                    json.name(service);
                    services.write(endpoints);
                }));
    }

    private static void version(JsonWriter json, ZtunnelConfig config) {
        String build = ConfigDump.class.getPackage().getImplementationVersion();
        json.name("version").object(() -> {
            json.member("version", build == null ? "unknown" : build);
            json.member("javaVersion", Runtime.version().toString());
            json.member("istioVersion", config.node().version());
            json.member("cryptoProvider", "boringssl");
        });
    }

    /// In free form: each part of the configuration as it prints itself, which keeps its secrets.
    private static void config(JsonWriter json, ZtunnelConfig config) {
        json.name("config").object(() -> {
            json.member("mode", config.mode().toString());
            json.member("node", config.node().toString());
            json.member("sockets", config.sockets().toString());
            json.member("tunnel", config.tunnel().toString());
            json.member("dns", config.dns().toString());
            json.member("endpoints", config.endpoints().toString());
            json.member("lifecycle", config.lifecycle().toString());
            json.member("logging", config.logging().toString());
        });
    }

    private static void certificate(JsonWriter json, IdentityStatus status) {
        json.object(() -> {
            json.member("identity", status.identity().toString());
            json.member("state", status.stateText());
            json.list("certChain", status.certChain(), info -> certificate(json, info));
            json.list("rootCerts", status.rootCerts(), info -> certificate(json, info));
        });
    }

    private static void certificate(JsonWriter json, CertificateInfo info) {
        json.object(() -> {
            json.member("pem", info.pem());
            json.member("serialNumber", info.serialNumber());
            json.member("validFrom", info.validFrom());
            json.member("expirationTime", info.expirationTime());
        });
    }

    private static void pod(JsonWriter json, PodView pod, List<Open> open) {
        json.object(() -> {
            json.member(
                    "state",
                    switch (pod.state()) {
                        case PENDING -> "Pending";
                        case UP -> "Up";
                    });
            if (!open.isEmpty()) {
                json.name("connections").object(() -> {
                    connections(json, "inbound", open, Direction.INBOUND);
                    connections(json, "outbound", open, Direction.OUTBOUND);
                });
            }
            json.name("info").object(() -> {
                json.member("name", pod.name().name());
                json.member("namespace", pod.name().namespace());
                json.member("serviceAccount", pod.name().serviceAccount());
            });
        });
    }

    private static void connections(JsonWriter json, String name, List<Open> open, Direction direction) {
        List<Open> those =
                open.stream().filter(each -> each.direction() == direction).toList();
        json.list(
                name,
                those,
                each -> json.object(() -> {
                    json.member("src", each.source());
                    json.member("originalDst", each.originalDestination());
                    json.member("actualDst", each.destination());
                    json.member("protocol", each.protocol());
                }));
    }
}

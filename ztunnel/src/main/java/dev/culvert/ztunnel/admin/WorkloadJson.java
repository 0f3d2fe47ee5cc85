package dev.culvert.ztunnel.admin;

import dev.culvert.mesh.model.ApplicationTunnel;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.Health;
import dev.culvert.mesh.model.Locality;
import dev.culvert.mesh.model.NetworkMode;
import dev.culvert.mesh.model.Workload;
import dev.culvert.process.JsonWriter;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A workload as the configuration dump shows it. Confined to the writer's thread.
final class WorkloadJson {
    private final JsonWriter json;

    WorkloadJson(JsonWriter json) {
        this.json = json;
    }

    void write(Workload workload) {
        json.object(() -> {
            json.memberUnlessEmpty("uid", workload.uid().toString());
            List<String> addresses =
                    workload.addresses().stream().map(NetUtil::toAddressString).toList();
            json.texts("workloadIps", addresses);
            json.member("protocol", workload.protocol().name());
            json.member("networkMode", networkMode(workload.networkMode()));
            json.member("name", workload.name());
            json.member("namespace", workload.namespace());
            names(workload);
            places(workload);
            references(workload);
            json.textsUnlessEmpty("authorizationPolicies", workload.policies());
            json.textsUnlessEmpty(
                    "services",
                    new TreeSet<>(workload.services().keySet().stream()
                            .map(Object::toString)
                            .toList()));
            json.member("status", health(workload.health()));
            json.name("capacity").number(workload.capacity());
        });
    }

    private void names(Workload workload) {
        json.memberUnlessEmpty("trustDomain", workload.trustDomain());
        json.memberUnlessEmpty("serviceAccount", workload.serviceAccount());
        json.memberUnlessEmpty("workloadName", workload.origin().workloadName());
        json.member("workloadType", workload.origin().workloadType().name().toLowerCase(Locale.ROOT));
        json.memberUnlessEmpty("canonicalName", workload.origin().canonicalName());
        json.memberUnlessEmpty("canonicalRevision", workload.origin().canonicalRevision());
        json.memberUnlessEmpty("hostname", workload.hostname());
    }

    private void places(Workload workload) {
        json.memberUnlessEmpty("network", workload.network());
        json.memberUnlessEmpty("node", workload.node());
        json.member("clusterId", workload.clusterId());
        Locality locality = workload.locality();
        if (!locality.equals(Locality.NONE)) {
            json.name("locality").object(() -> {
                json.memberUnlessEmpty("region", locality.region());
                json.memberUnlessEmpty("zone", locality.zone());
                json.memberUnlessEmpty("subzone", locality.subzone());
            });
        }
    }

    private void references(Workload workload) {
        if (workload.nativeTunnel()) {
            json.name("nativeTunnel").bool(true);
        }
        gateway(json, "waypoint", workload.waypoint());
        gateway(json, "networkGateway", workload.networkGateway());
        ApplicationTunnel tunnel = workload.applicationTunnel();
        if (tunnel != null) {
            json.name("applicationTunnel").object(() -> {
                json.member("protocol", tunnel.protocol().name());
                json.name("port");
                if (tunnel.port() == 0) {
                    json.nothing();
                } else {
                    json.number(tunnel.port());
                }
            });
        }
    }

    static void gateway(JsonWriter json, String name, @Nullable GatewayReference gateway) {
        if (gateway != null) {
            json.name(name).object(() -> {
                json.member("destination", gateway.destination());
                json.name("hboneMtlsPort").number(gateway.hbonePort());
            });
        }
    }

    static String health(Health health) {
        return switch (health) {
            case HEALTHY -> "Healthy";
            case UNHEALTHY -> "Unhealthy";
        };
    }

    private static String networkMode(NetworkMode mode) {
        return switch (mode) {
            case STANDARD -> "Standard";
            case HOST_NETWORK -> "HostNetwork";
        };
    }
}

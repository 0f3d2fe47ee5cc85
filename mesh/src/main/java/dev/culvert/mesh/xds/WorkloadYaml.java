package dev.culvert.mesh.xds;

import dev.culvert.mesh.model.ApplicationTunnel;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.model.Health;
import dev.culvert.mesh.model.Locality;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkMode;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.TunnelProtocol;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.mesh.model.WorkloadOrigin;
import dev.culvert.mesh.model.WorkloadType;

/// Reads a workload of a [FileSource].
///
/// Stateless.
final class WorkloadYaml {
    private WorkloadYaml() {}

    static Workload read(YamlObject yaml) {
        WorkloadBuilder workload = Workload.withUid(yaml.text("uid"))
                .id(
                        yaml.text("namespace", ""),
                        yaml.text("name", ""),
                        yaml.text("serviceAccount", Workload.DEFAULT_SERVICE_ACCOUNT))
                .trustDomain(yaml.text("trustDomain", Workload.DEFAULT_TRUST_DOMAIN))
                .hostname(yaml.text("hostname", ""))
                .network(yaml.text("network", ""))
                .networkMode(yaml.choice("networkMode", NetworkMode.STANDARD))
                .protocol(yaml.choice("protocol", TunnelProtocol.TCP))
                .nativeTunnel(yaml.bool("nativeTunnel"))
                .waypoint(yaml.object("waypoint", FileSource::gateway))
                .networkGateway(yaml.object("networkGateway", FileSource::gateway))
                .applicationTunnel(yaml.object("applicationTunnel", WorkloadYaml::applicationTunnel))
                .node(yaml.text("node", ""))
                .clusterId(yaml.text("clusterId", Workload.DEFAULT_CLUSTER))
                .origin(new WorkloadOrigin(
                        yaml.text("workloadName", ""),
                        yaml.choice("workloadType", WorkloadType.DEPLOYMENT),
                        yaml.text("canonicalName", ""),
                        yaml.text("canonicalRevision", "")))
                .health(yaml.choice("status", Health.HEALTHY))
                .capacity(yaml.number("capacity", 1));
        Locality locality = yaml.object("locality", WorkloadYaml::locality);
        if (locality != null) {
            workload.locality(locality);
        }
        yaml.list("workloadIps", (path, item) -> CidrBlock.parseAddress(YamlObject.text(path, item)))
                .forEach(workload::address);
        yaml.list("authorizationPolicies", (path, item) -> PolicyKey.parse(YamlObject.text(path, item)))
                .forEach(workload::policy);
        yaml.object("services", services -> endpoints(services, workload));
        return workload.build();
    }

    /// A mapping of service port to target port for each service.
    private static WorkloadBuilder endpoints(YamlObject services, WorkloadBuilder workload) {
        for (String key : services.fields()) {
            PortMap ports = services.object(key, mapping -> PortMap.of(mapping.numbers()));
            workload.service(NamespacedHostname.parse(key), ports == null ? PortMap.NONE : ports);
        }
        return workload;
    }

    private static Locality locality(YamlObject yaml) {
        return new Locality(yaml.text("region", ""), yaml.text("zone", ""), yaml.text("subzone", ""));
    }

    private static ApplicationTunnel applicationTunnel(YamlObject yaml) {
        return new ApplicationTunnel(yaml.choice("protocol", ApplicationTunnel.Protocol.NONE), yaml.number("port", 0));
    }
}

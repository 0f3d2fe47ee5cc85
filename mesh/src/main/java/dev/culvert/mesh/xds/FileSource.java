package dev.culvert.mesh.xds;

import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.model.CidrVip;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.IpFamilies;
import dev.culvert.mesh.model.LoadBalancing;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.ServiceBuilder;
import dev.culvert.mesh.model.Visibility;
import dev.culvert.mesh.state.MeshBatch;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads a part of the world from YAML (`LOCAL_XDS_PATH`, `LOCAL_XDS`): workloads, policies and services, with
/// the field names of `config_dump`, for tests, demonstrations and machines without a control plane.
///
/// Stateless. It is all or nothing: a field that is not known, or a value that is not legal, is reported with
/// its path and nothing is loaded. Endpoints are not given but follow from the workloads' `services`.
public final class FileSource {
    private FileSource() {}

    /// What the file says.
    ///
    /// @throws IOException when it cannot be read
    /// @throws IllegalArgumentException when it is not what is expected; the message names file and field
    public static MeshBatch read(Path path) throws IOException {
        try {
            return parse(Files.readString(path));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
        }
    }

    /// What `yaml` says.
    ///
    /// @throws IllegalArgumentException when it is not what is expected; the message names the field
    public static MeshBatch parse(String yaml) {
        Object document;
        try {
            document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("not legal YAML: " + e.getMessage(), e);
        }
        if (document == null) {
            return MeshBatch.NOTHING;
        }
        return YamlObject.whole(
                "",
                document,
                root -> new MeshBatch(
                        List.of(),
                        root.list("workloads", (path, item) -> YamlObject.whole(path, item, WorkloadYaml::read)),
                        root.list("services", (path, item) -> YamlObject.whole(path, item, FileSource::service)),
                        List.of(),
                        root.list("policies", (path, item) -> YamlObject.whole(path, item, PolicyYaml::read))));
    }

    private static Service service(YamlObject yaml) {
        ServiceBuilder service = Service.named(yaml.text("namespace"), yaml.text("hostname"))
                .waypoint(yaml.object("waypoint", FileSource::gateway))
                .ipFamilies(ipFamilies(yaml))
                .canonical(yaml.bool("canonical"))
                .visibility(yaml.choice("visibility", Visibility.PUBLIC));
        String name = yaml.text("name", "");
        if (!name.isEmpty()) {
            service.name(name);
        }
        yaml.list("vips", (path, item) -> NetworkAddress.parse(YamlObject.text(path, item)))
                .forEach(service::vip);
        yaml.list("cidrVips", FileSource::cidrVip).forEach(service::cidrVip);
        Map<Integer, Integer> ports = yaml.object("ports", YamlObject::numbers);
        if (ports != null) {
            ports.forEach(service::port);
        }
        yaml.list("subjectAltNames", YamlObject::text).forEach(service::subjectAltName);
        yaml.list(
                "weightedWaypoints",
                (path, item) -> YamlObject.whole(path, item, weighted -> {
                    GatewayReference destination = weighted.object("destination", FileSource::gateway);
                    if (destination == null) {
                        throw new IllegalArgumentException(path + ".destination is missing");
                    }
                    return service.weightedWaypoint(destination, weighted.number("weight", 0));
                }));
        LoadBalancing loadBalancing = yaml.object("loadBalancer", FileSource::loadBalancing);
        if (loadBalancing != null) {
            service.loadBalancing(loadBalancing);
        }
        return service.build();
    }

    /// Either `network/ip/length`, or a mapping of network and cidr.
    private static CidrVip cidrVip(String path, Object item) {
        if (item instanceof String text) {
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw YamlObject.wrong(path, text, "<network>/<ip>/<length>");
            }
            return new CidrVip(text.substring(0, slash), CidrBlock.parse(text.substring(slash + 1)));
        }
        return YamlObject.whole(
                path, item, vip -> new CidrVip(vip.text("network", ""), CidrBlock.parse(vip.text("cidr"))));
    }

    private static IpFamilies ipFamilies(YamlObject yaml) {
        return switch (yaml.text("ipFamilies", "")) {
            case "" -> IpFamilies.AUTOMATIC;
            case "IPv4" -> IpFamilies.IPV4_ONLY;
            case "IPv6" -> IpFamilies.IPV6_ONLY;
            case "Dual" -> IpFamilies.DUAL;
            case String other -> throw YamlObject.wrong(yaml.path("ipFamilies"), other, "IPv4, IPv6 or Dual");
        };
    }

    private static LoadBalancing loadBalancing(YamlObject yaml) {
        return new LoadBalancing(
                yaml.list(
                        "routingPreferences", (path, item) -> YamlObject.choice(path, item, LoadBalancing.Scope.class)),
                yaml.choice("mode", LoadBalancing.Mode.STANDARD),
                yaml.choice("healthPolicy", LoadBalancing.HealthPolicy.ONLY_HEALTHY));
    }

    /// `destination: namespace/hostname` or `network/ip`, told apart by what follows the slash.
    static GatewayReference gateway(YamlObject yaml) {
        String destination = yaml.text("destination");
        int port = PortMap.checkPort(yaml.path("hboneMtlsPort"), yaml.number("hboneMtlsPort", 0));
        int slash = destination.indexOf('/');
        String after = destination.substring(slash + 1);
        boolean address = NetUtil.isValidIpV4Address(after) || NetUtil.isValidIpV6Address(after);
        return slash >= 0 && address
                ? new GatewayReference.ByAddress(NetworkAddress.parse(destination), port)
                : new GatewayReference.ByHostname(NamespacedHostname.parse(destination), port);
    }
}

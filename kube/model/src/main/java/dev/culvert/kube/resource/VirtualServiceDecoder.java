package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.RouteFilter.Header;
import dev.culvert.kube.resource.RouteFilter.HeaderChanges;
import dev.culvert.kube.resource.VirtualService.Destination;
import dev.culvert.kube.resource.VirtualService.HeaderRules;
import dev.culvert.kube.resource.VirtualService.Target;
import dev.culvert.kube.resource.VirtualService.TcpMatch;
import dev.culvert.kube.resource.VirtualService.TcpRule;
import dev.culvert.kube.resource.VirtualService.TlsMatch;
import dev.culvert.kube.resource.VirtualService.TlsRule;
import java.util.ArrayList;
import java.util.List;

/// Decodes a VirtualService; its HTTP rules are the work of [VirtualHttpDecoder].
final class VirtualServiceDecoder {
    private static final List<String> MESH = List.of("mesh");

    private VirtualServiceDecoder() {}

    static VirtualService decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        List<String> gateways = spec.texts("gateways");
        return new VirtualService(
                metadata,
                spec.texts("hosts"),
                gateways.isEmpty() ? MESH : gateways,
                spec.texts("exportTo"),
                spec.objects("http", rule -> VirtualHttpDecoder.rule(metadata, rule)),
                spec.objects("tls", VirtualServiceDecoder::tlsRule),
                spec.objects("tcp", VirtualServiceDecoder::tcpRule),
                MetadataDecoder.conditions(fields.object("status")));
    }

    static Destination destination(Fields fields) {
        return new Destination(
                fields.requiredText("host"),
                fields.text("subset", ""),
                fields.object("port").integer("number", 0, 65535, 0));
    }

    /// The destinations of a rule, at least one, that together have a share.
    static List<Target> targets(Fields rule) {
        rule.size("route", 1, Integer.MAX_VALUE);
        List<Target> targets = rule.objects(
                "route",
                fields -> new Target(
                        destination(fields.object("destination")),
                        fields.integer("weight", 0, Integer.MAX_VALUE, 0),
                        headers(fields)));
        if (targets.size() == 1) {
            // The only one has all, whatever its weight.
            Target only = targets.getFirst();
            return List.of(new Target(only.destination(), 1, only.headers()));
        }
        if (targets.stream().allMatch(target -> target.weight() == 0)) {
            throw rule.refused("route", "has no destination with a weight; expected at least one");
        }
        return targets;
    }

    static HeaderRules headers(Fields owner) {
        if (!owner.has("headers")) {
            return HeaderRules.NONE;
        }
        Fields fields = owner.object("headers");
        return new HeaderRules(changes(fields.object("request")), changes(fields.object("response")));
    }

    private static HeaderChanges changes(Fields fields) {
        return new HeaderChanges(
                headerList(fields, "set"), headerList(fields, "add"), fields.texts("remove", Formats.HEADER_NAME));
    }

    private static List<Header> headerList(Fields fields, String name) {
        List<Header> headers = new ArrayList<>();
        fields.textMap(name).forEach((header, value) -> headers.add(new Header(header, value)));
        return headers;
    }

    private static TlsRule tlsRule(Fields fields) {
        fields.size("match", 1, Integer.MAX_VALUE);
        return new TlsRule(fields.objects("match", VirtualServiceDecoder::tlsMatch), targets(fields));
    }

    private static TlsMatch tlsMatch(Fields fields) {
        fields.size("sniHosts", 1, Integer.MAX_VALUE);
        return new TlsMatch(fields.texts("sniHosts"), tcpMatch(fields));
    }

    private static TcpRule tcpRule(Fields fields) {
        return new TcpRule(fields.objects("match", VirtualServiceDecoder::tcpMatch), targets(fields));
    }

    private static TcpMatch tcpMatch(Fields fields) {
        return new TcpMatch(
                fields.texts("destinationSubnets", Formats.SUBNET),
                fields.integer("port", 0, 65535, 0),
                fields.textMap("sourceLabels"),
                fields.text("sourceNamespace", ""),
                fields.texts("gateways"));
    }
}

package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Value;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// Decodes a Service.
final class ServiceDecoder {
    private ServiceDecoder() {}

    static Service decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new Service(
                metadata,
                new Service.Spec(
                        spec.text("type", "ClusterIP"),
                        spec.textMap("selector"),
                        clusterIps(spec),
                        spec.objects("ports", ServiceDecoder::port),
                        spec.texts("ipFamilies"),
                        spec.text("internalTrafficPolicy", "Cluster"),
                        spec.text("trafficDistribution", ""),
                        spec.flag("publishNotReadyAddresses", false)),
                MetadataDecoder.conditions(fields.object("status")));
    }

    /// A headless service says `None` in place of an address.
    private static List<InetAddress> clusterIps(Fields spec) {
        List<String> written = spec.texts("clusterIPs");
        boolean single = written.isEmpty();
        if (single) {
            written = List.of(spec.text("clusterIP", ""));
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : written) {
            if (!text.isEmpty() && !text.equals("None")) {
                try {
                    addresses.add(InetAddress.ofLiteral(text));
                } catch (IllegalArgumentException _) {
                    throw spec.wrong(single ? "clusterIP" : "clusterIPs", "IP addresses or None, not '" + text + "'");
                }
            }
        }
        return addresses;
    }

    private static Service.Port port(Fields fields) {
        int port = fields.requiredPort("port");
        return new Service.Port(
                fields.text("name", ""),
                fields.text("protocol", "TCP"),
                port,
                targetPort(fields, port),
                fields.text("appProtocol", ""));
    }

    private static TargetPort targetPort(Fields fields, int port) {
        return switch (fields.find("targetPort")) {
            case null -> new TargetPort.Numbered(port);
            case Value.Text name when !name.text().isEmpty() -> new TargetPort.Named(name.text());
            case Value.Text _ -> new TargetPort.Numbered(port);
            // An API server writes 0 for "the same".
            case Value.Whole zero when zero.number() == 0 -> new TargetPort.Numbered(port);
            case Value _ -> new TargetPort.Numbered(fields.requiredPort("targetPort"));
        };
    }
}

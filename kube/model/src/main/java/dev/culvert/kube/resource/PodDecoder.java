package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import java.net.InetAddress;
import java.util.List;

/// Decodes a Pod.
final class PodDecoder {
    private PodDecoder() {}

    static Pod decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        Fields status = fields.object("status");
        return new Pod(
                metadata,
                new Pod.Spec(
                        spec.text("nodeName", ""),
                        serviceAccount(spec),
                        spec.flag("hostNetwork", false),
                        spec.objects("containers", PodDecoder::container),
                        spec.objects("initContainers", PodDecoder::container)),
                new Pod.Status(status.text("phase", "Pending"), podIps(status), MetadataDecoder.conditions(status)));
    }

    private static String serviceAccount(Fields spec) {
        String name = spec.text("serviceAccountName", "");
        return name.isEmpty() ? "default" : name;
    }

    private static List<InetAddress> podIps(Fields status) {
        List<InetAddress> all = status.objects("podIPs", entry -> entry.requiredAddress("ip"));
        if (!all.isEmpty() || status.text("podIP", "").isEmpty()) {
            return all;
        }
        return List.of(status.requiredAddress("podIP"));
    }

    private static Pod.Container container(Fields fields) {
        return new Pod.Container(
                fields.requiredText("name"),
                fields.objects("ports", PodDecoder::port),
                fields.text("restartPolicy", ""));
    }

    private static Pod.Port port(Fields fields) {
        return new Pod.Port(
                fields.text("name", ""), fields.requiredPort("containerPort"), fields.text("protocol", "TCP"));
    }
}

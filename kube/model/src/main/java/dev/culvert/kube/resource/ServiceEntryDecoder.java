package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.ServiceEntry.AutoAddress;
import dev.culvert.kube.resource.ServiceEntry.Port;
import dev.culvert.kube.resource.ServiceEntry.Resolution;

/// Decodes a ServiceEntry.
final class ServiceEntryDecoder {
    private ServiceEntryDecoder() {}

    static ServiceEntry decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        Fields status = fields.object("status");
        return new ServiceEntry(
                metadata,
                spec.texts("hosts"),
                spec.texts("addresses"),
                spec.objects("ports", ServiceEntryDecoder::port),
                spec.choice("resolution", Resolution.class, Resolution.NONE),
                spec.objects("endpoints", WorkloadEntryDecoder::endpoint),
                spec.object("workloadSelector").textMap("labels"),
                spec.texts("exportTo"),
                spec.texts("subjectAltNames"),
                status.objects(
                        "addresses",
                        address -> new AutoAddress(address.text("host", ""), address.requiredText("value"))),
                MetadataDecoder.conditions(status));
    }

    private static Port port(Fields fields) {
        return new Port(
                fields.requiredPort("number"),
                fields.text("protocol", ""),
                fields.requiredText("name"),
                fields.integer("targetPort", 0, 65535, 0));
    }
}

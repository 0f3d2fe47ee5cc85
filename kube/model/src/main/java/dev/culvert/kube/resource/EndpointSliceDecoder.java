package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;

/// Decodes an EndpointSlice.
final class EndpointSliceDecoder {
    private EndpointSliceDecoder() {}

    static EndpointSlice decode(ObjectMeta metadata, Fields fields) {
        return new EndpointSlice(
                metadata,
                fields.requiredText("addressType"),
                fields.objects("endpoints", EndpointSliceDecoder::endpoint),
                fields.objects("ports", EndpointSliceDecoder::port));
    }

    private static EndpointSlice.Endpoint endpoint(Fields fields) {
        return new EndpointSlice.Endpoint(
                fields.texts("addresses"),
                fields.object("conditions").flag("ready", true),
                fields.has("targetRef") ? target(fields.object("targetRef")) : EndpointSlice.Target.NONE,
                fields.text("nodeName", ""));
    }

    private static EndpointSlice.Target target(Fields fields) {
        return new EndpointSlice.Target(
                fields.text("kind", ""), fields.text("namespace", ""), fields.text("name", ""), fields.text("uid", ""));
    }

    private static EndpointSlice.Port port(Fields fields) {
        return new EndpointSlice.Port(
                fields.text("name", ""), fields.text("protocol", "TCP"), fields.integer("port", 1, 65535, 0));
    }
}

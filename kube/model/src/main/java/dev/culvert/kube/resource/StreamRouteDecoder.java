package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import java.util.List;

/// Decodes the routes of whole connections, TCPRoute and TLSRoute.
final class StreamRouteDecoder {
    private StreamRouteDecoder() {}

    static TcpRoute tcp(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new TcpRoute(
                metadata,
                RouteDecoder.parentRefs(metadata, spec),
                rules(metadata, spec),
                RouteDecoder.parents(metadata, fields));
    }

    static TlsRoute tls(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new TlsRoute(
                metadata,
                RouteDecoder.parentRefs(metadata, spec),
                HttpRouteDecoder.hostnames(spec),
                rules(metadata, spec),
                RouteDecoder.parents(metadata, fields));
    }

    private static List<TcpRoute.Rule> rules(ObjectMeta metadata, Fields spec) {
        return RouteDecoder.rules(
                spec,
                1,
                rule -> new TcpRoute.Rule(
                        RouteDecoder.ruleName(rule),
                        RouteDecoder.backends(rule, 1, backend -> RouteDecoder.backendRef(metadata, backend))));
    }
}

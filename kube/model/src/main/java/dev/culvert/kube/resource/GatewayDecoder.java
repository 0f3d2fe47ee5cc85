package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Format;
import dev.culvert.kube.resource.Gateway.Address;
import dev.culvert.kube.resource.Gateway.AllowedNamespaces;
import dev.culvert.kube.resource.Gateway.AllowedRoutes;
import dev.culvert.kube.resource.Gateway.Infrastructure;
import dev.culvert.kube.resource.Gateway.Listener;
import dev.culvert.kube.resource.Gateway.ListenerStatus;
import dev.culvert.kube.resource.Gateway.RouteKind;
import dev.culvert.kube.resource.LabelSelector.Operator;
import dev.culvert.kube.resource.LabelSelector.Requirement;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decodes a Gateway, its class, and the grants of references.
final class GatewayDecoder {
    private static final Format ADDRESS_VALUE = new Format(text -> text.length() <= 253, "at most 253 characters");
    private static final int MAX_LISTENERS = 64;
    private static final int MAX_ADDRESSES = 16;
    private static final int MAX_KINDS = 8;
    private static final int MAX_GRANTS = 16;

    private GatewayDecoder() {}

    static Gateway decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new Gateway(
                metadata,
                new Gateway.Spec(
                        spec.requiredText("gatewayClassName"),
                        listeners(spec),
                        addresses(spec),
                        infrastructure(spec.object("infrastructure"))),
                status(fields.object("status")));
    }

    static GatewayClass gatewayClass(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new GatewayClass(
                metadata,
                spec.requiredText("controllerName"),
                parametersRef(spec),
                MetadataDecoder.conditions(fields.object("status")));
    }

    static ReferenceGrant referenceGrant(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        spec.size("from", 1, MAX_GRANTS);
        spec.size("to", 1, MAX_GRANTS);
        return new ReferenceGrant(
                metadata,
                spec.objects(
                        "from",
                        from -> new ReferenceGrant.From(
                                from.text("group", ""),
                                from.requiredText("kind"),
                                from.requiredText("namespace", Formats.NAMESPACE))),
                spec.objects(
                        "to",
                        to -> new ReferenceGrant.To(
                                to.text("group", ""), to.requiredText("kind"), to.text("name", ""))));
    }

    private static List<Listener> listeners(Fields spec) {
        spec.size("listeners", 0, MAX_LISTENERS);
        Set<String> names = new HashSet<>();
        Set<String> places = new HashSet<>();
        return spec.objects("listeners", fields -> {
            Listener listener = listener(fields);
            if (!names.add(listener.name())) {
                throw fields.refused(
                        "name", "is the name \"" + listener.name() + "\" a second time; expected one that is unique");
            }
            if (!places.add(listener.port() + " " + listener.protocol() + " " + listener.hostname())) {
                throw fields.refused(
                        "port",
                        "is that of another listener with the same protocol and hostname; expected a difference");
            }
            return listener;
        });
    }

    private static Listener listener(Fields fields) {
        String protocol = fields.requiredText("protocol");
        if (fields.has("hostname") && (protocol.equals("TCP") || protocol.equals("UDP"))) {
            throw fields.refused("hostname", "does not belong to the protocol " + protocol);
        }
        return new Listener(
                fields.requiredText("name", Formats.NAME),
                fields.requiredPort("port"),
                protocol,
                fields.text("hostname", "", Formats.WILDCARD_HOSTNAME),
                allowedRoutes(fields.object("allowedRoutes")));
    }

    private static AllowedRoutes allowedRoutes(Fields fields) {
        fields.size("kinds", 0, MAX_KINDS);
        return new AllowedRoutes(
                allowedNamespaces(fields.object("namespaces")), fields.objects("kinds", GatewayDecoder::routeKind));
    }

    private static AllowedNamespaces allowedNamespaces(Fields fields) {
        return switch (fields.text("from", "Same")) {
            case "All" -> new AllowedNamespaces.All();
            case "Same" -> new AllowedNamespaces.Same();
            case "Selector" ->
                fields.has("selector")
                        ? new AllowedNamespaces.Selected(selector(fields.object("selector")))
                        : new AllowedNamespaces.None();
            default -> throw fields.wrong("from", "one of All, Same, Selector");
        };
    }

    private static LabelSelector selector(Fields fields) {
        return new LabelSelector(
                fields.textMap("matchLabels"), fields.objects("matchExpressions", GatewayDecoder::requirement));
    }

    private static Requirement requirement(Fields fields) {
        fields.requiredText("operator");
        Operator operator = fields.camelChoice("operator", Operator.class, Operator.EXISTS);
        List<String> values = fields.texts("values");
        boolean needsValues = operator == Operator.IN || operator == Operator.NOT_IN;
        if (needsValues == values.isEmpty()) {
            throw fields.refused(
                    "values", needsValues ? "has no items; expected at least 1" : "has items; expected none");
        }
        return new Requirement(fields.requiredText("key"), operator, values);
    }

    private static RouteKind routeKind(Fields fields) {
        return new RouteKind(fields.text("group", "gateway.networking.k8s.io"), fields.requiredText("kind"));
    }

    private static List<Address> addresses(Fields owner) {
        owner.size("addresses", 0, MAX_ADDRESSES);
        return owner.objects("addresses", GatewayDecoder::address);
    }

    private static Address address(Fields fields) {
        String type = fields.text("type", "IPAddress");
        String value = fields.text("value", "", ADDRESS_VALUE);
        if (type.equals("IPAddress") && !value.isEmpty()) {
            checkAddress(fields, value);
        } else if (type.equals("Hostname") && !value.isEmpty()) {
            fields.text("value", "", Formats.WILDCARD_HOSTNAME);
        }
        return new Address(type, value);
    }

    private static void checkAddress(Fields fields, String value) {
        try {
            InetAddress.ofLiteral(value);
        } catch (IllegalArgumentException _) {
            throw fields.wrong("value", "an IP address");
        }
    }

    private static Infrastructure infrastructure(Fields fields) {
        return new Infrastructure(fields.textMap("labels"), fields.textMap("annotations"), parametersRef(fields));
    }

    private static @Nullable ParametersRef parametersRef(Fields owner) {
        if (!owner.has("parametersRef")) {
            return null;
        }
        Fields fields = owner.object("parametersRef");
        return new ParametersRef(
                fields.text("group", ""),
                fields.requiredText("kind"),
                fields.text("namespace", ""),
                fields.requiredText("name"));
    }

    private static Gateway.Status status(Fields fields) {
        return new Gateway.Status(
                addresses(fields),
                MetadataDecoder.conditions(fields),
                fields.objects(
                        "listeners",
                        listener -> new ListenerStatus(
                                listener.requiredText("name"),
                                listener.objects("supportedKinds", GatewayDecoder::routeKind),
                                listener.integer("attachedRoutes", 0, Integer.MAX_VALUE, 0),
                                MetadataDecoder.conditions(listener))));
    }
}

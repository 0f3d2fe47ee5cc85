package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.AuthorizationPolicy.Action;
import dev.culvert.kube.resource.AuthorizationPolicy.Operation;
import dev.culvert.kube.resource.AuthorizationPolicy.Rule;
import dev.culvert.kube.resource.AuthorizationPolicy.Source;
import dev.culvert.kube.resource.AuthorizationPolicy.Values;
import dev.culvert.kube.resource.AuthorizationPolicy.When;

/// Decodes an AuthorizationPolicy.
final class AuthorizationPolicyDecoder {
    private AuthorizationPolicyDecoder() {}

    static AuthorizationPolicy decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new AuthorizationPolicy(
                metadata,
                spec.object("selector").textMap("matchLabels"),
                TargetRefDecoder.targetsOrSelector(metadata, spec),
                spec.choice("action", Action.class, Action.ALLOW),
                spec.object("provider").text("name", ""),
                spec.objects("rules", AuthorizationPolicyDecoder::rule),
                MetadataDecoder.conditions(fields.object("status")));
    }

    private static Rule rule(Fields fields) {
        return new Rule(
                fields.objects("from", from -> source(from.object("source"))),
                fields.objects("to", to -> operation(to.object("operation"))),
                fields.objects(
                        "when",
                        when -> new When(
                                when.requiredText("key"), new Values(when.texts("values"), when.texts("notValues")))));
    }

    private static Source source(Fields fields) {
        return new Source(
                values(fields, "principals", "notPrincipals"),
                values(fields, "requestPrincipals", "notRequestPrincipals"),
                values(fields, "namespaces", "notNamespaces"),
                values(fields, "serviceAccounts", "notServiceAccounts"),
                values(fields, "ipBlocks", "notIpBlocks"),
                values(fields, "remoteIpBlocks", "notRemoteIpBlocks"),
                values(fields, "trustDomains", "notTrustDomains"));
    }

    private static Operation operation(Fields fields) {
        return new Operation(
                values(fields, "hosts", "notHosts"),
                values(fields, "ports", "notPorts"),
                values(fields, "methods", "notMethods"),
                values(fields, "paths", "notPaths"));
    }

    private static Values values(Fields fields, String in, String notIn) {
        return new Values(fields.texts(in), fields.texts(notIn));
    }
}

package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Format;
import dev.culvert.kube.resource.GrpcRoute.Match;
import dev.culvert.kube.resource.GrpcRoute.MethodMatch;
import dev.culvert.kube.resource.GrpcRoute.Rule;
import dev.culvert.kube.resource.HttpRoute.Backend;
import dev.culvert.kube.resource.HttpRoute.MatchType;
import java.util.List;

/// Decodes a GRPCRoute.
final class GrpcRouteDecoder {
    private static final Format SERVICE = Format.of(
            "\\.?[A-Za-z_][A-Za-z_0-9]*(?:\\.[A-Za-z_][A-Za-z_0-9]*)*", 1024, "a gRPC service such as pkg.v1.Echo");
    private static final Format METHOD = Format.of("[A-Za-z_][A-Za-z_0-9]*", 1024, "a gRPC method such as Say");
    private static final Format REGEX = new Format(
            text -> !text.isEmpty() && text.length() <= 1024, "a regular expression of 1 to 1024 characters");

    private GrpcRouteDecoder() {}

    static GrpcRoute decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        List<Rule> rules = RouteDecoder.rules(spec, 0, rule -> rule(metadata, rule));
        HttpRouteDecoder.checkMatches(
                spec, rules.stream().mapToInt(rule -> rule.matches().size()).sum());
        return new GrpcRoute(
                metadata,
                RouteDecoder.parentRefs(metadata, spec),
                HttpRouteDecoder.hostnames(spec),
                rules,
                RouteDecoder.parents(metadata, fields));
    }

    private static Rule rule(ObjectMeta metadata, Fields fields) {
        HttpRouteDecoder.checkMatchesOfRule(fields);
        List<Match> matches =
                fields.objects("matches", match -> new Match(method(match), HttpRouteDecoder.headers(match)));
        return new Rule(
                RouteDecoder.ruleName(fields),
                matches.isEmpty() ? List.of(Match.ANY) : matches,
                RouteFilterDecoder.ofGrpc(metadata, fields),
                RouteDecoder.backends(
                        fields,
                        0,
                        backend -> new Backend(
                                RouteDecoder.backendRef(metadata, backend),
                                RouteFilterDecoder.ofGrpc(metadata, backend))),
                HttpRouteDecoder.sessionPersistence(fields));
    }

    private static MethodMatch method(Fields match) {
        if (!match.has("method")) {
            return MethodMatch.ANY;
        }
        Fields fields = match.object("method");
        if (!fields.has("service") && !fields.has("method")) {
            throw match.refused("method", "has neither service nor method; expected at least one of them");
        }
        MatchType type = fields.camelChoice("type", MatchType.class, MatchType.EXACT);
        boolean exact = type == MatchType.EXACT;
        return new MethodMatch(
                type,
                fields.text("service", "", exact ? SERVICE : REGEX),
                fields.text("method", "", exact ? METHOD : REGEX));
    }
}

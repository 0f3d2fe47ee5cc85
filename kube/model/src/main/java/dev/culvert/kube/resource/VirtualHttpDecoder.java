package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.RouteFilter.PathChange;
import dev.culvert.kube.resource.VirtualService.Abort;
import dev.culvert.kube.resource.VirtualService.Action;
import dev.culvert.kube.resource.VirtualService.Body;
import dev.culvert.kube.resource.VirtualService.Cors;
import dev.culvert.kube.resource.VirtualService.Delay;
import dev.culvert.kube.resource.VirtualService.Fault;
import dev.culvert.kube.resource.VirtualService.HttpMatch;
import dev.culvert.kube.resource.VirtualService.HttpRule;
import dev.culvert.kube.resource.VirtualService.Mirror;
import dev.culvert.kube.resource.VirtualService.RedirectPort;
import dev.culvert.kube.resource.VirtualService.Retries;
import dev.culvert.kube.resource.VirtualService.Rewrite;
import dev.culvert.kube.resource.VirtualService.UriRewrite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Decodes one HTTP rule of a VirtualService.
final class VirtualHttpDecoder {
    private static final List<String> ACTIONS = List.of("route", "redirect", "directResponse", "delegate");
    private static final List<String> TEXT_MATCHES = List.of("exact", "prefix", "regex");

    private VirtualHttpDecoder() {}

    private enum Preflights {
        UNSPECIFIED,
        FORWARD,
        IGNORE
    }

    static HttpRule rule(ObjectMeta metadata, Fields fields) {
        return new HttpRule(
                fields.text("name", ""),
                fields.objects("match", VirtualHttpDecoder::match),
                action(metadata, fields),
                rewrite(fields.object("rewrite")),
                fields.duration("timeout"),
                fields.has("retries") ? retries(fields.object("retries")) : null,
                fault(fields.object("fault")),
                mirrors(fields),
                fields.has("corsPolicy") ? cors(fields.object("corsPolicy")) : null,
                VirtualServiceDecoder.headers(fields));
    }

    private static HttpMatch match(Fields fields) {
        return new HttpMatch(
                fields.text("name", ""),
                text(fields, "uri"),
                fields.flag("ignoreUriCase", false),
                text(fields, "scheme"),
                text(fields, "method"),
                text(fields, "authority"),
                texts(fields, "headers"),
                texts(fields, "withoutHeaders"),
                texts(fields, "queryParams"),
                fields.integer("port", 0, 65535, 0),
                fields.textMap("sourceLabels"),
                fields.text("sourceNamespace", ""),
                fields.texts("gateways"));
    }

    private static @Nullable TextMatch text(Fields owner, String name) {
        if (!owner.has(name)) {
            return null;
        }
        Fields fields = owner.object(name);
        TextMatch match = textMatch(fields);
        if (match instanceof TextMatch.Present) {
            throw fields.refused("has none of " + TEXT_MATCHES + "; expected one");
        }
        return match;
    }

    private static Map<String, TextMatch> texts(Fields owner, String name) {
        return owner.objectMap(name, VirtualHttpDecoder::textMatch);
    }

    private static TextMatch textMatch(Fields fields) {
        List<String> present = TEXT_MATCHES.stream().filter(fields::has).toList();
        if (present.size() > 1) {
            throw fields.refused("has several of " + TEXT_MATCHES + "; expected one");
        }
        String kind = present.isEmpty() ? "" : present.getFirst();
        return switch (kind) {
            case "exact" -> new TextMatch.Exact(fields.text(kind, ""));
            case "prefix" -> new TextMatch.Prefix(fields.requiredText(kind));
            case "regex" -> new TextMatch.Regex(fields.requiredText(kind));
            default -> new TextMatch.Present();
        };
    }

    private static Action action(ObjectMeta metadata, Fields fields) {
        List<String> present = ACTIONS.stream().filter(fields::has).toList();
        if (present.size() != 1) {
            throw fields.refused(
                    "has " + (present.isEmpty() ? "none" : "several") + " of " + ACTIONS + "; expected one");
        }
        return switch (present.getFirst()) {
            case "route" -> new Action.Forward(VirtualServiceDecoder.targets(fields));
            case "redirect" -> redirect(fields.object("redirect"));
            case "directResponse" -> respond(fields.object("directResponse"));
            default -> {
                Fields delegate = fields.object("delegate");
                yield new Action.Delegate(
                        delegate.text("namespace", metadata.namespace()), delegate.requiredText("name"));
            }
        };
    }

    private static Action redirect(Fields fields) {
        int code = fields.integer("redirectCode", 0, 399, 0);
        if (code != 0 && code < 300) {
            throw fields.wrong("redirectCode", "301, 302, 303, 307 or 308");
        }
        if (fields.has("uri") && fields.has("prefixRewrite")) {
            throw fields.refused("prefixRewrite", "stands beside uri; expected only one of them");
        }
        if (fields.has("port") && fields.has("derivePort")) {
            throw fields.refused("derivePort", "stands beside port; expected only one of them");
        }
        String uri = fields.text("uri", "");
        String prefix = fields.text("prefixRewrite", "");
        PathChange path = uri.isEmpty() ? new PathChange.Keep() : new PathChange.ReplaceFull(uri);
        return new Action.Redirect(
                fields.text("scheme", ""),
                fields.text("authority", ""),
                redirectPort(fields),
                prefix.isEmpty() ? path : new PathChange.ReplacePrefix(prefix),
                code == 0 ? 301 : code);
    }

    private static RedirectPort redirectPort(Fields fields) {
        if (fields.has("port")) {
            return new RedirectPort.Fixed(fields.requiredPort("port"));
        }
        return switch (fields.text("derivePort", "FROM_PROTOCOL_DEFAULT")) {
            case "FROM_PROTOCOL_DEFAULT" -> new RedirectPort.OfScheme();
            case "FROM_REQUEST_PORT" -> new RedirectPort.OfRequest();
            default -> throw fields.wrong("derivePort", "FROM_PROTOCOL_DEFAULT or FROM_REQUEST_PORT");
        };
    }

    private static Action respond(Fields fields) {
        int status = fields.integer("status", 200, 599, 0);
        if (status == 0) {
            throw fields.wrong("status", "a whole number from 200 to 599");
        }
        Fields body = fields.object("body");
        if (body.has("string") && body.has("bytes")) {
            throw body.refused("bytes", "stands beside string; expected only one of them");
        }
        return new Action.Respond(
                status,
                body.has("bytes")
                        ? new Body.Base64(body.text("bytes", "", Formats.BASE64))
                        : new Body.Text(body.text("string", "")));
    }

    private static Rewrite rewrite(Fields fields) {
        UriRewrite uri = new UriRewrite.Keep();
        if (fields.has("uriRegexRewrite")) {
            if (fields.has("uri")) {
                throw fields.refused("uriRegexRewrite", "stands beside uri; expected only one of them");
            }
            Fields regex = fields.object("uriRegexRewrite");
            uri = new UriRewrite.Regex(regex.requiredText("match"), regex.text("rewrite", ""));
        } else if (!fields.text("uri", "").isEmpty()) {
            uri = new UriRewrite.Matched(fields.text("uri", ""));
        }
        return new Rewrite(fields.text("authority", ""), uri);
    }

    private static Retries retries(Fields fields) {
        return new Retries(
                fields.integer("attempts", 0, Integer.MAX_VALUE, 0),
                TrafficPolicyDecoder.positive(fields, "perTryTimeout"),
                Stream.of(fields.text("retryOn", "").split(",", -1))
                        .map(String::strip)
                        .filter(condition -> !condition.isEmpty())
                        .toList(),
                TrafficPolicyDecoder.positive(fields, "backoff"),
                fields.has("retryRemoteLocalities") ? fields.flag("retryRemoteLocalities", false) : null,
                fields.has("retryIgnorePreviousHosts") ? fields.flag("retryIgnorePreviousHosts", true) : null);
    }

    private static Fault fault(Fields fields) {
        return new Fault(
                fields.has("delay") ? delay(fields.object("delay")) : null,
                fields.has("abort") ? abort(fields.object("abort")) : null);
    }

    private static Delay delay(Fields fields) {
        Duration duration = TrafficPolicyDecoder.positive(fields, "fixedDelay");
        if (duration == null) {
            throw fields.wrong("fixedDelay", "a duration of at least 1ms");
        }
        // An older field has whole percents.
        return new Delay(duration, percent(fields, "percentage", fields.integer("percent", 0, 100, 0)));
    }

    private static Abort abort(Fields fields) {
        int http = fields.integer("httpStatus", 200, 599, 0);
        String grpc = fields.text("grpcStatus", "");
        if ((http == 0) == grpc.isEmpty()) {
            throw fields.refused(
                    "has " + (http == 0 ? "neither" : "both") + " of httpStatus and grpcStatus; expected one");
        }
        return new Abort(http, grpc, percent(fields, "percentage", 0));
    }

    private static double percent(Fields owner, String name, double fallback) {
        return owner.has(name) ? owner.object(name).number("value", 0, 100, 0) : fallback;
    }

    private static List<Mirror> mirrors(Fields fields) {
        List<Mirror> mirrors = new ArrayList<>();
        if (fields.has("mirror")) {
            // The older fields have whole percents.
            int whole = fields.integer(fields.has("mirrorPercent") ? "mirrorPercent" : "mirror_percent", 0, 100, 100);
            mirrors.add(new Mirror(
                    VirtualServiceDecoder.destination(fields.object("mirror")),
                    percent(fields, "mirrorPercentage", whole)));
        }
        mirrors.addAll(fields.objects(
                "mirrors",
                mirror -> new Mirror(
                        VirtualServiceDecoder.destination(mirror.object("destination")),
                        percent(mirror, "percentage", 100))));
        return mirrors;
    }

    private static Cors cors(Fields fields) {
        List<TextMatch> origins = new ArrayList<>(fields.objects("allowOrigins", VirtualHttpDecoder::textMatch));
        // An older field has exact ones alone.
        fields.texts("allowOrigin").forEach(origin -> origins.add(new TextMatch.Exact(origin)));
        return new Cors(
                origins,
                fields.texts("allowMethods"),
                fields.texts("allowHeaders"),
                fields.texts("exposeHeaders"),
                TrafficPolicyDecoder.positive(fields, "maxAge"),
                fields.flag("allowCredentials", false),
                fields.choice("unmatchedPreflights", Preflights.class, Preflights.FORWARD) != Preflights.IGNORE);
    }
}

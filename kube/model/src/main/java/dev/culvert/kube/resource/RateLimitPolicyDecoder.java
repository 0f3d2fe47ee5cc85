package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Format;
import dev.culvert.kube.resource.RateLimitPolicy.Descriptor;
import dev.culvert.kube.resource.RateLimitPolicy.GlobalLimit;
import dev.culvert.kube.resource.RateLimitPolicy.LocalLimit;
import dev.culvert.kube.resource.RateLimitPolicy.RequestMatch;
import dev.culvert.kube.resource.RateLimitPolicy.Source;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decodes a RateLimitPolicy. A field that the definition of the kind does not have is an error: a limit that
/// is misspelled must not silently be none.
final class RateLimitPolicyDecoder {
    private static final Format DOMAIN =
            new Format(text -> !text.isEmpty() && text.length() <= 256, "a domain of 1 to 256 characters");
    private static final Format ENTRY_TEXT =
            new Format(text -> !text.isEmpty() && text.length() <= 256, "a string of 1 to 256 characters");
    private static final int MAX_LIMITS = 32;
    private static final int MAX_ENTRIES = 16;
    private static final int MAX_METHODS = 9;
    private static final int MAX_REQUESTS = 1_000_000_000;
    private static final Duration SHORTEST_PERIOD = Duration.ofMillis(10);
    private static final Duration LONGEST_PERIOD = Duration.ofDays(1);
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofMillis(20);
    private static final List<String> SOURCES = List.of(
            "value", "requestHeader", "remoteAddress", "sourcePrincipal", "destinationService", "method", "path");

    private RateLimitPolicyDecoder() {}

    static RateLimitPolicy decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec").only("targetRefs", "local", "global");
        List<LocalLimit> local = local(spec);
        GlobalLimit global = spec.has("global") ? global(spec.object("global")) : null;
        if (local.isEmpty() && global == null) {
            throw fields.refused("spec", "has neither local nor global limits; expected at least one");
        }
        return new RateLimitPolicy(
                metadata, targets(metadata, spec), local, global, MetadataDecoder.conditions(fields.object("status")));
    }

    private static List<TargetRef> targets(ObjectMeta metadata, Fields spec) {
        spec.size("targetRefs", 1, 16);
        Set<TargetRef> seen = new HashSet<>();
        return spec.objects("targetRefs", fields -> {
            TargetRef target = new TargetRef(
                    fields.only("group", "kind", "name").text("group", ""),
                    fields.requiredText("kind"),
                    metadata.namespace(),
                    fields.requiredText("name", Formats.NAME));
            boolean route = target.group().equals("gateway.networking.k8s.io")
                    && target.kind().equals("HTTPRoute");
            if (!target.isService() && !target.isGateway() && !route) {
                throw fields.wrong(
                        "kind",
                        "Service with the group \"\", or Gateway or HTTPRoute with the group gateway.networking.k8s.io");
            }
            if (!seen.add(target)) {
                throw fields.refused("name", "is a target a second time; expected each target once");
            }
            return target;
        });
    }

    private static List<LocalLimit> local(Fields spec) {
        spec.size("local", 0, MAX_LIMITS);
        Set<String> names = new HashSet<>();
        return spec.objects("local", fields -> {
            fields.only("name", "match", "requests", "per", "burst", "key");
            int requests = positive(fields, "requests");
            return new LocalLimit(
                    uniqueName(fields, names),
                    match(fields),
                    requests,
                    period(fields),
                    fields.has("burst") ? positive(fields, "burst") : requests,
                    key(fields));
        });
    }

    private static String uniqueName(Fields fields, Set<String> names) {
        String name = fields.requiredText("name", Formats.NAMED_PART);
        if (!names.add(name)) {
            throw fields.refused("name", "is the name \"" + name + "\" a second time; expected one that is unique");
        }
        return name;
    }

    private static int positive(Fields fields, String name) {
        int number = fields.integer(name, 1, MAX_REQUESTS, 0);
        if (number == 0) {
            throw fields.wrong(name, "a whole number from 1 to " + MAX_REQUESTS);
        }
        return number;
    }

    private static Duration period(Fields fields) {
        return within(fields, "per", fields.gatewayDuration("per"), SHORTEST_PERIOD, LONGEST_PERIOD, "10ms to 24h");
    }

    private static Duration within(
            Fields fields, String name, @Nullable Duration duration, Duration min, Duration max, String expected) {
        if (duration == null || duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw fields.wrong(name, "a duration from " + expected);
        }
        return duration;
    }

    private static RequestMatch match(Fields owner) {
        if (!owner.has("match")) {
            return RequestMatch.ANY;
        }
        Fields fields = owner.object("match").only("methods", "pathPrefix", "header");
        fields.size("methods", 0, MAX_METHODS);
        boolean header = fields.has("header");
        Fields named = fields.object("header").only("name", "value");
        return new RequestMatch(
                fields.texts("methods", HttpRouteDecoder.METHOD),
                fields.text("pathPrefix", "", HttpRouteDecoder.PLAIN_PATH),
                header ? named.requiredText("name", Formats.HEADER_NAME) : "",
                named.text("value", "", Formats.HEADER_VALUE));
    }

    private static RateLimitPolicy.Key key(Fields owner) {
        Fields fields = owner.object("key").only("type", "header");
        String type = fields.text("type", "None");
        if (fields.has("header") && !type.equals("Header")) {
            throw fields.refused("header", "does not belong to the type \"" + type + "\"");
        }
        return switch (type) {
            case "None" -> new RateLimitPolicy.Key.None();
            case "ClientIdentity" -> new RateLimitPolicy.Key.ClientIdentity();
            case "Header" -> new RateLimitPolicy.Key.Header(fields.requiredText("header", Formats.HEADER_NAME));
            case "RemoteAddress" -> new RateLimitPolicy.Key.RemoteAddress();
            default -> throw fields.wrong("type", "one of [None, ClientIdentity, Header, RemoteAddress]");
        };
    }

    private static GlobalLimit global(Fields fields) {
        fields.only("service", "domain", "timeout", "failOpen", "descriptors");
        fields.size("descriptors", 1, MAX_LIMITS);
        Fields service = fields.object("service").only("host", "port");
        Duration timeout = fields.has("timeout") ? fields.gatewayDuration("timeout") : TIMEOUT;
        Set<String> names = new HashSet<>();
        return new GlobalLimit(
                service.requiredText("host", Formats.HOSTNAME),
                service.requiredPort("port"),
                fields.requiredText("domain", DOMAIN),
                within(fields, "timeout", timeout, SHORTEST_TIMEOUT, LONGEST_TIMEOUT, "1ms to 10s"),
                fields.flag("failOpen", false),
                fields.objects("descriptors", descriptor -> descriptor(descriptor, names)));
    }

    private static Descriptor descriptor(Fields fields, Set<String> names) {
        fields.only("name", "match", "entries");
        fields.size("entries", 1, MAX_ENTRIES);
        return new Descriptor(
                uniqueName(fields, names), match(fields), fields.objects("entries", RateLimitPolicyDecoder::entry));
    }

    private static RateLimitPolicy.Entry entry(Fields fields) {
        fields.only(
                "key",
                "value",
                "requestHeader",
                "remoteAddress",
                "sourcePrincipal",
                "destinationService",
                "method",
                "path");
        List<String> present = SOURCES.stream().filter(fields::has).toList();
        if (present.size() != 1) {
            throw fields.refused(
                    "has " + (present.isEmpty() ? "none" : "several") + " of " + SOURCES + "; expected one");
        }
        return new RateLimitPolicy.Entry(fields.requiredText("key", ENTRY_TEXT), source(fields, present.getFirst()));
    }

    private static Source source(Fields fields, String name) {
        if (name.equals("value")) {
            return new Source.Value(fields.requiredText(name, ENTRY_TEXT));
        }
        if (name.equals("requestHeader")) {
            return new Source.RequestHeader(fields.requiredText(name, Formats.HEADER_NAME));
        }
        if (!fields.flag(name, false)) {
            throw fields.wrong(name, "true");
        }
        return switch (name) {
            case "remoteAddress" -> new Source.RemoteAddress();
            case "sourcePrincipal" -> new Source.SourcePrincipal();
            case "destinationService" -> new Source.DestinationService();
            case "method" -> new Source.Method();
            default -> new Source.Path();
        };
    }
}

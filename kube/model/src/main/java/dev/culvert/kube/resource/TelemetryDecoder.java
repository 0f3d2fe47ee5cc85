package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.Telemetry.AccessLogging;
import dev.culvert.kube.resource.Telemetry.MetricOverride;
import dev.culvert.kube.resource.Telemetry.Metrics;
import dev.culvert.kube.resource.Telemetry.Mode;
import dev.culvert.kube.resource.Telemetry.Tag;
import dev.culvert.kube.resource.Telemetry.TagOverride;
import dev.culvert.kube.resource.Telemetry.Tracing;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Decodes a Telemetry.
final class TelemetryDecoder {
    private static final Set<String> METRICS = Set.of(
            "ALL_METRICS",
            "REQUEST_COUNT",
            "REQUEST_DURATION",
            "REQUEST_SIZE",
            "RESPONSE_SIZE",
            "TCP_OPENED_CONNECTIONS",
            "TCP_CLOSED_CONNECTIONS",
            "TCP_SENT_BYTES",
            "TCP_RECEIVED_BYTES",
            "GRPC_REQUEST_MESSAGES",
            "GRPC_RESPONSE_MESSAGES");
    private static final List<String> TAG_SOURCES = List.of("literal", "environment", "header", "formatter");

    private TelemetryDecoder() {}

    static Telemetry decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new Telemetry(
                metadata,
                spec.object("selector").textMap("matchLabels"),
                TargetRefDecoder.targetsOrSelector(metadata, spec),
                spec.objects("tracing", TelemetryDecoder::tracing),
                spec.objects("metrics", TelemetryDecoder::metrics),
                spec.objects("accessLogging", TelemetryDecoder::accessLogging),
                MetadataDecoder.conditions(fields.object("status")));
    }

    private static Tracing tracing(Fields fields) {
        return new Tracing(
                mode(fields.object("match")),
                providers(fields),
                fields.has("randomSamplingPercentage") ? fields.number("randomSamplingPercentage", 0, 100, 0) : null,
                flag(fields, "disableSpanReporting"),
                flag(fields, "disableContextPropagation"),
                flag(fields, "enableIstioTags"),
                fields.has("customTags") ? fields.objectMap("customTags", TelemetryDecoder::tag) : null);
    }

    private static Tag tag(Fields fields) {
        String source = onlyOne(fields, TAG_SOURCES);
        Fields settings = fields.object(source);
        return switch (source) {
            case "literal" -> new Tag.Literal(settings.requiredText("value"));
            case "environment" -> new Tag.Environment(settings.requiredText("name"), settings.text("defaultValue", ""));
            case "header" ->
                new Tag.Header(settings.requiredText("name", Formats.HEADER_NAME), settings.text("defaultValue", ""));
            default -> new Tag.Formatter(settings.requiredText("value"));
        };
    }

    /// The one of the fields that is there.
    private static String onlyOne(Fields fields, List<String> names) {
        List<String> present = names.stream().filter(fields::has).toList();
        if (present.size() != 1) {
            throw fields.refused("has " + (present.isEmpty() ? "none" : "several") + " of " + names + "; expected one");
        }
        return present.getFirst();
    }

    private static Metrics metrics(Fields fields) {
        return new Metrics(
                providers(fields),
                fields.objects("overrides", TelemetryDecoder::metricOverride),
                fields.duration("reportingInterval"));
    }

    private static MetricOverride metricOverride(Fields fields) {
        Fields match = fields.object("match");
        return new MetricOverride(
                metric(match),
                mode(match),
                flag(fields, "disabled"),
                fields.objectMap("tagOverrides", TelemetryDecoder::tagOverride));
    }

    private static String metric(Fields match) {
        if (match.has("customMetric")) {
            if (match.has("metric")) {
                throw match.refused("customMetric", "stands beside metric; expected only one of them");
            }
            return match.requiredText("customMetric");
        }
        String metric = match.text("metric", "ALL_METRICS");
        if (!METRICS.contains(metric)) {
            throw match.wrong("metric", "one of " + METRICS.stream().sorted().toList());
        }
        return metric;
    }

    private static TagOverride tagOverride(Fields fields) {
        return switch (fields.text("operation", "UPSERT")) {
            case "UPSERT" -> new TagOverride.Upsert(fields.requiredText("value"));
            case "REMOVE" -> {
                if (fields.has("value")) {
                    throw fields.refused("value", "does not belong to the operation REMOVE");
                }
                yield new TagOverride.Remove();
            }
            default -> throw fields.wrong("operation", "UPSERT or REMOVE");
        };
    }

    private static AccessLogging accessLogging(Fields fields) {
        return new AccessLogging(
                mode(fields.object("match")),
                providers(fields),
                flag(fields, "disabled"),
                fields.object("filter").text("expression", ""));
    }

    private static List<String> providers(Fields fields) {
        return fields.objects("providers", provider -> provider.requiredText("name"));
    }

    private static Mode mode(Fields match) {
        return match.choice("mode", Mode.class, Mode.CLIENT_AND_SERVER);
    }

    private static @Nullable Boolean flag(Fields fields, String name) {
        return fields.has(name) ? fields.flag(name, false) : null;
    }
}

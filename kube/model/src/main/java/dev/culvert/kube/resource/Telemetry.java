package dev.culvert.kube.resource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What proxies count, trace and log (telemetry.istio.io). A part that says nothing leaves what wider
/// resources say. Immutable.
///
/// @param selector   labels of the workloads it is for; empty for all of the namespace
/// @param targetRefs what it is attached to; such resources are for waypoints
public record Telemetry(
        ObjectMeta metadata,
        Map<String, String> selector,
        List<TargetRef> targetRefs,
        List<Tracing> tracing,
        List<Metrics> metrics,
        List<AccessLogging> accessLogging,
        List<Condition> conditions)
        implements Resource {
    public Telemetry {
        selector = Map.copyOf(selector);
        targetRefs = List.copyOf(targetRefs);
        tracing = List.copyOf(tracing);
        metrics = List.copyOf(metrics);
        accessLogging = List.copyOf(accessLogging);
        conditions = List.copyOf(conditions);
    }

    /// On which side of the traffic a proxy stands.
    public enum Mode {
        CLIENT_AND_SERVER,
        CLIENT,
        SERVER
    }

    /// How requests are traced. Null is what wider resources say.
    ///
    /// @param providers  names of extension providers; empty for the default ones
    /// @param customTags null for those of wider resources; else in place of them
    public record Tracing(
            Mode mode,
            List<String> providers,
            @Nullable Double randomSamplingPercentage,
            @Nullable Boolean disableSpanReporting,
            @Nullable Boolean disableContextPropagation,
            @Nullable Boolean enableIstioTags,
            @Nullable Map<String, Tag> customTags) {
        public Tracing {
            providers = List.copyOf(providers);
            customTags = customTags == null ? null : Map.copyOf(customTags);
        }
    }

    /// Where the value of a span's tag comes from.
    public sealed interface Tag {
        /// From the manifest.
        record Literal(String value) implements Tag {}

        /// From the proxy's environment.
        record Environment(String name, String defaultValue) implements Tag {}

        /// From the request.
        record Header(String name, String defaultValue) implements Tag {}

        /// From what a format of the access log gives.
        record Formatter(String format) implements Tag {}
    }

    /// How traffic is counted.
    ///
    /// @param providers         names of extension providers; empty for the default ones
    /// @param overrides         in order; later ones win
    /// @param reportingInterval null when the manifest has none
    public record Metrics(
            List<String> providers,
            List<MetricOverride> overrides,
            @Nullable Duration reportingInterval) {
        public Metrics {
            providers = List.copyOf(providers);
            overrides = List.copyOf(overrides);
        }
    }

    /// A change of one metric, or of all.
    ///
    /// @param metric   `REQUEST_COUNT` and the like, the name of a custom metric, or `ALL_METRICS`
    /// @param disabled null is what wider resources say
    public record MetricOverride(
            String metric, Mode mode, @Nullable Boolean disabled, Map<String, TagOverride> tagOverrides) {
        public MetricOverride {
            tagOverrides = Map.copyOf(tagOverrides);
        }
    }

    /// A change of one label.
    public sealed interface TagOverride {
        /// It gets the value of a CEL expression.
        record Upsert(String expression) implements TagOverride {}

        /// It goes.
        record Remove() implements TagOverride {}
    }

    /// Which requests are logged, and where to.
    ///
    /// @param providers names of extension providers; empty for the default ones
    /// @param disabled  null is what wider resources say
    /// @param filter    a CEL expression that must hold; empty for none
    public record AccessLogging(
            Mode mode, List<String> providers, @Nullable Boolean disabled, String filter) {
        public AccessLogging {
            providers = List.copyOf(providers);
        }
    }
}

package dev.culvert.controlplane.config;

import com.google.protobuf.Duration;
import dev.culvert.api.waypoint.ExtAuthz;
import dev.culvert.api.waypoint.TelemetryProvider;
import dev.culvert.api.waypoint.TelemetryProvider.FileLog;
import dev.culvert.api.waypoint.TelemetryProvider.OpenTelemetry;
import dev.culvert.api.waypoint.TelemetryProvider.Zipkin;
import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads one of `extensionProviders`. Pure. Where a provider names a service, its `cluster` is that name as
/// written; it is resolved when a waypoint is told.
///
/// A provider that is not well made stays in the list with the reason, so that what relies on it fails closed.
final class ProviderReader {
    private static final int STATUS_ON_ERROR = 403;
    private static final java.time.Duration AUTHZ_TIMEOUT = java.time.Duration.ofMillis(600);

    private ProviderReader() {}

    /// Whether this provider judges requests.
    static boolean judges(Fields provider) {
        return provider.has("envoyExtAuthzHttp") || provider.has("envoyExtAuthzGrpc");
    }

    static ExtAuthz authorizer(Fields provider) {
        ExtAuthz.Builder built = ExtAuthz.newBuilder().setName(provider.text("name", ""));
        boolean grpc = provider.has("envoyExtAuthzGrpc");
        try {
            Fields fields = provider.object(grpc ? "envoyExtAuthzGrpc" : "envoyExtAuthzHttp");
            java.time.Duration timeout = fields.duration("timeout");
            Fields body = fields.object("includeRequestBodyInCheck");
            built.setGrpc(grpc)
                    .setCluster(fields.requiredText("service"))
                    .setPort(fields.requiredPort("port"))
                    .setTimeout(proto(timeout == null ? AUTHZ_TIMEOUT : timeout))
                    .setFailOpen(fields.flag("failOpen", false))
                    .setStatusOnError(statusOnError(fields))
                    .setPathPrefix(fields.text("pathPrefix", ""))
                    .addAllIncludeRequestHeaders(fields.texts("includeRequestHeadersInCheck"))
                    .putAllIncludeAdditionalHeaders(fields.textMap("includeAdditionalHeadersInCheck"))
                    .setWithRequestBody(fields.has("includeRequestBodyInCheck"))
                    .setMaxRequestBytes(body.integer("maxRequestBytes", 0, Integer.MAX_VALUE, 0))
                    .setAllowPartialMessage(body.flag("allowPartialMessage", false))
                    .setPackAsBytes(body.flag("packAsBytes", false))
                    .addAllHeadersToUpstreamOnAllow(fields.texts("headersToUpstreamOnAllow"))
                    .addAllHeadersToDownstreamOnAllow(fields.texts("headersToDownstreamOnAllow"))
                    .addAllHeadersToDownstreamOnDeny(fields.texts("headersToDownstreamOnDeny"))
                    .setClearRouteCache(fields.flag("clearRouteCache", false));
        } catch (DecodeException e) {
            built.setInvalid(reason(e));
        }
        return built.build();
    }

    static TelemetryProvider teller(Fields provider) {
        TelemetryProvider.Builder built = TelemetryProvider.newBuilder().setName(provider.text("name", ""));
        try {
            if (provider.has("envoyFileAccessLog")) {
                built.setFileLog(fileLog(provider.object("envoyFileAccessLog")));
            } else if (provider.has("opentelemetry")) {
                built.setOpenTelemetry(spans(provider.object("opentelemetry")));
            } else if (provider.has("envoyOtelAls")) {
                built.setOpenTelemetry(logs(provider.object("envoyOtelAls")));
            } else if (provider.has("zipkin")) {
                built.setZipkin(zipkin(provider.object("zipkin")));
            } else if (provider.has("prometheus")) {
                built.setPrometheus(true);
            } else {
                built.setInvalid("providers of this kind are not supported: " + provider.names());
            }
        } catch (DecodeException e) {
            built.setInvalid(reason(e));
        }
        return built.build();
    }

    private static FileLog fileLog(Fields fields) {
        FileLog.Builder built = FileLog.newBuilder().setPath(fields.text("path", "/dev/stdout"));
        Fields format = fields.object("logFormat");
        if (format.has("labels")) {
            return built.setJson(true)
                    .putAllJsonFormat(format.textMap("labels"))
                    .build();
        }
        return built.setTextFormat(format.text("text", "")).build();
    }

    private static OpenTelemetry spans(Fields fields) {
        OpenTelemetry.Builder built = OpenTelemetry.newBuilder()
                .setCluster(fields.requiredText("service"))
                .setPort(fields.requiredPort("port"));
        if (fields.has("http")) {
            Fields http = fields.object("http");
            built.setHttpPath(http.text("path", "/v1/traces"));
            timeout(http, built);
            built.putAllHeaders(headers(http));
        } else {
            Fields grpc = fields.object("grpc");
            timeout(grpc, built);
            built.putAllHeaders(headers(grpc));
        }
        return built.build();
    }

    private static OpenTelemetry logs(Fields fields) {
        Fields format = fields.object("logFormat");
        return OpenTelemetry.newBuilder()
                .setCluster(fields.requiredText("service"))
                .setPort(fields.requiredPort("port"))
                .setLogs(true)
                .setTextFormat(format.text("text", ""))
                .putAllLabels(format.textMap("labels"))
                .build();
    }

    private static Zipkin zipkin(Fields fields) {
        return Zipkin.newBuilder()
                .setCluster(fields.requiredText("service"))
                .setPort(fields.requiredPort("port"))
                .setPath(fields.text("path", "/api/v2/spans"))
                .setB3Only(fields.text("traceContextOption", "USE_B3").equals("USE_B3"))
                .build();
    }

    private static void timeout(Fields fields, OpenTelemetry.Builder built) {
        java.time.Duration timeout = fields.duration("timeout");
        if (timeout != null) {
            built.setTimeout(proto(timeout));
        }
    }

    private static Map<String, String> headers(Fields fields) {
        String list = fields.has("headers") ? "headers" : "initialMetadata";
        Map<String, String> headers = new LinkedHashMap<>();
        List<Fields> items = fields.objects(list, item -> item);
        items.forEach(item -> headers.put(item.requiredText("name").toLowerCase(Locale.ROOT), item.text("value", "")));
        return headers;
    }

    private static int statusOnError(Fields fields) {
        String text = fields.text("statusOnError", String.valueOf(STATUS_ON_ERROR));
        if (!text.matches("[1-5][0-9]{2}")) {
            throw fields.wrong("statusOnError", "a status code of HTTP");
        }
        return Integer.parseInt(text);
    }

    private static String reason(DecodeException e) {
        return e.path() + " " + e.reason();
    }

    static Duration proto(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}

package dev.culvert.controlplane.config;

import dev.culvert.api.waypoint.ExtAuthz;
import dev.culvert.api.waypoint.RetryPolicy;
import dev.culvert.api.waypoint.TelemetryProvider;
import dev.culvert.api.waypoint.TelemetryProvider.FileLog;
import dev.culvert.api.waypoint.Waypoint.PathNormalization;
import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Value;
import dev.culvert.kube.decode.YamlDocuments;
import dev.culvert.kube.resource.TrafficPolicy.Locality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Reads what the mesh configuration says to waypoints. Pure.
final class WaypointDefaultsReader {
    private static final int MOST_PROXIES = 100;

    private final Fields mesh;

    WaypointDefaultsReader(Fields mesh) {
        this.mesh = mesh;
    }

    WaypointDefaults read() {
        WaypointDefaults none = WaypointDefaults.NONE;
        List<ExtAuthz> authorizers = new ArrayList<>();
        List<TelemetryProvider> tellers = new ArrayList<>(WaypointDefaults.builtIn());
        for (Fields provider : mesh.objects("extensionProviders", item -> item)) {
            if (ProviderReader.judges(provider)) {
                authorizers.add(ProviderReader.authorizer(provider));
            } else {
                TelemetryProvider made = ProviderReader.teller(provider);
                tellers.removeIf(other -> other.getName().equals(made.getName()));
                tellers.add(made);
            }
        }
        Fields defaults = mesh.object("defaultProviders");
        Set<String> logs = new LinkedHashSet<>(defaults.texts("accessLogging"));
        if (!mesh.text("accessLogFile", "").isEmpty()) {
            tellers.add(meshLog());
            logs.add(WaypointDefaults.MESH_LOG);
        }
        List<String> metrics = defaults.texts("metrics");
        Duration connect = mesh.duration("connectTimeout");
        Duration idle = mesh.duration("hboneIdleTimeout");
        return new WaypointDefaults(
                normalization(),
                retry(mesh.object("defaultHttpRetryPolicy")),
                connect == null || connect.isZero() ? none.connectTimeout() : connect,
                idle == null ? none.tunnelIdle() : idle,
                authorizers,
                tellers,
                List.copyOf(logs),
                metrics.isEmpty() ? none.metrics() : metrics,
                mesh.flag("enableTracing", true) ? defaults.texts("tracing") : List.of(),
                mesh.object("defaultConfig").object("tracing").number("sampling", 0, 100, none.sampledPercent()),
                mesh.has("localityLbSetting") ? Locality.decode(mesh.object("localityLbSetting")) : none.locality(),
                mesh.object("defaultConfig")
                        .object("gatewayTopology")
                        .integer("numTrustedProxies", 0, MOST_PROXIES, none.trustedProxies()));
    }

    private PathNormalization normalization() {
        Fields fields = mesh.object("pathNormalization");
        return switch (fields.text("normalization", "DEFAULT")) {
            case "DEFAULT", "BASE" -> PathNormalization.BASE;
            case "NONE" -> PathNormalization.NONE;
            case "MERGE_SLASHES" -> PathNormalization.MERGE_SLASHES;
            case "DECODE_AND_MERGE_SLASHES" -> PathNormalization.DECODE_AND_MERGE_SLASHES;
            default -> throw fields.wrong("normalization", "NONE, BASE, MERGE_SLASHES or DECODE_AND_MERGE_SLASHES");
        };
    }

    private RetryPolicy retry(Fields fields) {
        if (!mesh.has("defaultHttpRetryPolicy")) {
            return WaypointDefaults.NONE.retry();
        }
        RetryPolicy.Builder built = RetryPolicy.newBuilder()
                .setAttempts(fields.integer("attempts", 0, Integer.MAX_VALUE, WaypointDefaults.ATTEMPTS));
        RetryWords.add(
                built,
                Stream.of(fields.text("retryOn", "").split(",", -1))
                        .map(String::strip)
                        .filter(word -> !word.isEmpty())
                        .toList());
        Duration perTry = fields.duration("perTryTimeout");
        return perTry == null
                ? built.build()
                : built.setPerTryTimeout(ProviderReader.proto(perTry)).build();
    }

    private TelemetryProvider meshLog() {
        FileLog.Builder log = FileLog.newBuilder().setPath(mesh.text("accessLogFile", ""));
        String format = mesh.text("accessLogFormat", "");
        if (mesh.text("accessLogEncoding", "TEXT").equals("JSON")) {
            log.setJson(true).putAllJsonFormat(jsonFormat(format));
        } else {
            log.setTextFormat(format);
        }
        return TelemetryProvider.newBuilder()
                .setName(WaypointDefaults.MESH_LOG)
                .setFileLog(log)
                .build();
    }

    /// JSON is YAML too.
    private Map<String, String> jsonFormat(String format) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (YamlDocuments.Document document : YamlDocuments.parse(format)) {
            switch (document) {
                case YamlDocuments.Document.Broken _ ->
                    throw mesh.wrong("accessLogFormat", "a JSON object, since accessLogEncoding is JSON");
                case YamlDocuments.Document.Parsed(Value value) -> {
                    Fields object = Fields.of(value);
                    object.names().forEach(name -> fields.put(name, object.text(name, "")));
                }
            }
        }
        return fields;
    }
}

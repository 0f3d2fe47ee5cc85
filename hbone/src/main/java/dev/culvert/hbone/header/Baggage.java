package dev.culvert.hbone.header;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a proxy says of its workload, for telemetry only. Immutable; an absent field is null.
///
/// @param workloadType lower-case kind of the workload: `deployment`, `cronjob`, `pod` or `job`
/// @param serviceName canonical name
/// @param serviceVersion canonical revision
public record Baggage(
        @Nullable String clusterId,
        @Nullable String namespace,
        @Nullable String workloadType,
        @Nullable String workloadName,
        @Nullable String serviceName,
        @Nullable String serviceVersion,
        @Nullable String region,
        @Nullable String zone) {

    /// Says nothing.
    public static final Baggage EMPTY = new Baggage(null, null, null, null, null, null, null, null);

    private static final String CLUSTER = "k8s.cluster.name";
    private static final String NAMESPACE = "k8s.namespace.name";
    private static final String SERVICE_NAME = "service.name";
    private static final String SERVICE_VERSION = "service.version";
    private static final String REGION = "cloud.region";
    private static final String ZONE = "cloud.availability_zone";
    private static final List<String> TYPES = List.of("deployment", "cronjob", "pod", "job");

    /// Characters of a value that are taken from a peer, as many as a name in Kubernetes may have; the rest is cut off.
    static final int MOST_CHARACTERS = 253;

    /// Whether nothing is said.
    public boolean isEmpty() {
        return equals(EMPTY);
    }

    /// The value of the header, members in the order that Istio prints them; empty when nothing is said.
    public String print() {
        StringBuilder out = new StringBuilder(160);
        member(out, CLUSTER, clusterId);
        member(out, NAMESPACE, namespace);
        if (workloadType != null) {
            member(out, "k8s." + workloadType + ".name", workloadName);
        }
        member(out, SERVICE_NAME, serviceName);
        member(out, SERVICE_VERSION, serviceVersion);
        member(out, REGION, region);
        member(out, ZONE, zone);
        return out.toString();
    }

    private static void member(StringBuilder out, String key, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return;
        }
        if (!out.isEmpty()) {
            out.append(',');
        }
        out.append(key).append('=').append(value);
    }

    /// What all instances of the header say together. Unknown keys are ignored; when one instance is not visible
    /// ASCII, nothing is taken from any.
    public static Baggage parse(List<? extends CharSequence> headers) {
        Parser parser = new Parser();
        for (CharSequence header : headers) {
            String text = header.toString();
            if (!visibleAscii(text)) {
                return EMPTY;
            }
            for (String member : text.split(",", -1)) {
                parser.accept(member);
            }
        }
        return parser.result();
    }

    private static boolean visibleAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' || c > '~') && c != '\t') {
                return false;
            }
        }
        return true;
    }

    private static final class Parser {
        private @Nullable String clusterId;
        private @Nullable String namespace;
        private @Nullable String workloadType;
        private @Nullable String workloadName;
        private @Nullable String serviceName;
        private @Nullable String serviceVersion;
        private @Nullable String region;
        private @Nullable String zone;

        private void accept(String member) {
            String[] tokens = member.split("=", -1);
            if (tokens.length < 2) {
                return;
            }
            String said = tokens[1];
            String value = said.isEmpty() ? null : said.substring(0, Math.min(said.length(), MOST_CHARACTERS));
            switch (tokens[0]) {
                case CLUSTER -> clusterId = value;
                case NAMESPACE -> namespace = value;
                case SERVICE_NAME -> serviceName = value;
                case SERVICE_VERSION -> serviceVersion = value;
                case REGION -> region = value;
                case ZONE -> zone = value;
                default -> workload(tokens[0], value);
            }
        }

        private void workload(String key, @Nullable String value) {
            for (String type : TYPES) {
                if (key.equals("k8s." + type + ".name")) {
                    workloadType = type;
                    workloadName = value;
                }
            }
        }

        private Baggage result() {
            return new Baggage(
                    clusterId, namespace, workloadType, workloadName, serviceName, serviceVersion, region, zone);
        }
    }
}

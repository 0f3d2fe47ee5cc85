package dev.culvert.controlplane.workload;

import dev.culvert.api.MeshLabels;
import dev.culvert.kube.resource.ObjectMeta;
import dev.culvert.kube.resource.OwnerReference;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The names under which telemetry counts a workload. Pure.
final class WorkloadNames {
    /// A CronJob names its Jobs by the minute of their schedule.
    private static final Pattern SCHEDULED_JOB = Pattern.compile("(.+)-\\d{8,10}");

    private static final Pattern NUMBERED = Pattern.compile("(.+)-\\d+");

    private WorkloadNames() {}

    /// The name of what made the pod: its Deployment rather than its ReplicaSet, its CronJob rather than its
    /// Job.
    static String ofPod(ObjectMeta pod) {
        String label = pod.label(MeshLabels.WORKLOAD_NAME);
        if (label != null && !label.isEmpty()) {
            return label;
        }
        OwnerReference owner = pod.controller();
        if (owner == null) {
            return pod.name();
        }
        return switch (owner.kind()) {
            case "ReplicaSet" -> withoutHash(owner.name(), pod.label("pod-template-hash"));
            case "ReplicationController" ->
                pod.label("deploymentconfig") == null ? owner.name() : stem(NUMBERED, owner.name());
            case "Job" -> stem(SCHEDULED_JOB, owner.name());
            default -> owner.name();
        };
    }

    static String canonicalName(Map<String, String> labels, String fallback) {
        return first(labels, fallback, MeshLabels.CANONICAL_NAME, "app.kubernetes.io/name", "app");
    }

    static String canonicalRevision(Map<String, String> labels) {
        return first(labels, "latest", MeshLabels.CANONICAL_REVISION, "app.kubernetes.io/version", "version");
    }

    private static String first(Map<String, String> labels, String fallback, String... names) {
        for (String name : names) {
            String value = labels.get(name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return fallback;
    }

    private static String withoutHash(String name, @Nullable String hash) {
        return hash != null && name.endsWith("-" + hash) ? name.substring(0, name.length() - hash.length() - 1) : name;
    }

    private static String stem(Pattern pattern, String name) {
        Matcher matcher = pattern.matcher(name);
        return matcher.matches() ? matcher.group(1) : name;
    }
}

package dev.culvert.controlplane.status;

import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.ObjectMeta;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the status of an object is to say. Immutable.
///
/// @param conditions that it has
/// @param sections   further fields of the status
public record ObjectStatus(
        Kind<?> kind, ObjectMeta metadata, List<Condition> conditions, List<Verdict> verdicts, List<Section> sections) {
    /// What node proxies make of a policy, a condition's type.
    public static final String ZTUNNEL_ACCEPTED = "ZtunnelAccepted";
    /// What waypoints make of it.
    public static final String WAYPOINT_ACCEPTED = "WaypointAccepted";
    /// Whether an object has the waypoint that it asks for.
    public static final String WAYPOINT_BOUND = "istio.io/WaypointBound";
    /// Whether an object works through a waypoint alone, and has none.
    public static final String WAYPOINT_MISSING = "istio.io/WaypointMissing";

    public ObjectStatus {
        conditions = List.copyOf(conditions);
        verdicts = List.copyOf(verdicts);
        sections = List.copyOf(sections);
    }

    /// What one condition is to say.
    ///
    /// @param acceptance null when it is to go
    public record Verdict(String type, @Nullable Acceptance acceptance) {}

    /// A field of the status that is not its conditions.
    public sealed interface Section {
        /// As in `addresses`.
        String field();

        /// A field that is told as it is, as JSON.
        record Plain(String field, Object value) implements Section {}

        /// A list of parts that have conditions of their own.
        record Entries(String field, List<Entry> entries) implements Section {
            public Entries {
                entries = List.copyOf(entries);
            }
        }

        /// One such part.
        ///
        /// @param fields     what it says besides, as JSON
        /// @param conditions that it has
        record Entry(Map<String, Object> fields, List<Condition> conditions, List<Verdict> verdicts) {
            public Entry {
                conditions = List.copyOf(conditions);
                verdicts = List.copyOf(verdicts);
            }
        }
    }

    /// A status of conditions alone.
    public static ObjectStatus conditions(
            Kind<?> kind, ObjectMeta metadata, List<Condition> conditions, List<Verdict> verdicts) {
        return new ObjectStatus(kind, metadata, conditions, verdicts, List.of());
    }

    /// What became of `policy`.
    ///
    /// @param ztunnel  at node proxies; null when they are not concerned
    /// @param waypoint at waypoints; null when they are not concerned
    public static ObjectStatus of(
            AuthorizationPolicy policy, @Nullable Acceptance ztunnel, @Nullable Acceptance waypoint) {
        return conditions(
                Kinds.AUTHORIZATION_POLICY,
                policy.metadata(),
                policy.conditions(),
                List.of(new Verdict(ZTUNNEL_ACCEPTED, ztunnel), new Verdict(WAYPOINT_ACCEPTED, waypoint)));
    }

    String name() {
        return kind + " " + metadata.namespace() + "/" + metadata.name();
    }
}

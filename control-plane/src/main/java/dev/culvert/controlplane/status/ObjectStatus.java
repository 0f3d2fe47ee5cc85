package dev.culvert.controlplane.status;

import dev.culvert.controlplane.policy.BuiltPolicy;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.ObjectMeta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the status of an object is to say. Immutable.
///
/// @param conditions that it has
public record ObjectStatus(Kind<?> kind, ObjectMeta metadata, List<Condition> conditions, List<Verdict> verdicts) {
    /// What node proxies make of a policy, a condition's type.
    public static final String ZTUNNEL_ACCEPTED = "ZtunnelAccepted";
    /// What waypoints make of it.
    public static final String WAYPOINT_ACCEPTED = "WaypointAccepted";
    /// Whether an object has the waypoint that it asks for.
    public static final String WAYPOINT_BOUND = "istio.io/WaypointBound";

    public ObjectStatus {
        conditions = List.copyOf(conditions);
        verdicts = List.copyOf(verdicts);
    }

    /// What one condition is to say.
    ///
    /// @param acceptance null when it is to go
    public record Verdict(String type, @Nullable Acceptance acceptance) {}

    /// What became of `policy`.
    public static ObjectStatus of(AuthorizationPolicy policy, BuiltPolicy result) {
        return new ObjectStatus(
                Kinds.AUTHORIZATION_POLICY,
                policy.metadata(),
                policy.conditions(),
                List.of(
                        new Verdict(ZTUNNEL_ACCEPTED, result.verdict()),
                        new Verdict(WAYPOINT_ACCEPTED, result.waypoint())));
    }

    String name() {
        return kind + " " + metadata.namespace() + "/" + metadata.name();
    }
}

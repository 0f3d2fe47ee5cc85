package dev.culvert.mesh.authz;

import dev.culvert.api.MeshPolicies;
import dev.culvert.mesh.model.PolicyKey;

/// What policy says of a connection.
///
/// Immutable.
public sealed interface Verdict {
    /// It may proceed.
    record Allow() implements Verdict {}

    /// It must not.
    sealed interface Deny extends Verdict permits DeniedBy, NotToldYet, NotAllowed {
        /// Why, for the access log and the operator.
        String reason();

        /// Whether the client may be told as well: it says how to come in.
        default boolean mayBeTold() {
            return false;
        }
    }

    /// A DENY policy matched.
    record DeniedBy(PolicyKey policy) implements Deny {
        @Override
        public String reason() {
            String reason = "explicitly denied by: " + policy;
            return mayBeTold()
                    ? reason + "; this workload takes connections from its waypoint alone: address its service, so"
                            + " that the connection goes through the waypoint"
                    : reason;
        }

        @Override
        public boolean mayBeTold() {
            return isWaypointOnly(policy);
        }
    }

    /// The workload lists a policy that admits its waypoint alone, and nobody has told of the policy: whom it admits
    /// is not known.
    record NotToldYet(PolicyKey policy) implements Deny {
        @Override
        public String reason() {
            return "policy " + policy + ", which says who this workload's waypoint is, has not come from the control"
                    + " plane; is that reachable?";
        }
    }

    /// There are ALLOW policies and none matched.
    record NotAllowed() implements Deny {
        @Override
        public String reason() {
            return "allow policies exist, but none allowed this connection";
        }
    }

    /// Whether a policy is one of those that admit a waypoint alone.
    static boolean isWaypointOnly(PolicyKey policy) {
        return policy.name().startsWith(MeshPolicies.WAYPOINT_ONLY_PREFIX);
    }
}

package dev.culvert.ztunnel.policy;

import dev.culvert.mesh.authz.ConnectionFacts;
import dev.culvert.mesh.authz.L4Authorizer;
import dev.culvert.mesh.authz.Verdict;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.mesh.state.MeshState;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.ConnectionEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Judges inbound connections before they reach the application. Stateless; called on the connection's loop.
///
/// A connection is registered for review *before* it is judged. A policy that is published in between is then
/// either in the world that the judgement was made on, or comes to this loop as a change after the registration.
public final class PolicyGate {
    private static final Logger log = LoggerFactory.getLogger(PolicyGate.class);

    private PolicyGate() {}

    /// Registers and judges.
    ///
    /// @param world that the connection's other decisions were made on
    /// @param own workload of the pod, in that world
    public static Admission admit(
            ConnectionEntry entry, MeshState mesh, MeshSnapshot world, Workload own, ConnectionFacts facts) {
        entry.review(new Standing(mesh, entry.pod().workload(), facts));
        rehearse(entry, world, own, facts);
        return switch (judge(world, own, facts)) {
            case Verdict.Allow _ -> new Admission.Granted(new Permit(facts));
            case Verdict.Deny deny -> new Admission.Refused(new CloseReason.Denied(deny.reason(), deny.mayBeTold()));
        };
    }

    /// A listed policy that has not come is passed over, as Istio does, but for those that keep clients from going
    /// around a waypoint: without them all its rules would be void. Open connections are not judged for what is
    /// missing: a policy that is replaced may be gone for a moment.
    private static Verdict judge(MeshSnapshot world, Workload own, ConnectionFacts facts) {
        for (PolicyKey listed : own.policies()) {
            if (Verdict.isWaypointOnly(listed) && !world.hasPolicy(listed)) {
                return new Verdict.NotToldYet(listed);
            }
        }
        return L4Authorizer.judge(world.policiesFor(own), facts);
    }

    private static void rehearse(ConnectionEntry entry, MeshSnapshot world, Workload own, ConnectionFacts facts) {
        if (!log.isDebugEnabled()) {
            return;
        }
        for (L4Authorizer.DryRun outcome : L4Authorizer.rehearse(world.policiesFor(own), facts)) {
            log.atDebug()
                    .addKeyValue("policy", outcome.policy())
                    .addKeyValue("action", outcome.action())
                    .addKeyValue("matched", outcome.matched())
                    .addKeyValue("pod", entry.pod())
                    .log("policy on trial");
        }
    }

    /// What an open connection is judged by again: its facts, and the pod's workload as it is by then.
    private record Standing(MeshState mesh, WorkloadName name, ConnectionFacts facts)
            implements ConnectionEntry.Review {
        @Override
        public @Nullable CloseReason objection() {
            MeshSnapshot world = mesh.world();
            Workload own = world.localWorkload(name);
            if (own == null) {
                return null; // it is the pod's removal that ends its connections, not a gap in what we know
            }
            return switch (L4Authorizer.judge(world.policiesFor(own), facts)) {
                case Verdict.Allow _ -> null;
                case Verdict.Deny deny -> new CloseReason.PolicyWithdrawn(deny.reason());
            };
        }
    }
}

package dev.culvert.controlplane.ca;

import dev.culvert.api.SpiffeId;
import dev.culvert.controlplane.caller.CallerIdentity;
import java.util.function.Supplier;

/// Decides which identity a caller gets a certificate for, if any. Thread-safe; asks only what it
/// is given.
final class IssuePolicy {
    private final Supplier<String> trustDomain;
    private final NodePods pods;

    /// @param trustDomain the mesh's, which may change while we run
    IssuePolicy(Supplier<String> trustDomain, NodePods pods) {
        this.trustDomain = trustDomain;
        this.pods = pods;
    }

    /// What is to be done with a request.
    sealed interface Decision {
        /// Sign for `identity`.
        record Issue(SpiffeId identity) implements Decision {}

        /// Do not; `reason` is for our log alone.
        record Refuse(String reason) implements Decision {}
    }

    /// @param impersonated the identity that the request names, empty when it names none
    Decision decide(CallerIdentity caller, String impersonated) {
        return switch (caller) {
            case CallerIdentity.Node(String node) -> forNode(node, impersonated);
            case CallerIdentity.Workload(SpiffeId own) -> forWorkload(own, impersonated);
        };
    }

    private Decision forNode(String node, String impersonated) {
        if (impersonated.isEmpty()) {
            return new Decision.Refuse("a node has no identity of its own; the request must name a pod's");
        }
        SpiffeId asked = SpiffeId.tryParse(impersonated);
        if (asked == null) {
            return new Decision.Refuse("the identity asked for is no SPIFFE id of a workload");
        }
        if (!asked.trustDomain().equals(trustDomain.get())) {
            return new Decision.Refuse("the identity asked for is of another trust domain than " + trustDomain.get());
        }
        if (!pods.runsOn(node, asked)) {
            return new Decision.Refuse("no pod with that identity is known on node " + node);
        }
        return new Decision.Issue(asked);
    }

    private Decision forWorkload(SpiffeId own, String impersonated) {
        if (!own.trustDomain().equals(trustDomain.get())) {
            return new Decision.Refuse("the token is for another trust domain than " + trustDomain.get());
        }
        if (!impersonated.isEmpty() && !impersonated.equals(own.toString())) {
            return new Decision.Refuse("only a node's proxy may ask for another identity than its own");
        }
        return new Decision.Issue(own);
    }
}

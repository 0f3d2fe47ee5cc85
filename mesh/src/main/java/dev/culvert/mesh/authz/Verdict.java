package dev.culvert.mesh.authz;

import dev.culvert.mesh.model.PolicyKey;

/// What policy says of a connection.
///
/// Immutable.
public sealed interface Verdict {
    /// It may proceed.
    record Allow() implements Verdict {}

    /// It must not.
    sealed interface Deny extends Verdict permits DeniedBy, NotAllowed {
        /// Why, for the access log and the operator.
        String reason();
    }

    /// A DENY policy matched.
    record DeniedBy(PolicyKey policy) implements Deny {
        @Override
        public String reason() {
            return "explicitly denied by: " + policy;
        }
    }

    /// There are ALLOW policies and none matched.
    record NotAllowed() implements Deny {
        @Override
        public String reason() {
            return "allow policies exist, but none allowed this connection";
        }
    }
}

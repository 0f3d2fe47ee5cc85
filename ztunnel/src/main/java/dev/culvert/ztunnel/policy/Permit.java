package dev.culvert.ztunnel.policy;

import dev.culvert.mesh.authz.ConnectionFacts;

/// The proof that policy lets a connection through to the application. Immutable; made by [PolicyGate] alone.
public final class Permit {
    private final ConnectionFacts facts;

    Permit(ConnectionFacts facts) {
        this.facts = facts;
    }

    /// What was judged.
    public ConnectionFacts facts() {
        return facts;
    }
}

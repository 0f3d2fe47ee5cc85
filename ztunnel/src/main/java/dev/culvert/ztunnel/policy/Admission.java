package dev.culvert.ztunnel.policy;

import dev.culvert.ztunnel.connection.CloseReason;

/// What the gate says of an inbound connection. Immutable.
public sealed interface Admission {
    /// It may be delivered.
    record Granted(Permit permit) implements Admission {}

    /// It must be closed.
    record Refused(CloseReason reason) implements Admission {}
}

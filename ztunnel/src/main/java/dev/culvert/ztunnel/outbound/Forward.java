package dev.culvert.ztunnel.outbound;

import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.relay.RelayStart;

/// How an outbound connection is carried on, once it is decided where to. Confined to its loop.
sealed interface Forward permits TcpForward, HboneForward {

    /// Dials, and tells `outcome` once; not at all when it is cancelled first.
    void dial(Outcome outcome);

    /// Gives the dial up.
    void cancel();

    /// How a dial ends.
    interface Outcome {
        /// There is something to relay to: joined to the captured connection by `start`.
        void connected(RelayStart start);

        /// There is not.
        void failed(CloseReason reason);
    }
}

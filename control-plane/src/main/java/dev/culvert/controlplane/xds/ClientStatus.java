package dev.culvert.controlplane.xds;

import java.time.Instant;
import java.util.List;

/// A client as the debug view shows it. Immutable.
///
/// @param id the node id that it gave
/// @param credential public name of its token
public record ClientStatus(String id, String credential, Instant connected, List<TypeStatus> types) {
    public ClientStatus {
        types = List.copyOf(types);
    }

    /// One type of a client.
    ///
    /// @param names subscribed by name
    /// @param behind changes that it has not been told
    /// @param awaitingAck whether a response is on its way
    /// @param lastRejection what it refused last, or empty
    public record TypeStatus(
            String typeUrl, boolean wildcard, int names, long behind, boolean awaitingAck, String lastRejection) {}
}

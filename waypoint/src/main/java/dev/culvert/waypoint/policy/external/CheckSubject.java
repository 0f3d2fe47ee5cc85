package dev.culvert.waypoint.policy.external;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.RequestHead;
import java.time.Instant;

/// A request about which an authorizer is asked.
///
/// Confined to the loop of its exchange, as its head is.
///
/// @param protocol `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`
/// @param body the beginning of it that the authorizer wants to see
/// @param wholeBody whether there is no more of it
/// @param at when the request was seen
public record CheckSubject(
        Client client, RequestHead head, String protocol, Bytes body, boolean wholeBody, Instant at) {

    /// A connection that is no HTTP.
    ///
    /// @param serverName that TLS inside of the tunnel names; empty for none
    public record Connection(Client client, String serverName) {}
}

package dev.culvert.waypoint.http;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Authority;
import dev.culvert.waypoint.exchange.Client;

/// Whose requests come by a connection, and for what. Immutable.
///
/// @param addressed what the client's tunnel leads to
/// @param self who we are
public record ClientConnection(Client client, Authority addressed, SpiffeId self) {}

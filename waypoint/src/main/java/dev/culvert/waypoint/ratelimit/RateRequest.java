package dev.culvert.waypoint.ratelimit;

import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.RequestHead;

/// A request that is counted. Confined to the event loop of its exchange.
///
/// @param client who asks, as the tunnel proved
/// @param remoteAddress of the client as trusted proxies in front of the mesh tell it; the
///     client's own without any
/// @param rule name of the rule of HTTP that the request takes; empty without one
/// @param service that the client addressed, by its host name
public record RateRequest(RequestHead head, Client client, String remoteAddress, String rule, String service) {}

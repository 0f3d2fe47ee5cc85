package dev.culvert.waypoint.policy;

import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.RequestHead;

/// A request to be judged.
///
/// Confined to the loop of its exchange, as its head is.
///
/// @param head with a target that `TargetNormalizer` accepted; judging changes it
/// @param protocol as authorizers are told it: `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`
public record PolicyRequest(Client client, RequestHead head, String protocol) {}

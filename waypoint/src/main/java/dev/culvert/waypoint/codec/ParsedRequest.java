package dev.culvert.waypoint.codec;

import dev.culvert.waypoint.exchange.RequestHead;

/// What the head of a request is taken for.
public sealed interface ParsedRequest {

    /// A request.
    ///
    /// @param bodyless whether no body can follow
    /// @param keep whether the client's connection may serve another request
    record Taken(RequestHead head, boolean bodyless, boolean keep) implements ParsedRequest {}

    /// Nothing that could be passed on without doubt.
    record Refused(Malformed why) implements ParsedRequest {}
}

package dev.culvert.waypoint.filter;

import java.util.random.RandomGenerator;

/// What filters know of an exchange beside its heads. Confined to the event loop of the exchange,
/// as its generator is.
///
/// @param path how the route matched, which says what a replaced prefix is
/// @param port of the service that the client addressed: in a mesh it stands for the listener's
///     port
public record FilterContext(MatchedPath path, int port, RandomGenerator random) {}

package dev.culvert.waypoint.policy;

import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.policy.jwt.TokenCache;
import java.time.InstantSource;

/// What judging needs on one event loop.
///
/// Confined to that loop.
public record PolicyRuntime(InternalCalls calls, TokenCache tokens, PolicyObserver observer, InstantSource clock) {}

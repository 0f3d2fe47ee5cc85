package dev.culvert.waypoint.http;

import dev.culvert.waypoint.connect.Upstreams;
import dev.culvert.waypoint.exchange.ExchangeObservers;
import dev.culvert.waypoint.policy.PolicyRuntime;
import dev.culvert.waypoint.world.WaypointWorld;
import io.netty.channel.EventLoop;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What the exchanges of one loop share. Confined to that loop.
///
/// @param world gives the newest snapshot
public record FlowParts(
        EventLoop loop,
        Supplier<WaypointWorld> world,
        Upstreams upstreams,
        PolicyRuntime policy,
        RandomGenerator random,
        ExchangeObservers observers,
        FlowSettings settings) {}

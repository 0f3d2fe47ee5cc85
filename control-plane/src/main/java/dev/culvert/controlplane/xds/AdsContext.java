package dev.culvert.controlplane.xds;

import java.time.Clock;
import java.util.Map;

/// What all streams of a discovery server share. Immutable; its parts are thread-safe.
///
/// @param tables by type URL
record AdsContext(
        Map<String, ResourceTable> tables,
        XdsLimits limits,
        SendBudget budget,
        PushQueue pushes,
        XdsObserver observer,
        Clock clock) {
    AdsContext {
        tables = Map.copyOf(tables);
    }
}

package dev.culvert.controlplane.xds;

import java.time.Clock;
import java.util.Map;

/// What all streams of a discovery server share. Immutable; its parts are thread-safe.
///
/// @param tables by type URL, of the types that all clients share
/// @param scoped of the others
record AdsContext(
        Map<String, ResourceTable> tables,
        ScopedTables scoped,
        XdsLimits limits,
        SendBudget budget,
        PushQueue pushes,
        XdsObserver observer,
        Clock clock) {
    AdsContext {
        tables = Map.copyOf(tables);
    }
}

package dev.culvert.waypoint.world;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Services and workloads by what clients address. Immutable.
public final class WorldIndex {
    private final Map<InetAddress, ServedService> byAddress = new HashMap<>();
    private final Map<String, ServedService> byHostname = new HashMap<>();
    private final Map<InetAddress, WaypointWorld.Attached> byWorkload = new HashMap<>();
    /// The narrowest first.
    private final List<Ranged> ranges = new ArrayList<>();

    private record Ranged(AddressRange range, ServedService service) {}

    WorldIndex(Collection<ServedService> services, Collection<WaypointWorld.Attached> workloads) {
        for (ServedService service : services) {
            service.addresses().forEach(address -> byAddress.put(address, service));
            byHostname.put(service.hostname(), service);
            service.ranges().forEach(range -> ranges.add(new Ranged(range, service)));
        }
        ranges.sort((a, b) -> Integer.compare(b.range().prefixBits(), a.range().prefixBits()));
        workloads.forEach(each -> byWorkload.put(each.endpoint().address(), each));
    }

    @Nullable
    ServedService byAddress(InetAddress address) {
        ServedService exact = byAddress.get(address);
        if (exact != null) {
            return exact;
        }
        for (Ranged each : ranges) {
            if (each.range().contains(address)) {
                return each.service();
            }
        }
        return null;
    }

    @Nullable
    ServedService byHostname(String name) {
        return byHostname.get(name);
    }

    WaypointWorld.@Nullable Attached workload(InetAddress address) {
        return byWorkload.get(address);
    }
}

package dev.culvert.ztunnel.route;

import dev.culvert.api.SpiffeId;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A workload that was chosen, and the port of it. Immutable.
///
/// @param service whose endpoint it was chosen as; null when it was addressed itself
record Upstream(Workload workload, int port, @Nullable Service service) {

    /// The identities that it may prove: its own, and those that its service names.
    List<SpiffeId> expected() {
        List<SpiffeId> expected = new ArrayList<>(1);
        if (service != null) {
            for (String name : service.subjectAltNames()) {
                SpiffeId id = SpiffeId.tryParse(name);
                if (id != null) {
                    expected.add(id);
                }
            }
        }
        SpiffeId own = workload.identity();
        if (own != null && !expected.contains(own)) {
            expected.add(own);
        }
        return expected;
    }

    /// Its address to dial for a client that asked for `wanted`: that one if it has it, else one that the service
    /// offers, rather of the same family; null when it has none.
    @Nullable
    InetAddress address(InetAddress wanted) {
        if (workload.hasAddress(wanted)) {
            return wanted;
        }
        InetAddress fallback = null;
        for (InetAddress address : workload.addresses()) {
            if (service != null && !service.ipFamilies().allows(address)) {
                continue;
            }
            if (isIpv4(address) == isIpv4(wanted)) {
                return address;
            }
            if (fallback == null) {
                fallback = address;
            }
        }
        return fallback;
    }

    private static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }
}

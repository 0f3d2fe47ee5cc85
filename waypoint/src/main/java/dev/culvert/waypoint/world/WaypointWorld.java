package dev.culvert.waypoint.world;

import dev.culvert.api.waypoint.AttachedWorkload;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.hbone.header.Authority;
import dev.culvert.waypoint.policy.PolicyEnvironment;
import dev.culvert.waypoint.policy.PolicySet;
import dev.culvert.waypoint.ratelimit.RateLimiter;
import dev.culvert.waypoint.upstream.ClusterTable;
import dev.culvert.waypoint.upstream.Endpoint;
import java.net.InetAddress;
import java.util.Map;
import java.util.TreeSet;

/// Everything that a waypoint knows. Immutable.
///
/// @param self what it is told of itself
/// @param environment what all policies have in common
/// @param services by name, `namespace/hostname`
/// @param workloads those that use it by their own address, by uid
/// @param clusters everything that it sends to
public record WaypointWorld(
        Waypoint self,
        PolicyEnvironment environment,
        Map<String, ServedService> services,
        Map<String, Attached> workloads,
        ClusterTable clusters,
        WorldIndex index) {

    /// A workload that uses the waypoint by its own address, compiled. Immutable.
    public record Attached(AttachedWorkload message, Endpoint endpoint, PolicySet policies, RateLimiter limiter) {}

    /// What came of looking for what a client has addressed.
    public sealed interface Found {
        /// It is served here.
        record Here(Served served) implements Found {}

        /// It is not; the client's tunnel is refused.
        ///
        /// @param why what is missing, for the log
        record Missing(String why) implements Found {}
    }

    /// What is at the address or name of a tunnel.
    public Found find(Authority authority) {
        return switch (authority) {
            case Authority.Address(InetAddress ip, int port) -> byAddress(ip, port);
            case Authority.Hostname(String name, int port) -> {
                ServedService service = index.byHostname(name);
                yield service == null
                        ? new Found.Missing("no service named " + name + " uses this waypoint")
                        : port(service, port);
            }
        };
    }

    private Found byAddress(InetAddress address, int port) {
        ServedService service = index.byAddress(address);
        if (service != null) {
            return port(service, port);
        }
        Attached workload = index.workload(address);
        if (workload != null) {
            return new Found.Here(new Served.WorkloadPort(
                    workload.endpoint(),
                    port,
                    workload.policies(),
                    workload.limiter(),
                    workload.message().getTelemetry()));
        }
        return new Found.Missing("neither a service nor a workload with address " + address.getHostAddress()
                + " uses this waypoint; is it labelled istio.io/use-waypoint?");
    }

    private static Found port(ServedService service, int port) {
        Served.ServicePort found = service.port(port);
        return found == null
                ? new Found.Missing("service " + service.cluster() + " has no port " + port + "; it has "
                        + new TreeSet<>(service.ports().keySet()))
                : new Found.Here(found);
    }
}

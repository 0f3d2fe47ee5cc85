package dev.culvert.waypoint.world;

import dev.culvert.api.waypoint.Service;
import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.waypoint.exchange.AppProtocol;
import dev.culvert.waypoint.policy.PolicyEnvironment;
import dev.culvert.waypoint.policy.PolicySet;
import dev.culvert.waypoint.ratelimit.RateLimiter;
import dev.culvert.waypoint.route.RetryRule;
import dev.culvert.waypoint.route.RouteTable;
import dev.culvert.waypoint.route.TcpRouteTable;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A service that this waypoint serves, compiled. Immutable.
public final class ServedService {
    private final Service message;
    private final PolicySet policies;
    private final RateLimiter limiter;
    private final RetryRule defaultRetry;
    private final List<InetAddress> addresses;
    private final List<AddressRange> ranges;
    private final Map<Integer, Served.ServicePort> ports;

    /// @param before the limits that were counted until now
    ServedService(Service message, PolicyEnvironment environment, RetryRule defaultRetry, RateLimiter before) {
        this.message = message;
        this.defaultRetry = defaultRetry;
        policies = PolicySet.compile(message.getPolicies(), environment);
        limiter = RateLimiter.compile(message.getPolicies().getRateLimitsList(), System::nanoTime, before);
        addresses = message.getAddressesList().stream()
                .map(AddressRange::address)
                .filter(Objects::nonNull)
                .toList();
        ranges = message.getRangesList().stream()
                .map(AddressRange::tryParse)
                .filter(Objects::nonNull)
                .toList();
        Map<Integer, Served.ServicePort> byNumber = new HashMap<>();
        message.getPortsList()
                .forEach(port -> byNumber.put(
                        port.getPort(),
                        new Served.ServicePort(
                                this,
                                port.getPort(),
                                port.getName(),
                                AppProtocol.of(port.getProtocol()),
                                RouteTable.compile(port.getRoutesList(), defaultRetry),
                                TcpRouteTable.compile(port.getRoutesList()))));
        ports = Map.copyOf(byNumber);
    }

    /// Whether the control plane says nothing new.
    boolean is(Service other) {
        return message.equals(other);
    }

    public String namespace() {
        return message.getNamespace();
    }

    public String hostname() {
        return message.getHostname();
    }

    /// Short name, for metrics.
    public String shortName() {
        return message.getName();
    }

    /// The cluster of the same name, where requests go that no rule sends elsewhere.
    public String cluster() {
        return message.getNamespace() + "/" + message.getHostname();
    }

    public PolicySet policies() {
        return policies;
    }

    /// How many requests may come.
    public RateLimiter limiter() {
        return limiter;
    }

    /// Of requests that take no rule.
    public RetryRule defaultRetry() {
        return defaultRetry;
    }

    public Telemetry telemetry() {
        return message.getTelemetry();
    }

    /// Addresses at which clients reach it.
    List<InetAddress> addresses() {
        return addresses;
    }

    List<AddressRange> ranges() {
        return ranges;
    }

    /// All ports, by number.
    public Map<Integer, Served.ServicePort> ports() {
        return ports;
    }

    public Served.@Nullable ServicePort port(int number) {
        return ports.get(number);
    }

    @Override
    public String toString() {
        return cluster();
    }
}

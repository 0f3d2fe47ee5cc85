package dev.culvert.waypoint.upstream;

import dev.culvert.waypoint.upstream.TrafficPolicy.Outliers;
import java.net.InetSocketAddress;

/// The use of an endpoint by one request or connection: counts it as in flight until it is closed, and passes on how it
/// went.
///
/// Confined to the loop of the request; [#close] may be called again without effect.
public final class Lease implements AutoCloseable {
    private final Host host;
    private final HostSet hosts;
    private final Budget budget;
    private final boolean retry;
    private boolean closed;

    Lease(Host host, HostSet hosts, Budget budget, boolean retry) {
        this.host = host;
        this.hosts = hosts;
        this.budget = budget;
        this.retry = retry;
        host.state().started();
    }

    public Endpoint endpoint() {
        return host.endpoint();
    }

    /// Where the application listens.
    public InetSocketAddress address() {
        return new InetSocketAddress(host.endpoint().address(), host.port());
    }

    /// How the endpoint is to be used.
    public TrafficPolicy policy() {
        return hosts.policy();
    }

    /// An answer came.
    ///
    /// @param status of HTTP; for a call of gRPC that which corresponds to its own
    public void answered(int status) {
        Outliers rules = hosts.policy().outliers();
        if (rules != null && host.state().answered(status, rules)) {
            hosts.eject(host, rules);
        }
    }

    /// No answer came: the connection could not be had or was lost, or time ran out.
    public void failed() {
        Outliers rules = hosts.policy().outliers();
        if (rules != null && host.state().failed(rules)) {
            hosts.eject(host, rules);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            host.state().ended();
            budget.ended(retry);
        }
    }
}

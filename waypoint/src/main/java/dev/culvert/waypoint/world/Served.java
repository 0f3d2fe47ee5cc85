package dev.culvert.waypoint.world;

import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.waypoint.exchange.AppProtocol;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.policy.PolicySet;
import dev.culvert.waypoint.ratelimit.RateLimiter;
import dev.culvert.waypoint.route.RouteTable;
import dev.culvert.waypoint.route.TcpRouteTable;
import dev.culvert.waypoint.upstream.Endpoint;

/// What a client has addressed. Immutable.
public sealed interface Served {

    /// What is in force for it.
    PolicySet policies();

    /// How many requests may come.
    RateLimiter limiter();

    /// What is told of its traffic.
    Telemetry telemetry();

    /// What is spoken there.
    AppProtocol protocol();

    /// The port that was addressed.
    int port();

    /// Whether rules or policies ask which server the client wants by TLS.
    default boolean needsServerName() {
        return policies().needsServerName()
                || (this instanceof ServicePort of && of.opaque().needsServerName());
    }

    /// Its name in logs.
    String name();

    /// Says in `record` what was addressed.
    default void describe(ExchangeRecord record) {
        record.port = port();
        if (this instanceof ServicePort of) {
            record.serviceHostname = of.service().hostname();
            record.serviceName = of.service().shortName();
            record.serviceNamespace = of.service().namespace();
        }
    }

    /// A port of a service.
    record ServicePort(
            ServedService service,
            int port,
            String portName,
            AppProtocol protocol,
            RouteTable routes,
            TcpRouteTable opaque)
            implements Served {
        @Override
        public PolicySet policies() {
            return service.policies();
        }

        @Override
        public RateLimiter limiter() {
            return service.limiter();
        }

        @Override
        public Telemetry telemetry() {
            return service.telemetry();
        }

        @Override
        public String name() {
            return service.hostname() + ":" + port;
        }
    }

    /// A port of a workload that uses this waypoint by its own address. It has no rules, and what
    /// is spoken is looked at.
    record WorkloadPort(Endpoint workload, int port, PolicySet policies, RateLimiter limiter, Telemetry telemetry)
            implements Served {
        @Override
        public AppProtocol protocol() {
            return AppProtocol.SNIFF;
        }

        @Override
        public String name() {
            return workload.uid() + ":" + port;
        }
    }
}

package dev.culvert.waypoint.observe;

import dev.culvert.waypoint.exchange.ExchangeRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says why, where no access log says it: one line for each request that the waypoint answered in a backend's place,
/// and for each connection that it closed. Without state; any loop may use it.
///
/// The query of a request is left out, for it may hold secrets.
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final String SERVED = "via_upstream";
    private static final int FIRST_ERROR = 400;
    private static final int LONGEST_PATH = 256;

    private RefusalLog() {}

    static void tell(ExchangeRecord exchange) {
        if (exchange.isOpaque()) {
            if (!exchange.flags.isEmpty()) {
                connection(exchange);
            }
        } else if (!exchange.details.equals(SERVED) && exchange.status >= FIRST_ERROR) {
            request(exchange);
        }
    }

    private static void request(ExchangeRecord exchange) {
        LOG.atWarn()
                .addKeyValue("src.addr", Values.address(exchange.client.address()))
                .addKeyValue("src.identity", exchange.client.identity())
                .addKeyValue("dst.service", exchange.serviceHostname)
                .addKeyValue("method", exchange.method)
                .addKeyValue("path", path(exchange.originalTarget))
                .addKeyValue("status", exchange.status)
                .addKeyValue("flags", exchange.flagText())
                .addKeyValue("route", exchange.routeName)
                .addKeyValue("reason", reason(exchange.details, exchange.upstreamFailure))
                .log("request answered by the waypoint");
    }

    private static void connection(ExchangeRecord exchange) {
        LOG.atWarn()
                .addKeyValue("src.addr", Values.address(exchange.client.address()))
                .addKeyValue("src.identity", exchange.client.identity())
                .addKeyValue("dst.service", exchange.serviceHostname)
                .addKeyValue("flags", exchange.flagText())
                .addKeyValue("reason", reason(exchange.terminationDetails, exchange.upstreamFailure))
                .log("connection closed by the waypoint");
    }

    private static String reason(String details, String failure) {
        return failure.isEmpty() ? details : details + ": " + failure;
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        return path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) : path;
    }
}

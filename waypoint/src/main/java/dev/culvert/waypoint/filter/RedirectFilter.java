package dev.culvert.waypoint.filter;

import dev.culvert.api.waypoint.Redirect;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Answers with another address to ask (HTTPRequestRedirectFilter of Gateway API). Immutable.
///
/// @param scheme empty for the request's
/// @param hostname empty for the request's
/// @param port 0 for that of the scheme when one is given, else of the listener
record RedirectFilter(String scheme, String hostname, PathChange path, int port, int status) implements Filter {
    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    static RedirectFilter compile(Redirect redirect) throws InvalidFilter {
        int status = redirect.getStatus() == 0 ? 302 : redirect.getStatus();
        if (!STATUSES.contains(status)) {
            throw new InvalidFilter("a redirect cannot have status " + status);
        }
        if (redirect.getPort() < 0 || redirect.getPort() > 65_535) {
            throw new InvalidFilter("a redirect cannot go to port " + Integer.toUnsignedString(redirect.getPort()));
        }
        FieldNames.requireVisible("scheme", redirect.getScheme());
        FieldNames.requireVisible("hostname", redirect.getHostname());
        return new RedirectFilter(
                redirect.getScheme().toLowerCase(Locale.ROOT),
                redirect.getHostname(),
                PathChange.compile(redirect.getPath()),
                redirect.getPort(),
                status);
    }

    LocalReply reply(RequestHead head, FilterContext context) {
        String newScheme = scheme.isEmpty() ? head.scheme() : scheme;
        String host = hostname.isEmpty() ? Authority.host(head.authority()) : hostname;
        int newPort = port(newScheme, context.port());
        String location = newScheme + "://" + host + (newPort == wellKnown(newScheme) ? "" : ":" + newPort)
                + path.target(head.target(), context.path());
        return new LocalReply(status, List.of(Map.entry("location", location)), Bytes.EMPTY, "-", "direct_response");
    }

    private int port(String newScheme, int listener) {
        if (port != 0) {
            return port;
        }
        return scheme.isEmpty() || wellKnown(newScheme) == 0 ? listener : wellKnown(newScheme);
    }

    private static int wellKnown(String scheme) {
        return switch (scheme) {
            case "http" -> 80;
            case "https" -> 443;
            default -> 0;
        };
    }
}

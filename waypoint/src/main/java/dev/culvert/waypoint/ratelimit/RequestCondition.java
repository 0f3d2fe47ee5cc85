package dev.culvert.waypoint.ratelimit;

import dev.culvert.api.waypoint.RateLimit.RequestMatch;
import dev.culvert.waypoint.exchange.RequestHead;
import java.util.Set;

/// Which requests a limit is about. Immutable.
///
/// @param methods none for all
/// @param pathPrefix of whole segments, without a slash at its end
/// @param header that must be there; empty for none
/// @param headerValue that it must have; empty for any
record RequestCondition(Set<String> methods, String pathPrefix, String header, String headerValue) {

    static RequestCondition compile(RequestMatch match) {
        String prefix = match.getPathPrefix();
        return new RequestCondition(
                Set.copyOf(match.getMethodsList()),
                prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix,
                match.getHeader(),
                match.getHeaderValue());
    }

    boolean holds(RequestHead head) {
        return (methods.isEmpty() || methods.contains(head.method())) && pathHolds(head.path()) && headerHolds(head);
    }

    private boolean pathHolds(String path) {
        return path.startsWith(pathPrefix)
                && (path.length() == pathPrefix.length() || path.charAt(pathPrefix.length()) == '/');
    }

    private boolean headerHolds(RequestHead head) {
        return header.isEmpty()
                || (headerValue.isEmpty()
                        ? head.headers().contains(header)
                        : head.headers().containsValue(header, headerValue, false)
                                || head.headers().getAll(header).contains(headerValue));
    }
}

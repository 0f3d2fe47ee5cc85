package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.SessionPersistence;
import java.time.Duration;

/// How a client's requests stay with one endpoint (SessionPersistence of Gateway API). Immutable.
///
/// @param name of the cookie or of the header field
/// @param cookie whether it is a cookie; else a header field
/// @param absoluteTimeout zero for none
/// @param idleTimeout zero for none
/// @param permanent whether the cookie outlives the browser's session
public record SessionRule(
        String name, boolean cookie, Duration absoluteTimeout, Duration idleTimeout, boolean permanent) {

    static SessionRule compile(SessionPersistence session) {
        return new SessionRule(
                session.getName(),
                session.getType() != SessionPersistence.Type.HEADER,
                Durations.of(session.getAbsoluteTimeout()),
                Durations.of(session.getIdleTimeout()),
                session.getPermanent());
    }
}

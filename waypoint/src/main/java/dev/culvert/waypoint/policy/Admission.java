package dev.culvert.waypoint.policy;

import dev.culvert.waypoint.policy.external.HeaderChange;
import dev.culvert.waypoint.policy.jwt.Claims;
import java.util.List;

/// What was learnt of a request that may proceed.
///
/// Immutable.
///
/// @param requestPrincipal issuer, a slash and subject of its token; empty without a token
/// @param claims of its token
/// @param responseChanges to make to the fields of the response before it goes to the client
/// @param routeAgain whether an authorizer changed the request and wants a route chosen for what
///     it is now
public record Admission(
        String requestPrincipal, Claims claims, List<HeaderChange> responseChanges, boolean routeAgain) {
    /// Nothing in particular.
    public static final Admission PLAIN = new Admission("", Claims.NONE, List.of(), false);

    public Admission {
        responseChanges = List.copyOf(responseChanges);
    }
}

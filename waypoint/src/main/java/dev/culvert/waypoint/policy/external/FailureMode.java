package dev.culvert.waypoint.policy.external;

import dev.culvert.waypoint.exchange.LocalReply;

/// What happens to a request whose authorizer gives no usable answer.
///
/// Immutable.
///
/// @param failOpen whether the request proceeds
/// @param status that the client gets otherwise
record FailureMode(boolean failOpen, int status) {
    static final int DEFAULT_STATUS = 403;

    CheckResult.Failed failed(String why) {
        return new CheckResult.Failed(why, failOpen, LocalReply.text(status, "", "UAEX", "ext_authz_error"));
    }
}

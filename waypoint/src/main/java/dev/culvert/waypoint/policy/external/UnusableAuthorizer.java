package dev.culvert.waypoint.policy.external;

import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.LocalReply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// An authorizer that cannot be asked, so that what it should judge is denied, even if it was to
/// fail open.
///
/// Immutable.
///
/// @param why for the log
public record UnusableAuthorizer(String why) implements Authorizer {
    private static final LocalReply DENIAL =
            LocalReply.text(403, "RBAC: access denied", "UAEX", "ext_authz_provider_unusable");

    @Override
    public int bodyBytes() {
        return 0;
    }

    @Override
    public boolean partialBody() {
        return true;
    }

    @Override
    public CompletionStage<CheckResult> check(CheckSubject subject, InternalCalls calls) {
        return denied();
    }

    @Override
    public CompletionStage<CheckResult> checkConnection(CheckSubject.Connection subject, InternalCalls calls) {
        return denied();
    }

    private CompletionStage<CheckResult> denied() {
        return CompletableFuture.completedFuture(new CheckResult.Failed(why, false, DENIAL));
    }
}

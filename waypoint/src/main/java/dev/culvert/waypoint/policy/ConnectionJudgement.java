package dev.culvert.waypoint.policy;

import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.policy.external.Authorizer;
import dev.culvert.waypoint.policy.external.CheckResult;
import dev.culvert.waypoint.policy.external.CheckSubject;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A connection without HTTP on its way.
///
/// Confined to the loop of its exchange.
final class ConnectionJudgement extends Judgement {
    private final Client client;
    private final String serverName;

    ConnectionJudgement(
            PolicyEnvironment environment, PolicyRuntime runtime, Rulebook rulebook, Client client, String serverName) {
        super(environment, runtime, rulebook);
        this.client = client;
        this.serverName = serverName;
    }

    @Override
    Facts facts() {
        return Facts.ofConnection(environment, client, serverName);
    }

    @Override
    @Nullable
    PolicyStep wantsBody(Authorizer authorizer) {
        return null;
    }

    @Override
    CompletionStage<CheckResult> ask(Authorizer authorizer) {
        return authorizer.checkConnection(new CheckSubject.Connection(client, serverName), runtime.calls());
    }

    @Override
    void change(CheckResult.Allowed allowed) {
        // There is nothing in a stream of bytes that an authorizer could change.
    }

    @Override
    PolicyStep afterAuthorizers() {
        LocalReply refusal = RoleJudge.judge(rulebook, facts(), runtime.observer());
        return refusal == null ? new PolicyStep.Continue(Admission.PLAIN) : new PolicyStep.Refuse(refusal);
    }
}

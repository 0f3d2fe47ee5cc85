package dev.culvert.waypoint.policy;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.policy.external.Authorizer;
import dev.culvert.waypoint.policy.external.CheckResult;
import dev.culvert.waypoint.policy.external.HeaderChange;
import dev.culvert.waypoint.policy.external.UnusableAuthorizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One request or connection on its way through authorizers, tokens and rules.
///
/// Confined to the loop of its exchange. Each authorizer sees the request as those before it
/// left it.
abstract class Judgement {
    private static final Logger LOG = LoggerFactory.getLogger(Judgement.class);
    private static final Authorizer NO_SUCH_PROVIDER = new UnusableAuthorizer("there is no provider of this name");

    final PolicyEnvironment environment;
    final PolicyRuntime runtime;
    final Rulebook rulebook;
    final List<HeaderChange> responseChanges = new ArrayList<>(0);
    boolean routeAgain;
    private final Deque<Map.Entry<String, List<CompiledPolicy>>> toAsk;
    /// Whether the first of `toAsk` was found to be wanted already, before the body was waited
    /// for.
    private boolean firstIsWanted;

    Judgement(PolicyEnvironment environment, PolicyRuntime runtime, Rulebook rulebook) {
        this.environment = environment;
        this.runtime = runtime;
        this.rulebook = rulebook;
        this.toAsk = new ArrayDeque<>(rulebook.customs().entrySet());
    }

    /// What is known now, before the token is looked at.
    abstract Facts facts();

    /// The wish to see the body first; null when there is none, or it is there.
    abstract @Nullable PolicyStep wantsBody(Authorizer authorizer);

    abstract CompletionStage<CheckResult> ask(Authorizer authorizer);

    abstract void change(CheckResult.Allowed allowed);

    /// What follows once no authorizer objects.
    abstract PolicyStep afterAuthorizers();

    /// Goes on with the next authorizer that some policy wants asked.
    final PolicyStep proceed() {
        while (!toAsk.isEmpty()) {
            Map.Entry<String, List<CompiledPolicy>> next = toAsk.getFirst();
            if (!firstIsWanted && !isWanted(next.getValue())) {
                toAsk.removeFirst();
                continue;
            }
            firstIsWanted = true;
            Authorizer authorizer = environment.authorizers().getOrDefault(next.getKey(), NO_SUCH_PROVIDER);
            PolicyStep body = wantsBody(authorizer);
            if (body != null) {
                return body;
            }
            toAsk.removeFirst();
            firstIsWanted = false;
            CompletableFuture<CheckResult> answer = ask(authorizer).toCompletableFuture();
            if (!answer.isDone()) {
                return new PolicyStep.Pending(answer.thenApply(result -> answered(next.getKey(), result))
                        .exceptionally(Judgement::broken));
            }
            LocalReply refusal = refusal(next.getKey(), answer.join());
            if (refusal != null) {
                return new PolicyStep.Refuse(refusal);
            }
        }
        return afterAuthorizers();
    }

    private PolicyStep answered(String provider, CheckResult result) {
        LocalReply refusal = refusal(provider, result);
        return refusal == null ? proceed() : new PolicyStep.Refuse(refusal);
    }

    /// A mistake of ours must not leave a request waiting, nor let it pass.
    private static PolicyStep broken(Throwable mistake) {
        LOG.atError().setCause(mistake).log("a request could not be judged");
        return new PolicyStep.Refuse(LocalReply.text(500, "", "-", "policy_could_not_be_judged"));
    }

    private boolean isWanted(List<CompiledPolicy> policies) {
        Facts facts = facts();
        boolean wanted = false;
        for (CompiledPolicy policy : policies) {
            int rule = policy.match(facts);
            if (policy.dryRun()) {
                RoleJudge.watch(policy, rule, runtime.observer());
            } else if (rule != CompiledPolicy.NO_RULE) {
                wanted = true;
            }
        }
        return wanted;
    }

    private @Nullable LocalReply refusal(String provider, CheckResult result) {
        return switch (result) {
            case CheckResult.Allowed allowed -> {
                change(allowed);
                responseChanges.addAll(allowed.responseChanges());
                routeAgain |= allowed.routeAgain();
                yield null;
            }
            case CheckResult.Denied(LocalReply reply) -> reply;
            case CheckResult.Failed(String why, boolean admitted, LocalReply reply) -> {
                runtime.observer().authorizerFailed(provider, why, admitted);
                yield admitted ? null : reply;
            }
        };
    }

    /// The beginning of a body.
    record Body(Bytes beginning, boolean whole) {}
}

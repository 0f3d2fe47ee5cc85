package dev.culvert.waypoint.policy;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.policy.external.Authorizer;
import dev.culvert.waypoint.policy.external.CheckResult;
import dev.culvert.waypoint.policy.external.CheckSubject;
import dev.culvert.waypoint.policy.external.HeaderChange;
import dev.culvert.waypoint.policy.jwt.Claims;
import dev.culvert.waypoint.policy.jwt.TokenAuthenticator;
import dev.culvert.waypoint.policy.jwt.TokenResult;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A request on its way.
///
/// Confined to the loop of its exchange.
final class RequestJudgement extends Judgement {
    private static final LocalReply TOO_LARGE =
            LocalReply.text(413, "Payload Too Large", "UAEX", "request_payload_too_large_for_ext_authz");

    private final PolicyRequest request;
    private final TokenAuthenticator tokens;
    private @Nullable Body body;

    RequestJudgement(
            PolicyEnvironment environment,
            PolicyRuntime runtime,
            Rulebook rulebook,
            TokenAuthenticator tokens,
            PolicyRequest request) {
        super(environment, runtime, rulebook);
        this.request = request;
        this.tokens = tokens;
    }

    @Override
    Facts facts() {
        return Facts.ofRequest(environment, request.client(), request.head(), Claims.NONE);
    }

    @Override
    @Nullable
    PolicyStep wantsBody(Authorizer authorizer) {
        if (authorizer.bodyBytes() == 0) {
            return null;
        }
        if (body == null) {
            return new PolicyStep.NeedsBody(mostBytes(), this::withBody);
        }
        return isTooLarge(body, authorizer) && !authorizer.partialBody() ? new PolicyStep.Refuse(TOO_LARGE) : null;
    }

    private PolicyStep withBody(Bytes beginning, boolean whole) {
        body = new Body(beginning, whole);
        return proceed();
    }

    /// One gathering has to do for all authorizers that may still be asked.
    private int mostBytes() {
        return rulebook.customs().keySet().stream()
                .map(environment.authorizers()::get)
                .filter(Objects::nonNull)
                .mapToInt(Authorizer::bodyBytes)
                .max()
                .orElse(0);
    }

    private static boolean isTooLarge(Body body, Authorizer authorizer) {
        return !body.whole() || body.beginning().length() > authorizer.bodyBytes();
    }

    @Override
    CompletionStage<CheckResult> ask(Authorizer authorizer) {
        Bytes shown = Bytes.EMPTY;
        boolean whole = false;
        if (body != null && authorizer.bodyBytes() > 0) {
            whole = !isTooLarge(body, authorizer);
            shown = whole ? body.beginning() : firstBytes(body.beginning(), authorizer.bodyBytes());
        }
        CheckSubject subject = new CheckSubject(
                request.client(),
                request.head(),
                request.protocol(),
                shown,
                whole,
                runtime.clock().instant());
        return authorizer.check(subject, runtime.calls());
    }

    private static Bytes firstBytes(Bytes bytes, int count) {
        return bytes.length() <= count ? bytes : Bytes.of(Arrays.copyOf(bytes.toArray(), count));
    }

    @Override
    void change(CheckResult.Allowed allowed) {
        for (HeaderChange change : allowed.requestChanges()) {
            change.applyTo(request.head().headers());
        }
        request.head().target(allowed.query().applyTo(request.head().target()));
    }

    @Override
    PolicyStep afterAuthorizers() {
        TokenResult result = tokens.authenticate(
                request.head(), runtime.tokens(), runtime.clock().instant());
        return switch (result) {
            case TokenResult.Absent _ -> byRules(Claims.NONE);
            case TokenResult.Verified(Claims claims) -> byRules(claims);
            case TokenResult.Refused(String why, LocalReply reply) -> {
                runtime.observer().tokenRefused(why);
                yield new PolicyStep.Refuse(reply);
            }
        };
    }

    private PolicyStep byRules(Claims claims) {
        Facts facts = Facts.ofRequest(environment, request.client(), request.head(), claims);
        LocalReply refusal = RoleJudge.judge(rulebook, facts, runtime.observer());
        if (refusal != null) {
            return new PolicyStep.Refuse(refusal);
        }
        String issuer = claims.text("iss");
        String principal = issuer.isEmpty() ? "" : issuer + "/" + claims.text("sub");
        return new PolicyStep.Continue(new Admission(principal, claims, responseChanges, routeAgain));
    }
}

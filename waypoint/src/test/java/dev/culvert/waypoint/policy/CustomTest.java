package dev.culvert.waypoint.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/// CUSTOM: who is asked, when, with which body, and what becomes of the answer.
final class CustomTest {
    private static final String PROVIDERS = "trust_domain: 'cluster.local'"
            + " authorizers { name: 'ext' cluster: 'auth/auth.auth.svc.cluster.local' port: 9000"
            + " headers_to_upstream_on_allow: 'x-user' headers_to_downstream_on_allow: 'x-note' clear_route_cache: true }"
            + " authorizers { name: 'second' cluster: 'auth/second' port: 9000 }"
            + " authorizers { name: 'open' cluster: 'auth/open' port: 9000 fail_open: true }"
            + " authorizers { name: 'curious' cluster: 'auth/curious' port: 9000 with_request_body: true"
            + " max_request_bytes: 4 }"
            + " authorizers { name: 'modest' cluster: 'auth/modest' port: 9000 with_request_body: true"
            + " max_request_bytes: 3 allow_partial_message: true }"
            + " authorizers { name: 'broken' invalid: 'no such service' fail_open: true }";

    private final Answers answers = new Answers();

    private Ask ask(String target) {
        return Ask.get(target).at(PROVIDERS).calling(answers);
    }

    private static String custom(String provider) {
        return "authorization { namespace: 'a' name: '" + provider + "' action: CUSTOM provider: '" + provider
                + "' rules { to { paths: '/checked*' } } }";
    }

    @Test
    void whatNoRuleMatchesIsNotAskedAbout() {
        assertThat(ask("/free").isAllowedUnder(custom("ext"))).isTrue();
        assertThat(answers.asked).isEmpty();
    }

    @Test
    void aYesLetsPassAndChangesTheRequest() {
        answers.next(200, Map.of("x-user", "ann", "x-note", "hello", "x-other", "no"));
        Ask ask = ask("/checked").header("x-user", "mallory").header("x-user", "eve");
        Admission admission = Ask.admission(ask.under(custom("ext")));
        assertThat(ask.head().headers().getAll("x-user")).containsExactly("ann");
        assertThat(ask.head().headers().contains("x-other")).isFalse();
        assertThat(admission.responseChanges()).hasSize(1);
        assertThat(admission.routeAgain()).isTrue();
        assertThat(answers.asked).containsExactly("GET /checked to auth/auth.auth.svc.cluster.local:9000 ''");
    }

    @Test
    void rulesAreJudgedAfterTheChange() {
        answers.next(200, Map.of("x-user", "ann"));
        String allow = Ask.policy("ALLOW", "when { key: 'request.headers[x-user]' values: 'ann' }");
        assertThat(ask("/checked").isAllowedUnder(custom("ext") + allow)).isTrue();
        answers.next(200, Map.of("x-user", "bob"));
        assertThat(ask("/checked").isAllowedUnder(custom("ext") + allow)).isFalse();
    }

    @Test
    void aNoIsTheAuthorizersOwn() {
        answers.next(302, Map.of("location", "/login"));
        var reply = ask("/checked").refusalUnder(custom("ext"));
        assertThat(reply.status()).isEqualTo(302);
        assertThat(reply.fields()).contains(Map.entry("location", "/login"));
        assertThat(reply.details()).isEqualTo("ext_authz_denied");
        assertThat(reply.flag()).isEqualTo("UAEX");
    }

    @Test
    void severalAuthorizersAreAskedInTurn() {
        answers.next(200, Map.of());
        answers.next(403, Map.of());
        assertThat(ask("/checked").isAllowedUnder(custom("ext") + custom("second")))
                .isFalse();
        assertThat(answers.asked).hasSize(2);
    }

    @Test
    void anAnswerMayTakeItsTime() {
        CompletableFuture<InternalCalls.Reply> first = answers.later();
        CompletableFuture<InternalCalls.Reply> second = answers.later();
        PolicyStep step = ask("/checked").under(custom("ext") + custom("second"));
        assertThat(step).isInstanceOf(PolicyStep.Pending.class);
        first.complete(Answers.reply(200, Map.of()));
        PolicyStep then = next(step);
        assertThat(then).isInstanceOf(PolicyStep.Pending.class);
        second.complete(Answers.reply(200, Map.of()));
        assertThat(next(then)).isInstanceOf(PolicyStep.Continue.class);
    }

    @Test
    void nothingThatFailsLaterLeavesARequestWaitingOrLetsItPass() {
        CompletableFuture<InternalCalls.Reply> answer = answers.later();
        PolicyStep step = ask("/checked").under(custom("ext"));
        answer.completeExceptionally(new IllegalStateException("reset"));
        assertThat(Ask.refusal(next(step)).details()).isEqualTo("ext_authz_error");
    }

    @Test
    void failuresRefuseUnlessTheProviderIsOpen() {
        answers.failing("timeout after 1 s");
        Ask closed = ask("/checked");
        var reply = closed.refusalUnder(custom("ext"));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.details()).isEqualTo("ext_authz_error");
        assertThat(closed.observed).containsExactly("ext failed: timeout after 1 s");

        answers.failing("reset");
        Ask open = ask("/checked");
        assertThat(open.isAllowedUnder(custom("open"))).isTrue();
        assertThat(open.observed).containsExactly("open failed, admitted: reset");
    }

    @Test
    void anErrorOfTheAuthorizerIsAFailureToo() {
        answers.next(503, Map.of());
        assertThat(ask("/checked").isAllowedUnder(custom("ext"))).isFalse();
        answers.next(503, Map.of());
        assertThat(ask("/checked").isAllowedUnder(custom("open"))).isTrue();
    }

    @Test
    void providersThatAreMissingOrInvalidRefuseEvenIfOpen() {
        assertThat(ask("/checked").isAllowedUnder(custom("nobody"))).isFalse();
        assertThat(ask("/checked").isAllowedUnder(custom("broken"))).isFalse();
        assertThat(ask("/free").isAllowedUnder(custom("broken"))).isTrue();
        assertThat(answers.asked).isEmpty();
    }

    @Test
    void bodiesAreGatheredOnceForAllWhoWantThem() {
        answers.next(200, Map.of());
        answers.next(200, Map.of());
        PolicyStep step = ask("/checked").under(custom("modest") + custom("curious"));
        assertThat(step).isInstanceOf(PolicyStep.NeedsBody.class);
        var wish = (PolicyStep.NeedsBody) step;
        assertThat(wish.maxBytes()).isEqualTo(4);
        assertThat(wish.then().judge(Bytes.of("four"), true)).isInstanceOf(PolicyStep.Continue.class);
        assertThat(answers.asked)
                .containsExactly("GET /checked to auth/modest:9000 'fou'", "GET /checked to auth/curious:9000 'four'");
        assertThat(answers.heads.getFirst().headers().get("x-envoy-auth-partial-body"))
                .isEqualTo("true");
        assertThat(answers.heads.getLast().headers().get("x-envoy-auth-partial-body"))
                .isEqualTo("false");
        assertThat(answers.heads.getLast().headers().get("content-length")).isEqualTo("4");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedUnlessItsBeginningWillDo() {
        var strict = (PolicyStep.NeedsBody) ask("/checked").under(custom("curious"));
        assertThat(Ask.refusal(strict.then().judge(Bytes.of("four"), false)).status())
                .isEqualTo(413);
        answers.next(200, Map.of());
        var lenient = (PolicyStep.NeedsBody) ask("/checked").under(custom("modest"));
        assertThat(lenient.then().judge(Bytes.of("thr"), false)).isInstanceOf(PolicyStep.Continue.class);
    }

    @Test
    void whatATokenSaysIsNotKnownYetSoTheAuthorizerIsAsked() {
        answers.next(403, Map.of());
        String policy = "authorization { name: 'p' action: CUSTOM provider: 'ext' rules {"
                + " from { request_principals: 'iss/ann' } } }";
        assertThat(ask("/free").isAllowedUnder(policy)).isFalse();
        assertThat(answers.asked).hasSize(1);
    }

    @Test
    void onTrialNobodyIsAsked() {
        Ask ask = ask("/checked");
        assertThat(ask.isAllowedUnder(custom("ext").replace("action: CUSTOM", "action: CUSTOM dry_run: true")))
                .isTrue();
        assertThat(answers.asked).isEmpty();
        assertThat(ask.observed).containsExactly("dry run CUSTOM ns[a]-policy[ext]-rule[0] matched");
    }

    @Test
    void anAuthorizerOfHttpCannotAdmitConnections() {
        String all = custom("open").replace("to { paths: '/checked*' }", "");
        assertThat(ask("/").connectionUnder(all, "")).isInstanceOf(PolicyStep.Refuse.class);
        assertThat(answers.asked).isEmpty();
    }

    private static PolicyStep next(PolicyStep step) {
        return ((PolicyStep.Pending) step).next().toCompletableFuture().join();
    }

    /// Answers calls in the order in which they were prepared.
    private static final class Answers implements InternalCalls {
        final List<String> asked = new ArrayList<>();
        final List<RequestHead> heads = new ArrayList<>();
        private final List<CompletableFuture<Reply>> prepared = new ArrayList<>();

        void next(int status, Map<String, String> fields) {
            prepared.add(CompletableFuture.completedFuture(reply(status, fields)));
        }

        void failing(String why) {
            prepared.add(CompletableFuture.failedFuture(new IllegalStateException(why)));
        }

        CompletableFuture<Reply> later() {
            CompletableFuture<Reply> answer = new CompletableFuture<>();
            prepared.add(answer);
            return answer;
        }

        static Reply reply(int status, Map<String, String> fields) {
            HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
            fields.forEach(headers::set);
            return new Reply(
                    new ResponseHead(status, headers),
                    Bytes.EMPTY,
                    DefaultHttpHeadersFactory.headersFactory().newHeaders());
        }

        @Override
        public CompletionStage<Reply> call(Request request) {
            RequestHead head = request.head();
            Target to = request.to();
            asked.add(head.method() + " " + head.target() + " to " + to.cluster() + ":" + to.port() + " '"
                    + Bytes.of(request.body()).toText() + "'");
            heads.add(head);
            request.body().release();
            return prepared.removeFirst();
        }
    }
}

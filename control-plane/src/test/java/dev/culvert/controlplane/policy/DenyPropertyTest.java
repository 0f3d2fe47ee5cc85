package dev.culvert.controlplane.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.authorization.Authorization;
import dev.culvert.api.authorization.Clause;
import dev.culvert.api.authorization.Match;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.AuthorizationPolicy.Operation;
import dev.culvert.kube.resource.AuthorizationPolicy.Rule;
import dev.culvert.kube.resource.AuthorizationPolicy.Source;
import dev.culvert.kube.resource.AuthorizationPolicy.Values;
import dev.culvert.kube.resource.AuthorizationPolicy.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random policies against random requests: what the full rule denies, its L4 form denies; what its L4 form
/// allows, the full rule allows. Both are judged here by the plainest reading, which shares nothing with the
/// translation.
final class DenyPropertyTest {
    private record Request(String namespace, int port, String method) {}

    private final Random random = new Random(42);

    @Test
    void theL4FormIsNeverLaxerThanThePolicy() {
        AuthorizationBuilder builder = new AuthorizationBuilder("istio-system", false);
        int denied = 0;
        for (int i = 0; i < 4_000; i++) {
            boolean deny = random.nextBoolean();
            AuthorizationPolicy policy = policy(deny);
            Authorization sent = Objects.requireNonNull(builder.build(policy).authorization());
            Request request = new Request(pick("a", "b"), random.nextBoolean() ? 80 : 81, pick("GET", "POST"));
            boolean full = policy.rules().stream().anyMatch(rule -> matches(rule, request));
            boolean l4 = sent.getRulesList().stream()
                    .anyMatch(rule -> rule.getClausesList().stream().allMatch(clause -> matches(clause, request)));
            if (deny && full) {
                denied++;
                assertThat(l4)
                        .as("%s must stay denied by %s for %s", request, sent, policy)
                        .isTrue();
            }
            if (!deny && l4) {
                assertThat(full)
                        .as("%s must not be allowed by %s for %s", request, sent, policy)
                        .isTrue();
            }
        }
        assertThat(denied).isGreaterThan(200);
    }

    private AuthorizationPolicy policy(boolean deny) {
        AuthorizationPolicy base = AuthorizationBuilderTest.policy("spec: {action: " + (deny ? "DENY" : "ALLOW") + "}");
        List<Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            rules.add(rule());
        }
        return new AuthorizationPolicy(
                base.metadata(), base.selector(), List.of(), base.action(), "", rules, List.of());
    }

    private Rule rule() {
        List<Source> from = new ArrayList<>();
        List<Operation> to = new ArrayList<>();
        List<When> when = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Values any = Values.ANY;
            from.add(new Source(any, any, atLeastOne("a", "b"), any, any, any, any));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            Values ports = values("80", "81");
            Values methods = ports.any() ? atLeastOne("GET", "POST") : values("GET", "POST");
            to.add(new Operation(Values.ANY, ports, methods, Values.ANY));
        }
        for (int i = random.nextInt(2); i > 0; i--) {
            when.add(
                    random.nextBoolean()
                            ? new When("destination.port", atLeastOne("80", "81"))
                            : new When("request.method", atLeastOne("GET", "POST")));
        }
        return new Rule(from, to, when);
    }

    private Values values(String one, String other) {
        return switch (random.nextInt(4)) {
            case 0 -> Values.ANY;
            case 1 -> new Values(List.of(pick(one, other)), List.of());
            case 2 -> new Values(List.of(), List.of(pick(one, other)));
            default -> new Values(List.of(one), List.of(other));
        };
    }

    private Values atLeastOne(String one, String other) {
        Values values = values(one, other);
        return values.any() ? new Values(List.of(one), List.of()) : values;
    }

    private String pick(String one, String other) {
        return random.nextBoolean() ? one : other;
    }

    private static boolean matches(Rule rule, Request request) {
        String port = String.valueOf(request.port);
        return (rule.from().isEmpty()
                        || rule.from().stream().anyMatch(source -> holds(source.namespaces(), request.namespace)))
                && (rule.to().isEmpty()
                        || rule.to().stream()
                                .anyMatch(to -> holds(to.ports(), port) && holds(to.methods(), request.method)))
                && rule.when().stream()
                        .allMatch(when ->
                                holds(when.values(), when.key().equals("request.method") ? request.method : port));
    }

    private static boolean holds(Values values, String actual) {
        return (values.in().isEmpty() || values.in().contains(actual))
                && !values.notIn().contains(actual);
    }

    /// As node proxies judge: an empty match never holds.
    private static boolean matches(Clause clause, Request request) {
        return clause.getMatchesList().isEmpty()
                || clause.getMatchesList().stream().anyMatch(match -> matches(match, request));
    }

    private static boolean matches(Match match, Request request) {
        boolean namespace = match.getNamespacesCount() == 0
                || match.getNamespacesList().stream().anyMatch(m -> m.getExact().equals(request.namespace));
        boolean notNamespace = match.getNotNamespacesList().stream()
                .noneMatch(m -> m.getExact().equals(request.namespace));
        boolean port = match.getDestinationPortsCount() == 0
                || match.getDestinationPortsList().contains(request.port);
        boolean notPort = !match.getNotDestinationPortsList().contains(request.port);
        boolean empty = match.equals(Match.getDefaultInstance());
        return !empty && namespace && notNamespace && port && notPort;
    }
}

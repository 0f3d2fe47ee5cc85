package dev.culvert.mesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.mesh.authz.Authorization.Action;
import dev.culvert.mesh.authz.Authorization.Attribute;
import dev.culvert.mesh.authz.Authorization.Clause;
import dev.culvert.mesh.authz.Authorization.Condition;
import dev.culvert.mesh.authz.Authorization.Match;
import dev.culvert.mesh.authz.Authorization.Rule;
import dev.culvert.mesh.authz.Authorization.Scope;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.model.PolicyKey;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class L4AuthorizerTest {
    private static final InetAddress ADDRESS = CidrBlock.parseAddress("10.0.0.1");
    private static final ConnectionFacts FACTS =
            new ConnectionFacts(new SpiffeId("td", "app", "web"), ADDRESS, ADDRESS, 80);

    /// A policy is written as action (a, d), whether it matches (+, -), and `?` when on trial.
    @ParameterizedTest(name = "[{0}] -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            ''          | allowed
            d-          | allowed
            d+          | explicitly denied by: ns/p0
            a+          | allowed
            a-          | allow policies exist, but none allowed this connection
            a- a-       | allow policies exist, but none allowed this connection
            a- a+       | allowed
            a+ a-       | allowed
            a+ d+       | explicitly denied by: ns/p1
            d+ a+       | explicitly denied by: ns/p0
            a+ d-       | allowed
            a- d-       | allow policies exist, but none allowed this connection
            a- d+       | explicitly denied by: ns/p1
            d- d+       | explicitly denied by: ns/p1
            d+ d+       | explicitly denied by: ns/p0
            d+?         | allowed
            a-?         | allowed
            a+?         | allowed
            a-? a-      | allow policies exist, but none allowed this connection
            a+? a-      | allow policies exist, but none allowed this connection
            d+? a+      | allowed
            d+? d+      | explicitly denied by: ns/p1
            d-? d-      | allowed
            """)
    void deniesThenAllowsThenDefaults(String policies, String expected) {
        Verdict verdict = L4Authorizer.judge(parse(policies), FACTS);
        String said = switch (verdict) {
            case Verdict.Allow() -> "allowed";
            case Verdict.Deny deny -> deny.reason();
        };
        assertThat(said).isEqualTo(expected);
    }

    @Test
    void tellsWhatPoliciesOnTrialWouldHaveSaid() {
        assertThat(L4Authorizer.rehearse(parse("d+? a+ a-? d-"), FACTS))
                .containsExactly(
                        new L4Authorizer.DryRun(new PolicyKey("ns", "p0"), Action.DENY, true),
                        new L4Authorizer.DryRun(new PolicyKey("ns", "p2"), Action.ALLOW, false));
        assertThat(L4Authorizer.rehearse(parse("d+ a+"), FACTS)).isEmpty();
    }

    /// Random policies and connections over a small alphabet, judged by us and by the plainest reading of the rules.
    @Test
    void agreesWithThePlainestReading() {
        Random random = new Random(20_260_101);
        for (int i = 0; i < 20_000; i++) {
            List<Authorization> policies = new ArrayList<>();
            for (int count = random.nextInt(4); count > 0; count--) {
                policies.add(randomPolicy(random, count));
            }
            ConnectionFacts facts = randomFacts(random);
            boolean allowed = L4Authorizer.judge(policies, facts) instanceof Verdict.Allow;
            assertThat(allowed).as("%s on %s", policies, facts).isEqualTo(plainlyAllowed(policies, facts));
        }
    }

    private static boolean plainlyAllowed(List<Authorization> policies, ConnectionFacts facts) {
        List<Authorization> enforced =
                policies.stream().filter(p -> !p.dryRun()).toList();
        List<Authorization> denies =
                enforced.stream().filter(p -> p.action() == Action.DENY).toList();
        List<Authorization> allows =
                enforced.stream().filter(p -> p.action() == Action.ALLOW).toList();
        if (denies.stream().anyMatch(p -> plainlyMatches(p, facts))) {
            return false;
        }
        return allows.isEmpty() || allows.stream().anyMatch(p -> plainlyMatches(p, facts));
    }

    private static boolean plainlyMatches(Authorization policy, ConnectionFacts facts) {
        return policy.rules().stream()
                .anyMatch(rule -> rule.clauses().stream()
                        .allMatch(clause -> clause.matches().isEmpty()
                                || clause.matches().stream()
                                        .anyMatch(match -> !match.conditions().isEmpty()
                                                && match.conditions().stream().allMatch(c -> holds(c, facts)))));
    }

    private static boolean holds(Condition condition, ConnectionFacts facts) {
        boolean positive = condition.any().isEmpty() || condition.any().stream().anyMatch(m -> hits(m, facts));
        boolean negative = condition.none().stream().anyMatch(m -> hits(m, facts));
        return positive && !negative;
    }

    private static boolean hits(Matcher matcher, ConnectionFacts facts) {
        SpiffeId peer = facts.peer();
        return switch (matcher) {
            case Matcher.Namespace(StringMatch value) -> text(value, peer == null ? "" : peer.namespace());
            case Matcher.Principal(StringMatch value) ->
                peer != null && text(value, peer.toString().replace("spiffe://", ""));
            case Matcher.ServiceAccount(String namespace, String account) ->
                peer != null && (namespace + "/" + account).equals(peer.namespace() + "/" + peer.serviceAccount());
            case Matcher.SourceIp(CidrBlock range) -> bits(facts.source()).startsWith(prefix(range));
            case Matcher.DestinationIp(CidrBlock range) ->
                bits(facts.destination()).startsWith(prefix(range));
            case Matcher.DestinationPort(int port) -> facts.destinationPort() == port;
        };
    }

    private static boolean text(StringMatch match, String text) {
        return switch (match) {
            case StringMatch.Exact(String value) -> value.equals(text);
            case StringMatch.Prefix(String value) -> text.indexOf(value) == 0;
            case StringMatch.Suffix(String value) ->
                text.lastIndexOf(value) + value.length() == text.length() && text.contains(value);
            case StringMatch.Presence() -> text.length() > 0;
        };
    }

    /// The family, then each bit.
    private static String bits(InetAddress address) {
        StringBuilder bits = new StringBuilder(address.getAddress().length + ":");
        for (byte part : address.getAddress()) {
            bits.append(
                    String.format("%8s", Integer.toBinaryString(part & 0xff)).replace(' ', '0'));
        }
        return bits.toString();
    }

    private static String prefix(CidrBlock range) {
        String bits = bits(range.address());
        return bits.substring(0, bits.indexOf(':') + 1 + range.prefixLength());
    }

    private static Authorization randomPolicy(Random random, int number) {
        List<Rule> rules = new ArrayList<>();
        for (int r = random.nextInt(3); r > 0; r--) {
            List<Clause> clauses = new ArrayList<>();
            for (int c = random.nextInt(3); c > 0; c--) {
                List<Match> matches = new ArrayList<>();
                for (int m = random.nextInt(3); m > 0; m--) {
                    matches.add(randomMatch(random));
                }
                clauses.add(new Clause(matches));
            }
            rules.add(new Rule(clauses));
        }
        Action action = random.nextBoolean() ? Action.ALLOW : Action.DENY;
        return new Authorization(
                new PolicyKey("ns", "p" + number), Scope.GLOBAL, action, rules, random.nextInt(6) == 0);
    }

    private static Match randomMatch(Random random) {
        List<Condition> conditions = new ArrayList<>();
        for (Attribute attribute : Attribute.values()) {
            if (random.nextInt(3) == 0) {
                List<Matcher> any = randomMatchers(random, attribute);
                List<Matcher> none = randomMatchers(random, attribute);
                if (!any.isEmpty() || !none.isEmpty()) {
                    conditions.add(new Condition(attribute, any, none));
                }
            }
        }
        return new Match(conditions);
    }

    private static List<Matcher> randomMatchers(Random random, Attribute attribute) {
        List<Matcher> matchers = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            matchers.add(
                    switch (attribute) {
                        case NAMESPACE -> new Matcher.Namespace(randomText(random, "a", "ab", "b"));
                        case PRINCIPAL -> new Matcher.Principal(randomText(random, "t/ns/a/sa/b", "t/ns/a", "b"));
                        case SOURCE_IP -> new Matcher.SourceIp(randomRange(random));
                        case DESTINATION_IP -> new Matcher.DestinationIp(randomRange(random));
                        case DESTINATION_PORT -> new Matcher.DestinationPort(random.nextInt(3));
                        case SERVICE_ACCOUNT -> new Matcher.ServiceAccount(pick(random, "a", "ab"), "b");
                    });
        }
        return matchers;
    }

    private static StringMatch randomText(Random random, String... values) {
        String value = random.nextInt(6) == 0 ? "" : pick(random, values);
        return switch (random.nextInt(4)) {
            case 0 -> new StringMatch.Exact(value);
            case 1 -> new StringMatch.Prefix(value);
            case 2 -> new StringMatch.Suffix(value);
            default -> new StringMatch.Presence();
        };
    }

    private static CidrBlock randomRange(Random random) {
        InetAddress address = randomAddress(random);
        return new CidrBlock(address, random.nextInt(CidrBlock.widestPrefix(address) + 1));
    }

    private static InetAddress randomAddress(Random random) {
        return CidrBlock.parseAddress(pick(random, "10.0.0.1", "10.0.0.2", "10.128.0.1", "fd00::1", "fd00::2"));
    }

    private static ConnectionFacts randomFacts(Random random) {
        @Nullable
        SpiffeId peer =
                random.nextInt(4) == 0 ? null : new SpiffeId("t", pick(random, "a", "ab"), pick(random, "a", "b"));
        return new ConnectionFacts(peer, randomAddress(random), randomAddress(random), random.nextInt(3));
    }

    private static String pick(Random random, String... values) {
        return values[random.nextInt(values.length)];
    }

    private static List<Authorization> parse(String text) {
        List<Authorization> policies = new ArrayList<>();
        for (String word : text.isEmpty() ? List.<String>of() : List.of(text.split(" ", -1))) {
            int port = word.charAt(1) == '+' ? 80 : 81;
            Condition condition =
                    new Condition(Attribute.DESTINATION_PORT, List.of(new Matcher.DestinationPort(port)), List.of());
            policies.add(new Authorization(
                    new PolicyKey("ns", "p" + policies.size()),
                    Scope.GLOBAL,
                    word.charAt(0) == 'a' ? Action.ALLOW : Action.DENY,
                    List.of(new Rule(List.of(new Clause(List.of(new Match(List.of(condition))))))),
                    word.endsWith("?")));
        }
        return policies;
    }
}

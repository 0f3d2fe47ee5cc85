package dev.culvert.waypoint.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.AuthorizationPolicy;
import dev.culvert.api.waypoint.AuthorizationPolicy.Action;
import dev.culvert.api.waypoint.AuthorizationPolicy.Condition;
import dev.culvert.api.waypoint.AuthorizationPolicy.Operation;
import dev.culvert.api.waypoint.AuthorizationPolicy.Rule;
import dev.culvert.api.waypoint.AuthorizationPolicy.Source;
import dev.culvert.api.waypoint.Policies;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Compiled policies against a model of them that is as slow and plain as can be: it walks the
/// messages, and makes
/// regular expressions of the values.
final class PolicyModelTest {
    private static final List<String> NAMESPACES = List.of("a", "ab", "b");
    private static final List<String> METHODS = List.of("GET", "PUT", "POST");
    private static final List<String> PATHS = List.of("/", "/a", "/a/b", "/ab", "/b/a/b");
    private static final List<String> ROLES = List.of("", "x", "xy", "y");
    private static final List<String> PATTERNS = List.of(
            "*", "a", "a*", "*b", "x", "x*", "*y", "GET", "P*", "*T", "/a", "/a*", "*/b", "/*", "/a/{*}", "/{**}/b");

    private final Random random = new Random(4);

    /// A request of the model.
    private record Asked(String namespace, String account, String method, String path, int port, String role) {}

    @Test
    void agreesOnRandomPoliciesAndRequests() {
        int refused = 0;
        int rounds = 10_000;
        for (int i = 0; i < rounds; i++) {
            Policies policies = policies();
            PolicyEnvironment environment = Ask.get("/").environment();
            PolicySet compiled = PolicySet.compile(policies, environment);
            for (int j = 0; j < 5; j++) {
                Asked asked = asked();
                boolean expected = allows(policies, asked);
                refused += expected ? 0 : 1;
                assertThat(ask(asked).isAllowedBy(compiled))
                        .as("%s under %s", asked, policies)
                        .isEqualTo(expected);
            }
        }
        assertThat(refused).isBetween(rounds / 2, rounds * 9 / 2);
    }

    private static Ask ask(Asked asked) {
        Ask ask = Ask.with(asked.method(), asked.path())
                .as("spiffe://cluster.local/ns/" + asked.namespace() + "/sa/" + asked.account())
                .to("10.96.0.5", asked.port());
        return asked.role().isEmpty() ? ask : ask.header("x-role", asked.role());
    }

    private static boolean allows(Policies policies, Asked asked) {
        boolean anyAllow = false;
        boolean allowed = false;
        for (AuthorizationPolicy policy : policies.getAuthorizationList()) {
            boolean matches = policy.getRulesList().stream().anyMatch(rule -> matches(rule, asked));
            if (policy.getAction() == Action.DENY && matches) {
                return false;
            }
            anyAllow |= policy.getAction() == Action.ALLOW;
            allowed |= policy.getAction() == Action.ALLOW && matches;
        }
        return allowed || !anyAllow;
    }

    private static boolean matches(Rule rule, Asked asked) {
        return (rule.getFromCount() == 0 || rule.getFromList().stream().anyMatch(source -> matches(source, asked)))
                && (rule.getToCount() == 0
                        || rule.getToList().stream().anyMatch(operation -> matches(operation, asked)))
                && rule.getWhenList().stream()
                        .allMatch(condition ->
                                field(condition.getValuesList(), condition.getNotValuesList(), asked.role()));
    }

    private static boolean matches(Source source, Asked asked) {
        return field(source.getNamespacesList(), source.getNotNamespacesList(), asked.namespace())
                && field(
                        source.getServiceAccountsList(),
                        source.getNotServiceAccountsList(),
                        asked.namespace() + "/" + asked.account());
    }

    private static boolean matches(Operation operation, Asked asked) {
        return field(operation.getMethodsList(), operation.getNotMethodsList(), asked.method())
                && field(operation.getPathsList(), operation.getNotPathsList(), asked.path())
                && field(operation.getPortsList(), operation.getNotPortsList(), String.valueOf(asked.port()));
    }

    private static boolean field(List<String> values, List<String> notValues, String text) {
        return (values.isEmpty() || values.stream().anyMatch(value -> hits(value, text)))
                && notValues.stream().noneMatch(value -> hits(value, text));
    }

    private static boolean hits(String value, String text) {
        if (value.equals("*")) {
            return !text.isEmpty();
        }
        String pattern = value.contains("{")
                ? Pattern.quote(value).replace("{**}", "\\E.*\\Q").replace("{*}", "\\E[^/]+\\Q")
                : Pattern.quote(value).replace("*", "\\E.*\\Q");
        return !text.isEmpty() && Pattern.matches(pattern, text);
    }

    private Policies policies() {
        Policies.Builder policies = Policies.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            AuthorizationPolicy.Builder policy = AuthorizationPolicy.newBuilder()
                    .setName("p" + i)
                    .setAction(random.nextBoolean() ? Action.ALLOW : Action.DENY);
            for (int j = random.nextInt(3); j > 0; j--) {
                policy.addRules(rule());
            }
            policies.addAuthorization(policy);
        }
        return policies.build();
    }

    private Rule rule() {
        Rule.Builder rule = Rule.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            Source.Builder source = Source.newBuilder().addNotNamespaces("none");
            some(List.of("a", "a*", "*b", "*"), source::addNamespaces);
            some(List.of("a", "*b"), source::addNotNamespaces);
            some(List.of("a/s", "ab/s"), source::addServiceAccounts);
            some(List.of("b/s", "b/t"), source::addNotServiceAccounts);
            rule.addFrom(source);
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            Operation.Builder operation = Operation.newBuilder().addNotPorts("1");
            some(PATTERNS, operation::addMethods);
            some(PATTERNS, operation::addNotMethods);
            some(PATTERNS, operation::addPaths);
            some(PATTERNS, operation::addNotPaths);
            some(List.of("80", "443"), operation::addPorts);
            some(List.of("443"), operation::addNotPorts);
            rule.addTo(operation);
        }
        if (random.nextInt(3) == 0) {
            Condition.Builder condition =
                    Condition.newBuilder().setKey("request.headers[x-role]").addNotValues("none");
            some(PATTERNS, condition::addValues);
            some(PATTERNS, condition::addNotValues);
            rule.addWhen(condition);
        }
        return rule.build();
    }

    private void some(List<String> from, Consumer<String> taken) {
        for (int i = Math.max(0, random.nextInt(5) - 2); i > 0; i--) {
            taken.accept(one(from));
        }
    }

    private Asked asked() {
        return new Asked(
                one(NAMESPACES),
                one(List.of("s", "t")),
                one(METHODS),
                one(PATHS),
                random.nextBoolean() ? 80 : 443,
                one(ROLES));
    }

    private String one(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}

package dev.culvert.controlplane.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.culvert.api.authorization.Action;
import dev.culvert.api.authorization.Authorization;
import dev.culvert.api.authorization.Scope;
import dev.culvert.controlplane.feed.ManifestFixture;
import dev.culvert.kube.resource.AuthorizationPolicy;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthorizationBuilderTest {
    private final AuthorizationBuilder builder = new AuthorizationBuilder("istio-system", false);

    /// Each attribute that a node proxy can judge, and what becomes of it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from: [{source: {principals: [td/ns/a/sa/b]}}] | principals { exact: \"td/ns/a/sa/b\" }",
                "from: [{source: {principals: ['*']}}] | principals { presence { } }",
                "from: [{source: {principals: ['td/*']}}] | principals { prefix: \"td/\" }",
                "from: [{source: {notPrincipals: ['*/b']}}] | not_principals { suffix: \"/b\" }",
                "from: [{source: {namespaces: [a]}}] | namespaces { exact: \"a\" }",
                "from: [{source: {notNamespaces: [a]}}] | not_namespaces { exact: \"a\" }",
                "from: [{source: {serviceAccounts: [b]}}] | service_accounts { namespace: \"ns\" serviceAccount: \"b\" }",
                "from: [{source: {serviceAccounts: [x/b]}}] | service_accounts { namespace: \"x\" serviceAccount: \"b\" }",
                "from: [{source: {ipBlocks: [1.2.3.0/24]}}] | source_ips { address: \"\\001\\002\\003\\000\" length: 24 }",
                "from: [{source: {notIpBlocks: [1.2.3.4]}}] | not_source_ips { address: \"\\001\\002\\003\\004\" length: 32 }",
                "to: [{operation: {ports: ['80']}}] | destination_ports: 80",
                "to: [{operation: {notPorts: ['80']}}] | not_destination_ports: 80",
                "when: [{key: source.ip, values: [1.2.3.4]}] | source_ips { address: \"\\001\\002\\003\\004\" length: 32 }",
                "when: [{key: source.namespace, notValues: [a]}] | not_namespaces { exact: \"a\" }",
                "when: [{key: source.principal, values: [p]}] | principals { exact: \"p\" }",
                "when: [{key: source.serviceAccount, values: [x/b]}] | service_accounts { namespace: \"x\" serviceAccount: \"b\" }",
                "when: [{key: destination.ip, values: [1.2.3.4]}] | destination_ips { address: \"\\001\\002\\003\\004\" length: 32 }",
                "when: [{key: destination.port, values: ['80']}] | destination_ports: 80"
            })
    void carriesWhatCanBeJudged(String rule, String match) throws TextFormat.ParseException {
        for (String action : new String[] {"ALLOW", "DENY"}) {
            BuiltPolicy built = build(action, rule);
            assertThat(sent(built).getRulesList())
                    .containsExactly(TextFormat.parse(
                            "clauses { matches { " + match + " } }", dev.culvert.api.authorization.Rule.class));
            assertThat(verdict(built).accepted()).isTrue();
        }
    }

    /// An attribute that it cannot judge: a DENY takes it as met, an ALLOW loses the rule, and status names
    /// it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "to: [{operation: {hosts: [h]}}] | hosts",
                "to: [{operation: {notHosts: [h]}}] | notHosts",
                "to: [{operation: {methods: [GET]}}] | methods",
                "to: [{operation: {notMethods: [GET]}}] | notMethods",
                "to: [{operation: {paths: [/x]}}] | paths",
                "to: [{operation: {notPaths: [/x]}}] | notPaths",
                "to: [{operation: {ports: [http]}}] | ports value 'http'",
                "to: [{operation: {ports: ['65536']}}] | ports value '65536'",
                "from: [{source: {requestPrincipals: ['*']}}] | requestPrincipals",
                "from: [{source: {notRequestPrincipals: ['*']}}] | notRequestPrincipals",
                "from: [{source: {remoteIpBlocks: [1.2.3.4]}}] | remoteIpBlocks",
                "from: [{source: {notRemoteIpBlocks: [1.2.3.4]}}] | notRemoteIpBlocks",
                "from: [{source: {trustDomains: [td]}}] | trustDomains",
                "from: [{source: {ipBlocks: [1.2.3.4/33]}}] | ipBlocks value '1.2.3.4/33'",
                "when: [{key: 'request.headers[x]', values: [y]}] | request.headers[x]",
                "when: [{key: remote.ip, values: [1.2.3.4]}] | remote.ip",
                "when: [{key: connection.sni, values: [y]}] | connection.sni",
                "when: [{key: request.auth.claims, notValues: [y]}] | request.auth.claims"
            })
    void whatCannotBeJudgedMakesThePolicyStricter(String rule, String attribute) {
        BuiltPolicy deny = build("DENY", rule);
        assertThat(sent(deny).getRulesList())
                .singleElement()
                .satisfies(built ->
                        assertThat(built.getClausesList()).as("denies all").isEmpty());
        BuiltPolicy allow = build("ALLOW", rule);
        assertThat(sent(allow).getRulesList()).as("allows nothing").isEmpty();
        for (BuiltPolicy built : new BuiltPolicy[] {deny, allow}) {
            assertThat(verdict(built).accepted()).isFalse();
            assertThat(verdict(built).reason()).isEqualTo("UnsupportedValue");
            assertThat(verdict(built).message()).contains(attribute);
        }
    }

    @Test
    void aDenyKeepsTheConditionsThatCanBeJudged() throws TextFormat.ParseException {
        BuiltPolicy built = build("DENY", """
                from: [{source: {namespaces: [a], requestPrincipals: ['*']}}]
                to: [{operation: {ports: ['80'], methods: [GET]}}, {operation: {ports: ['81']}}]
                when: [{key: 'request.headers[x]', values: [y]}]
                """);
        assertThat(sent(built).getRules(0)).isEqualTo(TextFormat.parse("""
                clauses { matches { destination_ports: 80 } matches { destination_ports: 81 } }
                clauses { matches { namespaces { exact: "a" } } }
                """, dev.culvert.api.authorization.Rule.class));
    }

    @Test
    void oneAlternativeThatCannotBeJudgedMeetsTheWholeClauseOfADeny() {
        BuiltPolicy built = build("DENY", "to: [{operation: {ports: ['80']}}, {operation: {methods: [GET]}}]");
        assertThat(sent(built).getRules(0).getClausesList()).isEmpty();
    }

    @Test
    void anEmptyRuleMatchesAlwaysAndNoRuleNever() {
        assertThat(sent(build("DENY", "{}")).getRules(0).getClausesList()).isEmpty();
        assertThat(sent(builder.build(policy("spec: {}"))).getRulesList()).isEmpty();
    }

    @Test
    void scopeFollowsSelectorAndNamespace() {
        assertThat(sent(builder.build(policy("spec: {}"))).getScope()).isEqualTo(Scope.NAMESPACE);
        assertThat(sent(builder.build(policy("spec: {selector: {matchLabels: {a: b}}}")))
                        .getScope())
                .isEqualTo(Scope.WORKLOAD_SELECTOR);
        assertThat(sent(new AuthorizationBuilder("ns", false).build(policy("spec: {}")))
                        .getScope())
                .isEqualTo(Scope.GLOBAL);
        assertThat(sent(builder.build(policy("spec: {action: DENY}"))).getAction())
                .isEqualTo(Action.DENY);
    }

    @Test
    void aPolicyOfAWaypointIsNotSentToNodeProxies() {
        BuiltPolicy built = builder.build(policy("spec: {targetRefs: [{kind: Gateway, name: w}]}"));
        assertThat(built.authorization()).isNull();
        assertThat(built.verdict()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"spec: {action: CUSTOM, provider: {name: x}}", "spec: {action: AUDIT}"})
    void actionsThatNodeProxiesDoNotKnowAreNotSent(String spec) {
        BuiltPolicy built = builder.build(policy(spec));
        assertThat(built.authorization()).isNull();
        assertThat(verdict(built).reason()).isEqualTo("UnsupportedValue");
    }

    @Test
    void aDryRunPolicyIsSentOnlyWhenThatIsEnabled() {
        AuthorizationPolicy policy = policy("spec: {action: DENY}", "annotations: {istio.io/dry-run: 'true'}");
        assertThat(builder.build(policy).authorization()).isNull();
        assertThat(sent(new AuthorizationBuilder("istio-system", true).build(policy))
                        .getDryRun())
                .isTrue();
    }

    private BuiltPolicy build(String action, String rule) {
        String indented = rule.strip().replace("\n", "\n    ");
        return builder.build(policy("spec:\n  action: " + action + "\n  rules:\n  - " + indented));
    }

    static AuthorizationPolicy policy(String spec, String... metadata) {
        String extra = metadata.length == 0 ? "" : ", " + metadata[0];
        return (AuthorizationPolicy)
                ManifestFixture.parse("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: ns%s}
                """.formatted(extra) + spec + "\n").getFirst();
    }

    private static Authorization sent(BuiltPolicy built) {
        return Objects.requireNonNull(built.authorization());
    }

    private static BuiltPolicy.Acceptance verdict(BuiltPolicy built) {
        return Objects.requireNonNull(built.verdict());
    }
}

package dev.culvert.controlplane.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.culvert.api.authorization.Action;
import dev.culvert.api.authorization.Authorization;
import dev.culvert.api.authorization.Rule;
import dev.culvert.api.authorization.Scope;
import dev.culvert.controlplane.feed.ManifestFixture;
import dev.culvert.kube.resource.PeerAuthentication;
import dev.culvert.kube.resource.PeerAuthentication.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What becomes of PeerAuthentication at node proxies, as tables.
final class PeerAuthenticationBuilderTest {
    private static final String ROOT = "istio-system";
    private static final String NOBODY = "not_principals { presence { } }";
    private static final String BY_PORT = "ns/converted_peer_authentication_p";
    private static final String STRICT = "istio-system/istio_converted_static_strict";

    @Test
    void theSharedPolicyDeniesWhoeverHasNoIdentity() throws TextFormat.ParseException {
        Authorization shared = PeerAuthenticationBuilder.staticStrict(ROOT);
        assertThat(shared.getNamespace() + "/" + shared.getName()).isEqualTo(STRICT);
        assertThat(shared.getAction()).isEqualTo(Action.DENY);
        assertThat(shared.getScope())
                .as("it is for those who refer to it, and not for all of the root namespace")
                .isEqualTo(Scope.WORKLOAD_SELECTOR);
        assertThat(shared.getRulesList()).containsExactly(rule(NOBODY));
    }

    @ParameterizedTest
    @CsvSource({
        "none, STRICT, STRICT",
        "none, PERMISSIVE, PERMISSIVE",
        "UNSET, STRICT, STRICT",
        "PERMISSIVE, STRICT, PERMISSIVE",
        "DISABLE, STRICT, DISABLE",
        "STRICT, UNSET, STRICT"
    })
    void eachLevelSaysItOrLeavesItToTheOneAbove(String own, Mode above, Mode expected) {
        PeerAuthentication policy = own.equals("none") ? null : policy("mtls: {mode: " + own + "}");
        assertThat(PeerAuthenticationBuilder.mode(policy, above)).isEqualTo(expected);
    }

    /// What a workload refers to: by its own mode and modes of ports, and by what its namespace has.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "none                                                            | STRICT     | " + STRICT,
                "none                                                            | PERMISSIVE | none",
                "none                                                            | DISABLE    | none",
                "none                                                            | UNSET      | none",
                "mtls: {mode: STRICT}                                            | PERMISSIVE | " + STRICT,
                "mtls: {mode: PERMISSIVE}                                        | STRICT     | none",
                "mtls: {mode: DISABLE}                                           | STRICT     | none",
                "mtls: {mode: UNSET}                                             | STRICT     | " + STRICT,
                "portLevelMtls: {80: {mode: PERMISSIVE}}                         | STRICT     | " + BY_PORT,
                "portLevelMtls: {80: {mode: PERMISSIVE}}                         | PERMISSIVE | none",
                "portLevelMtls: {80: {mode: STRICT}}                             | STRICT     | " + STRICT,
                "portLevelMtls: {80: {mode: STRICT}}                             | PERMISSIVE | " + BY_PORT,
                "portLevelMtls: {80: {mode: UNSET}}                              | STRICT     | " + STRICT,
                "mtls: {mode: STRICT}, portLevelMtls: {80: {mode: DISABLE}}      | PERMISSIVE | " + BY_PORT,
                "mtls: {mode: PERMISSIVE}, portLevelMtls: {80: {mode: DISABLE}}  | STRICT     | none",
                "mtls: {mode: PERMISSIVE}, portLevelMtls: {80: {mode: STRICT}}   | STRICT     | " + BY_PORT
            })
    void aWorkloadRefersToWhatHoldsForIt(@Nullable String spec, Mode inherited, @Nullable String expected) {
        PeerAuthentication selecting = spec == null ? null : policy("selector: {matchLabels: {a: b}}, " + spec);
        assertThat(PeerAuthenticationBuilder.reference(selecting, inherited, ROOT))
                .isEqualTo(expected);
    }

    /// Modes of ports as denials of callers without identity: one rule that leaves the open ports out, or one for
    /// each closed port.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mtls: {mode: STRICT}, portLevelMtls: {80: {mode: PERMISSIVE}, 81: {mode: DISABLE}, 82: {mode: STRICT}}"
                        + " | PERMISSIVE | not_destination_ports: 80 not_destination_ports: 81",
                "mtls: {mode: PERMISSIVE}, portLevelMtls: {81: {mode: STRICT}, 80: {mode: STRICT}, 82: {mode: DISABLE}}"
                        + " | STRICT | destination_ports: 80; destination_ports: 81",
                "portLevelMtls: {80: {mode: PERMISSIVE}} | STRICT | not_destination_ports: 80",
                "portLevelMtls: {80: {mode: STRICT}} | DISABLE | destination_ports: 80"
            })
    void modesOfPortsAreDenials(String spec, Mode inherited, String matches) throws TextFormat.ParseException {
        PeerAuthentication selecting = policy("selector: {matchLabels: {a: b}}, " + spec);
        Authorization built = Objects.requireNonNull(PeerAuthenticationBuilder.byPort(selecting, inherited));
        List<Rule> expected = new ArrayList<>();
        for (String match : matches.split(";", -1)) {
            expected.add(rule(NOBODY + " " + match));
        }
        assertThat(built.getRulesList()).isEqualTo(expected);
        assertThat(built.getAction()).isEqualTo(Action.DENY);
        assertThat(built.getScope()).isEqualTo(Scope.WORKLOAD_SELECTOR);
        assertThat(built.getNamespace() + "/" + built.getName()).isEqualTo(BY_PORT);
    }

    @Test
    void modesOfPortsNeedASelector() {
        assertThat(PeerAuthenticationBuilder.byPort(
                        policy("mtls: {mode: STRICT}, portLevelMtls: {80: {mode: PERMISSIVE}}"), Mode.STRICT))
                .isNull();
    }

    @Test
    void theOldestOfEqualsIsInForceAndThenTheFirstByName() {
        PeerAuthentication young = policy("b", "2026-02-01T00:00:00Z");
        PeerAuthentication old = policy("z", "2026-01-01T00:00:00Z");
        PeerAuthentication twin = policy("c", "2026-01-01T00:00:00Z");
        assertThat(PeerAuthenticationBuilder.oldest(List.of(young, old))).isEqualTo(old);
        assertThat(PeerAuthenticationBuilder.oldest(List.of(young, old, twin))).isEqualTo(twin);
        assertThat(PeerAuthenticationBuilder.oldest(List.of())).isNull();
    }

    @Test
    void aSelectorCountsOutsideOfTheRootNamespaceOnly() {
        PeerAuthentication selecting = policy("selector: {matchLabels: {a: b}}");
        Map<String, String> labels = Map.of("a", "b", "c", "d");
        assertThat(PeerAuthenticationBuilder.selecting(List.of(selecting), labels, ROOT))
                .containsExactly(selecting);
        assertThat(PeerAuthenticationBuilder.selecting(List.of(selecting), labels, "ns"))
                .isEmpty();
        assertThat(PeerAuthenticationBuilder.selecting(List.of(selecting), Map.of("a", "x"), ROOT))
                .isEmpty();
        assertThat(PeerAuthenticationBuilder.selecting(List.of(policy("mtls: {mode: STRICT}")), labels, ROOT))
                .as("one without selector is for the namespace, not for a workload")
                .isEmpty();
    }

    private static Rule rule(String match) throws TextFormat.ParseException {
        return TextFormat.parse("clauses { matches { " + match + " } }", Rule.class);
    }

    private static PeerAuthentication policy(String spec) {
        return parse("name: p", spec);
    }

    private static PeerAuthentication policy(String name, String created) {
        return parse("name: " + name + ", creationTimestamp: \"" + created + "\"", "");
    }

    private static PeerAuthentication parse(String metadata, String spec) {
        return (PeerAuthentication)
                ManifestFixture.parse("""
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {namespace: ns, %s}
                spec: {%s}
                """.formatted(metadata, spec)).getFirst();
    }
}

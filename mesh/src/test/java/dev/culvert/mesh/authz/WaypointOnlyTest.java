package dev.culvert.mesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.MeshPolicies;
import dev.culvert.api.SpiffeId;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.xds.FileSource;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Policies that admit the waypoints of a workload alone, as the control plane writes them.
class WaypointOnlyTest {
    private static final InetAddress ADDRESS = CidrBlock.parseAddress("10.0.0.1");
    private static final String NAME = MeshPolicies.WAYPOINT_ONLY_PREFIX + "_web";

    /// One match with all identities of the waypoints: whoever is none of them is denied. Two trust domains name the
    /// same account, as aliases do.
    private static final String BY_PRINCIPAL = """
            notPrincipals: [{Exact: td/ns/infra/sa/gate}, {Exact: old/ns/infra/sa/gate}, {Exact: td/ns/infra/sa/canary}]
            """;
    private static final String BY_ACCOUNT = """
            notServiceAccounts: [{namespace: infra, serviceAccount: gate}, {namespace: infra, serviceAccount: canary}]
            """;

    @ParameterizedTest(name = "{0}: by principal {1}, by account {2}")
    @CsvSource({
        "spiffe://td/ns/infra/sa/gate,    true,  true",
        "spiffe://td/ns/infra/sa/canary,  true,  true",
        "spiffe://old/ns/infra/sa/gate,   true,  true",
        "spiffe://old/ns/infra/sa/canary, false, true",
        "spiffe://td/ns/infra/sa/gate2,   false, false",
        "spiffe://td/ns/app/sa/gate,      false, false",
        "spiffe://td/ns/app/sa/web,       false, false",
        ",                                false, false"
    })
    void admitsTheWaypointsAndNobodyElse(String peer, boolean byPrincipal, boolean byAccount) {
        assertThat(admits(BY_PRINCIPAL, peer)).isEqualTo(byPrincipal);
        assertThat(admits(BY_ACCOUNT, peer)).isEqualTo(byAccount);
    }

    /// The users' own ALLOW policies widen nothing, which is why this is a DENY.
    @Test
    void anAllowOfTheUsersDoesNotOpenIt() {
        Authorization allow = FileSource.parse("policies: [{name: open, namespace: app, rules: [[]]}]")
                .policies()
                .getFirst();
        assertThat(L4Authorizer.judge(List.of(allow, policy(BY_PRINCIPAL)), facts("spiffe://td/ns/app/sa/web")))
                .isInstanceOf(Verdict.DeniedBy.class);
    }

    @Test
    void saysByWhichPolicyAndWhatToDo() {
        Verdict.Deny deny =
                (Verdict.Deny) L4Authorizer.judge(List.of(policy(BY_PRINCIPAL)), facts("spiffe://td/ns/app/sa/web"));
        assertThat(deny.reason())
                .startsWith("explicitly denied by: app/culvert_waypoint_only_web; ")
                .contains("from its waypoint alone");
        assertThat(deny.mayBeTold()).isTrue();
    }

    @Test
    void whatOtherPoliciesSayIsNotForTheClient() {
        Authorization other = FileSource.parse("policies: [{name: p, namespace: app, action: Deny, rules: [[]]}]")
                .policies()
                .getFirst();
        Verdict.Deny deny = (Verdict.Deny) L4Authorizer.judge(List.of(other), facts("spiffe://td/ns/app/sa/web"));
        assertThat(deny.mayBeTold()).isFalse();
    }

    private static boolean admits(String match, String peer) {
        return L4Authorizer.judge(List.of(policy(match)), facts(peer)) instanceof Verdict.Allow;
    }

    private static ConnectionFacts facts(String peer) {
        return new ConnectionFacts(SpiffeId.tryParse(String.valueOf(peer)), ADDRESS, ADDRESS, 80);
    }

    private static Authorization policy(String match) {
        return FileSource.parse("policies: [{name: " + NAME + ", namespace: app, scope: WorkloadSelector, action: Deny,"
                        + " rules: [[[{" + match.strip() + "}]]]}]")
                .policies()
                .getFirst();
    }
}

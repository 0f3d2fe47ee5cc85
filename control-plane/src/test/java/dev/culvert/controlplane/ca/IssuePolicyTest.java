package dev.culvert.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.controlplane.caller.CallerIdentity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IssuePolicyTest {
    /// On n1 runs a/web, on n2 runs b/db.
    private final IssuePolicy policy = new IssuePolicy(
            () -> "cluster.local",
            (node, id) -> (node.equals("n1") && id.principal().equals("cluster.local/ns/a/sa/web"))
                    || (node.equals("n2") && id.principal().equals("cluster.local/ns/b/sa/db")));

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // caller, asked, granted
                "n1, spiffe://cluster.local/ns/a/sa/web, spiffe://cluster.local/ns/a/sa/web",
                "n2, spiffe://cluster.local/ns/b/sa/db, spiffe://cluster.local/ns/b/sa/db",
                "n1, spiffe://cluster.local/ns/b/sa/db, -",
                "n3, spiffe://cluster.local/ns/a/sa/web, -",
                "n1, spiffe://other.example/ns/a/sa/web, -",
                "n1, spiffe://cluster.local/ns/a/sa/web/x, -",
                "n1, spiffe://cluster.local/ns/a/sa/, -",
                "n1, web, -",
                "n1, '', -",
                "spiffe://cluster.local/ns/c/sa/wp, '', spiffe://cluster.local/ns/c/sa/wp",
                "spiffe://cluster.local/ns/c/sa/wp, spiffe://cluster.local/ns/c/sa/wp, spiffe://cluster.local/ns/c/sa/wp",
                "spiffe://cluster.local/ns/c/sa/wp, spiffe://cluster.local/ns/a/sa/web, -",
                "spiffe://other.example/ns/c/sa/wp, '', -"
            })
    void grantsAnIdentityToWhoMayHaveIt(String caller, String asked, @Nullable String granted) {
        SpiffeId own = SpiffeId.tryParse(caller);
        CallerIdentity identity = own == null ? new CallerIdentity.Node(caller) : new CallerIdentity.Workload(own);
        switch (policy.decide(identity, asked)) {
            case IssuePolicy.Decision.Issue(SpiffeId id) ->
                assertThat(id.toString()).isEqualTo(granted);
            case IssuePolicy.Decision.Refuse(String reason) -> {
                assertThat(granted).as(reason).isNull();
                assertThat(reason).isNotEmpty();
            }
        }
    }
}

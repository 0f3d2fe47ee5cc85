package dev.culvert.controlplane.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.waypoint.JwtRule;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.kube.resource.Kinds;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From RequestAuthentications to the keys that a waypoint judges tokens by.
@Timeout(30)
final class IssuerKeysTest {
    private static final String URI = "https://issuer.example/jwks";
    private static final String KEYS = "{\"keys\": []}";

    private final FakeKeys keys = new FakeKeys();

    private WaypointFixture mesh(String rule) {
        return new WaypointFixture(
                WaypointFixture.GATEWAY + WaypointFixture.SERVICES + """
                ---
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: jwt, namespace: shop}
                spec:
                  targetRefs: [{kind: Service, group: "", name: web}]
                  jwtRules: [%s]
                """.formatted(rule), MeshSettings.DEFAULT, keys);
    }

    private static JwtRule rule(WaypointFixture mesh) {
        return mesh.served("web").getPolicies().getAuthentication(0).getRules(0);
    }

    @Test
    void theFirstStateWaitsForTheFirstAnswerAndLaterOnesAreToldOn() {
        try (var mesh = mesh("{issuer: a, jwksUri: '" + URI + "'}")) {
            await().until(() -> keys.wanted.containsKey(URI));
            assertThat(mesh.feed.synced()).isNotDone();
            await().ignoreExceptions().until(() -> rule(mesh).getJwksError().contains("being fetched"));
            keys.answer(URI, KEYS, "");
            mesh.feed.synced().join();
            assertThat(rule(mesh).getJwks()).isEqualTo(KEYS);
            assertThat(rule(mesh).getJwksError()).isEmpty();
            keys.answer(URI, "", "it answers 404");
            await().until(() -> rule(mesh).getJwksError().equals("it answers 404"));
            assertThat(rule(mesh).getJwks()).isEmpty();
            await().until(() -> reason(mesh).equals("PartiallyInvalid"));
            mesh.source.delete(Kinds.REQUEST_AUTHENTICATION, "shop", "jwt");
            await().until(() -> keys.wanted.isEmpty());
        }
    }

    @Test
    void aRuleWithKeysOfItsOwnAsksNobody() {
        try (var mesh = mesh("{issuer: a, jwks: '{}'}")) {
            mesh.feed.synced().join();
            assertThat(keys.wanted).isEmpty();
            assertThat(rule(mesh).getJwks()).isEqualTo("{}");
            assertThat(reason(mesh)).isEqualTo("Accepted");
        }
    }

    @Test
    void anIssuerThatIsAUrlIsAskedWhereItsKeysAre() {
        try (var mesh = mesh("{issuer: 'https://issuer.example/'}")) {
            String key = "issuer https://issuer.example/.well-known/openid-configuration";
            await().until(() -> keys.wanted.containsKey(key));
            keys.answer(key, KEYS, "");
            mesh.feed.synced().join();
            assertThat(rule(mesh).getJwks()).isEqualTo(KEYS);
        }
    }

    @Test
    void aRuleWhoseKeysNobodyCouldFindSaysSo() {
        try (var mesh = mesh("{issuer: somebody}")) {
            mesh.feed.synced().join();
            assertThat(rule(mesh).getJwksError()).contains("neither jwks nor jwksUri");
        }
    }

    private static String reason(WaypointFixture mesh) {
        return mesh.status("jwt").verdicts().stream()
                .filter(verdict -> verdict.type().equals(ObjectStatus.WAYPOINT_ACCEPTED))
                .map(verdict -> Objects.requireNonNull(verdict.acceptance()).reason())
                .findFirst()
                .orElseThrow();
    }
}

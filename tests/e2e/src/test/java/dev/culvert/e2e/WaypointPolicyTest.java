package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.http.EchoApp;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabWaypoint;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.WaypointSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a waypoint lets through, and that there is no way around it where it judges.
class WaypointPolicyTest {
    private static final String CART = "10.96.2.1";
    private static final String ISSUER = "https://issuer.example";
    private static HttpCase mesh;
    private static LabWaypoint waypoint;
    private static LabPod friend;
    private static LabPod stranger;
    private static LabPod first;
    private static EchoApp failing;
    private static EchoApp judge;

    @BeforeAll
    static void start() {
        mesh = new HttpCase(MeshLab.start(Labs.twoNodes("l7policy")));
        mesh.meshConfig("""
                accessLogFile: /dev/stdout
                extensionProviders:
                - name: judge
                  envoyExtAuthzHttp: {service: judge.judges.svc.cluster.local, port: 80}
                """);
        mesh.lab.manifests().namespace("shop", HttpCase.withWaypoint());
        mesh.lab.manifests().namespace("other", MeshCase.AMBIENT);
        mesh.lab.manifests().namespace("judges", MeshCase.AMBIENT);
        mesh.service("shop", "cart", CART, 80, 8080);
        mesh.service("judges", "judge", "10.96.2.2", 80, 8080);
        waypoint =
                mesh.lab.gateway(WaypointSpec.of("shop", HttpCase.WAYPOINT), 2).replica(1);
        friend = mesh.pod("shop", "friend", 1);
        stranger = mesh.pod("other", "stranger", 1);
        first = cart("cart-1", 2);
        failing = mesh.echo(cartPod("cart-2", 1), 8080);
        judge = mesh.echo(mesh.pod("judges", "judge", 1), 8080);
        cart("/").succeeds();
    }

    private static LabPod cart(String name, int node) {
        LabPod pod = cartPod(name, node);
        mesh.echo(pod, 8080);
        return pod;
    }

    private static LabPod cartPod(String name, int node) {
        return mesh.lab.run(PodSpec.of("shop", name, "cart"), node);
    }

    private static Expectation cart(String path) {
        return mesh.get(friend, CART, 80, "cart", path);
    }

    private static Expectation direct(String path) {
        return cart(path).at(first.ipv4(), 8080);
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @AfterEach
    void withoutPolicies() {
        mesh.lab.manifests().remove("policy");
        mesh.lab.manifests().remove("tokens");
        mesh.lab.manifests().remove("route");
        failing.failWith(0);
        judge.failWith(0);
        cart("/admin").method("DELETE").succeeds();
        direct("/").succeeds();
    }

    private static void apply(String action, String rules) {
        mesh.lab.manifests().put("policy", Policies.atService("shop", "cart", action, rules));
    }

    @Test
    void deniesByMethodAndPathAndSaysWhy() {
        apply("DENY", "[{to: [{operation: {methods: [DELETE], paths: [\"/admin*\"]}}]}]");
        cart("/admin/users").method("DELETE").fails(403, "RBAC: access denied");
        cart("/admin/users").succeeds();
        cart("/users").method("DELETE").succeeds();
        assertThat(HttpCase.awaitLine(waypoint, "DELETE /admin/users", " 403 "))
                .contains("rbac_access_denied_matched_policy[")
                .contains("at-cart");
    }

    @Test
    void aDisguisedPathIsDeniedAllTheSame() {
        apply("DENY", "[{to: [{operation: {paths: [\"/admin*\"]}}]}]");
        cart("/admin").fails(403);
        cart("/open/../admin").fails(403);
        cart("/./admin").fails(403);
        cart("/%61dmin").fails(403);
        cart("/open").succeeds();
    }

    @Test
    void allowsByTheIdentityOfTheClient() {
        apply("ALLOW", "[{from: [{source: {principals: [cluster.local/ns/shop/sa/friend]}}]}]");
        cart("/").from(stranger).fails(403, "RBAC: access denied");
        cart("/").succeeds();
    }

    @Test
    void aDirectWayToThePodDoesNotAvoidThePolicy() {
        direct("/").succeeds();
        apply("DENY", "[{to: [{operation: {methods: [DELETE]}}]}]");
        direct("/").method("DELETE").isRefused();
        direct("/").isRefused();
        direct("/").from(stranger).isRefused();
        cart("/").succeeds();
    }

    @Test
    void withoutItsWaypointAServiceIsClosed() {
        apply("DENY", "[{to: [{operation: {methods: [DELETE]}}]}]");
        cart("/").method("DELETE").fails(403);
        waypoint.kill();
        try {
            cart("/").isRefused();
            direct("/").isRefused();
        } finally {
            waypoint.restart();
        }
        cart("/").succeeds();
        cart("/").method("DELETE").fails(403);
    }

    @Test
    void aPathThatAsksForATokenOpensWithAGoodOneOnly() {
        Token issuer = new Token(ISSUER);
        mesh.lab.manifests().put("tokens", """
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: tokens, namespace: shop}
                spec:
                  targetRefs:
                  - {group: "", kind: Service, name: cart}
                  jwtRules:
                  - issuer: %s
                    jwks: '%s'
                """.formatted(ISSUER, issuer.keySet()));
        apply(
                "DENY",
                "[{from: [{source: {notRequestPrincipals: [\"*\"]}}], to: [{operation: {paths: [\"/account\"]}}]}]");
        cart("/account").fails(403);
        cart("/").succeeds();
        cart("/account").with("Authorization", "Bearer " + issuer.of("someone")).succeeds();
        cart("/account")
                .with("Authorization", "Bearer " + new Token(ISSUER).of("someone"))
                .fails(401);
        cart("/").with("Authorization", "Bearer nonsense").fails(401);
    }

    @Test
    void anAuthorizerOutsideDecides() {
        mesh.lab
                .manifests()
                .put(
                        "policy",
                        Policies.atService("shop", "cart", "CUSTOM", "[{to: [{operation: {paths: [\"/judged\"]}}]}]")
                                + "  provider: {name: judge}\n");
        judge.failWith(403);
        cart("/judged").fails(403);
        cart("/").succeeds();
        judge.failWith(0);
        cart("/judged").succeeds();
        assertThat(judge.served()).isPositive();
    }

    @Test
    void aRetryHidesAPodThatFails() {
        mesh.lab.manifests().put("route", """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: retry, namespace: shop}
                spec:
                  parentRefs:
                  - {group: "", kind: Service, name: cart}
                  rules:
                  - retry: {codes: [503], attempts: 3, backoff: 10ms}
                    filters:
                    - type: ResponseHeaderModifier
                      responseHeaderModifier: {set: [{name: x-route, value: retry}]}
                    backendRefs:
                    - {name: cart, port: 80}
                """);
        cart("/").has("x-route", "retry");
        int before = failing.served();
        failing.failWith(503);
        for (int i = 0; i < 20; i++) {
            assertThat(cart("/").once().status()).isEqualTo(200);
        }
        assertThat(failing.served()).isGreaterThan(before);
    }
}

package dev.culvert.kube.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.kube.resource.AuthorizationPolicy.Action;
import dev.culvert.kube.resource.AuthorizationPolicy.Operation;
import dev.culvert.kube.resource.AuthorizationPolicy.Source;
import dev.culvert.kube.resource.AuthorizationPolicy.Values;
import dev.culvert.kube.resource.AuthorizationPolicy.When;
import dev.culvert.kube.resource.RequestAuthentication.ClaimHeader;
import dev.culvert.kube.resource.RequestAuthentication.FromHeader;
import dev.culvert.kube.resource.RequestAuthentication.JwtRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SecurityPoliciesTest {
    private static final String EVERY_FIELD = """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: p, namespace: shop, annotations: {istio.io/dry-run: "true"}}
        spec:
          targetRefs:
          - {group: core, kind: Service, name: echo}
          - {group: gateway.networking.k8s.io, kind: Gateway, name: waypoint, namespace: shop}
          action: CUSTOM
          provider: {name: opa}
          rules:
          - from:
            - source:
                principals: [p]
                notPrincipals: [np]
                requestPrincipals: [rp]
                notRequestPrincipals: [nrp]
                namespaces: [n]
                notNamespaces: [nn]
                serviceAccounts: [sa]
                notServiceAccounts: [nsa]
                ipBlocks: [10.0.0.0/8]
                notIpBlocks: [10.1.0.0/16]
                remoteIpBlocks: [1.0.0.0/8]
                notRemoteIpBlocks: [1.1.0.0/16]
                trustDomains: [td]
                notTrustDomains: [ntd]
            to:
            - operation:
                hosts: [h]
                notHosts: [nh]
                ports: ["80"]
                notPorts: ["81"]
                methods: [GET]
                notMethods: [PUT]
                paths: ["/a/{*}"]
                notPaths: ["/b/{**}"]
            when:
            - {key: "request.headers[x]", values: [a], notValues: [b]}
        """;

    @Test
    void keepsEveryFieldOfAnAuthorizationPolicy() {
        AuthorizationPolicy policy = Manifest.read(AuthorizationPolicy.class, EVERY_FIELD);
        assertThat(policy.dryRun()).isTrue();
        assertThat(policy.action()).isEqualTo(Action.CUSTOM);
        assertThat(policy.provider()).isEqualTo("opa");
        assertThat(policy.targetRefs())
                .containsExactly(
                        new TargetRef("", "Service", "shop", "echo"),
                        new TargetRef("gateway.networking.k8s.io", "Gateway", "shop", "waypoint"));
        AuthorizationPolicy.Rule rule = policy.rules().getFirst();
        assertThat(rule.from())
                .containsExactly(new Source(
                        values("p", "np"),
                        values("rp", "nrp"),
                        values("n", "nn"),
                        values("sa", "nsa"),
                        values("10.0.0.0/8", "10.1.0.0/16"),
                        values("1.0.0.0/8", "1.1.0.0/16"),
                        values("td", "ntd")));
        assertThat(rule.to())
                .containsExactly(new Operation(
                        values("h", "nh"), values("80", "81"), values("GET", "PUT"), values("/a/{*}", "/b/{**}")));
        assertThat(rule.when()).containsExactly(new When("request.headers[x]", values("a", "b")));
    }

    @Test
    void readsTheSingleTargetOfOlderManifestsAndAnAuditPolicy() {
        AuthorizationPolicy policy = Manifest.read(AuthorizationPolicy.class, """
                apiVersion: security.istio.io/v1beta1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: istio-system}
                spec:
                  targetRef: {group: gateway.networking.k8s.io, kind: GatewayClass, name: istio-waypoint}
                  action: AUDIT
                  rules: [{}]
                status:
                  conditions: [{type: Reconciled, status: "True", observedGeneration: "7"}]
                """);
        assertThat(policy.dryRun()).isFalse();
        assertThat(policy.action()).isEqualTo(Action.AUDIT);
        assertThat(policy.targetRefs()).singleElement().matches(TargetRef::isGatewayClass);
        assertThat(policy.conditions().getFirst().observedGeneration()).isEqualTo(7);
    }

    @Test
    void readsARequestAuthentication() {
        RequestAuthentication policy = Manifest.read(RequestAuthentication.class, """
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: jwt, namespace: shop}
                spec:
                  targetRefs: [{kind: Service, group: "", name: echo}]
                  jwtRules:
                  - issuer: https://issuer.example
                    audiences: [shop, web]
                    jwksUri: https://issuer.example/keys
                    fromHeaders: [{name: x-jwt, prefix: "Bearer "}]
                    fromParams: [token]
                    fromCookies: [session]
                    outputPayloadToHeader: x-payload
                    outputClaimToHeaders: [{header: x-group, claim: nested.group}]
                    forwardOriginalToken: true
                    timeout: 2.5s
                    spaceDelimitedClaims: [roles]
                  - issuer: me
                    jwks: '{"keys": []}'
                  - issuer: old
                    jwks_uri: http://old.example/keys
                """);
        assertThat(policy.targetRefs()).singleElement().matches(TargetRef::isService);
        assertThat(policy.jwtRules().getFirst())
                .isEqualTo(new JwtRule(
                        "https://issuer.example",
                        List.of("shop", "web"),
                        "https://issuer.example/keys",
                        "",
                        List.of(new FromHeader("x-jwt", "Bearer ")),
                        List.of("token"),
                        List.of("session"),
                        "x-payload",
                        List.of(new ClaimHeader("x-group", "nested.group")),
                        true,
                        Duration.ofMillis(2500),
                        List.of("roles")));
        assertThat(policy.jwtRules()).extracting(JwtRule::jwks).containsExactly("", "{\"keys\": []}", "");
        assertThat(policy.jwtRules().get(2).jwksUri()).isEqualTo("http://old.example/keys");
    }

    private static Values values(String in, String notIn) {
        return new Values(List.of(in), List.of(notIn));
    }
}

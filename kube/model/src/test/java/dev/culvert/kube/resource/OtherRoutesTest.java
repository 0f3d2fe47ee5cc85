package dev.culvert.kube.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.kube.resource.GrpcRoute.MethodMatch;
import dev.culvert.kube.resource.HttpRoute.MatchType;
import dev.culvert.kube.resource.HttpRoute.NamedMatch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OtherRoutesTest {
    @Test
    void readsAGrpcRoute() {
        GrpcRoute route = Manifest.read(GrpcRoute.class, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: GRPCRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs: [{group: "", kind: Service, name: echo, port: 7070}]
                  rules:
                  - matches:
                    - method: {service: proto.EchoTestService, method: Echo}
                      headers: [{name: version, value: two}]
                    - method: {type: RegularExpression, service: "proto\\\\..*"}
                    filters:
                    - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}]}}
                    - {type: URLRewrite, urlRewrite: {hostname: one.example}}
                    backendRefs: [{name: v1, port: 7070, weight: 70}, {name: v2, port: 7070, weight: 30}]
                  - backendRefs: [{name: v3, port: 7070, weight: 0}]
                """);
        GrpcRoute.Rule rule = route.rules().getFirst();
        assertThat(rule.matches())
                .containsExactly(
                        new GrpcRoute.Match(
                                new MethodMatch(MatchType.EXACT, "proto.EchoTestService", "Echo"),
                                List.of(new NamedMatch("version", MatchType.EXACT, "two"))),
                        new GrpcRoute.Match(
                                new MethodMatch(MatchType.REGULAR_EXPRESSION, "proto\\..*", ""), List.of()));
        assertThat(rule.filters().get(1)).isEqualTo(new RouteFilter.Unsupported("URLRewrite"));
        assertThat(rule.backends())
                .extracting(backend -> backend.ref().weight())
                .containsExactly(70, 30);
        assertThat(route.rules().get(1).matches()).containsExactly(GrpcRoute.Match.ANY);
    }

    @Test
    void readsATcpRoute() {
        TcpRoute route = Manifest.read(TcpRoute.class, """
                apiVersion: gateway.networking.k8s.io/v1alpha2
                kind: TCPRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs: [{group: "", kind: Service, name: db, port: 5432}]
                  rules: [{name: all, backendRefs: [{name: db-v1, port: 5432, weight: 9}, {name: db-v2, port: 5432}]}]
                """);
        assertThat(route.rules())
                .containsExactly(new TcpRoute.Rule(
                        "all",
                        List.of(
                                new BackendRef("", "Service", "shop", "db-v1", 5432, 9),
                                new BackendRef("", "Service", "shop", "db-v2", 5432, 1))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha3", "v1alpha2"})
    void readsATlsRouteOfEachVersion(String version) {
        TlsRoute route = Manifest.read(TlsRoute.class, """
                apiVersion: gateway.networking.k8s.io/%s
                kind: TLSRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: api}]
                  hostnames: [api.example.com, "*.example.org"]
                  rules: [{backendRefs: [{name: api, port: 443}]}]
                """.formatted(version));
        assertThat(route.hostnames()).containsExactly("api.example.com", "*.example.org");
        assertThat(route.parentRefs()).singleElement().matches(ParentRef::isServiceEntry);
        assertThat(route.rules().getFirst().backends().getFirst().port()).isEqualTo(443);
    }
}

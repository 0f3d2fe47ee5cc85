package dev.culvert.kube.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.kube.resource.Gateway.Address;
import dev.culvert.kube.resource.Gateway.AllowedNamespaces;
import dev.culvert.kube.resource.Gateway.Listener;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GatewayTest {
    @Test
    void readsAWaypointWithItsStatus() {
        Gateway gateway = Manifest.read(Gateway.class, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: waypoint, namespace: shop, labels: {istio.io/waypoint-for: all}}
                spec:
                  gatewayClassName: istio-waypoint
                  addresses:
                  - value: 10.0.0.7
                  - {type: Hostname, value: waypoint.shop.svc.cluster.local}
                  infrastructure:
                    labels: {team: web}
                    annotations: {note: "1"}
                    parametersRef: {group: "", kind: ConfigMap, name: overlay}
                  listeners:
                  - name: mesh
                    port: 15008
                    protocol: HBONE
                    allowedRoutes: {kinds: [{kind: HTTPRoute}]}
                status:
                  addresses: [{type: IPAddress, value: "fd00::7"}]
                  conditions: [{type: Accepted, status: "True"}]
                  listeners:
                  - name: mesh
                    attachedRoutes: 2
                    supportedKinds: [{group: gateway.networking.k8s.io, kind: HTTPRoute}]
                    conditions: [{type: Programmed, status: "True"}]
                """);
        assertThat(gateway.spec().gatewayClassName()).isEqualTo("istio-waypoint");
        assertThat(gateway.spec().addresses())
                .containsExactly(
                        new Address("IPAddress", "10.0.0.7"),
                        new Address("Hostname", "waypoint.shop.svc.cluster.local"));
        assertThat(gateway.spec().infrastructure().labels()).containsEntry("team", "web");
        assertThat(gateway.spec().infrastructure().annotations()).containsEntry("note", "1");
        assertThat(gateway.spec().infrastructure().parametersRef())
                .isEqualTo(new ParametersRef("", "ConfigMap", "", "overlay"));
        Listener listener = gateway.spec().listeners().getFirst();
        assertThat(listener.protocol()).isEqualTo("HBONE");
        assertThat(listener.port()).isEqualTo(15008);
        assertThat(listener.allowedRoutes().kinds())
                .containsExactly(new Gateway.RouteKind("gateway.networking.k8s.io", "HTTPRoute"));
        assertThat(gateway.status().addresses()).containsExactly(new Address("IPAddress", "fd00::7"));
        assertThat(gateway.status().conditions()).singleElement().matches(Condition::isTrue);
        assertThat(gateway.status().listeners()).singleElement().satisfies(status -> {
            assertThat(status.attachedRoutes()).isEqualTo(2);
            assertThat(status.conditions().getFirst().type()).isEqualTo("Programmed");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                              | true  | false | false",
                "{from: Same}                                                                    | true  | false | false",
                "{from: All}                                                                     | true  | true  | true",
                "{from: Selector}                                                                | false | false | false",
                "{from: Selector, selector: {}}                                                  | true  | true  | true",
                "{from: Selector, selector: {matchLabels: {tier: web}}}                          | false | true  | false",
                "{from: Selector, selector: {matchExpressions: [{key: tier, operator: Exists}]}} | false | true  | true",
                "{from: Selector, selector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}"
                        + " | true | false | false",
                "{from: Selector, selector: {matchExpressions: [{key: tier, operator: NotIn, values: [web]}]}}"
                        + " | true | false | true",
                "{from: Selector, selector: {matchExpressions: [{key: tier, operator: In, values: [web, db]}]}}"
                        + " | false | true | true",
            })
    void tellsWhichNamespacesMayUseAListener(String namespaces, boolean own, boolean web, boolean database) {
        Gateway gateway = Manifest.read(Gateway.class, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: waypoint, namespace: shop}
                spec:
                  gatewayClassName: istio-waypoint
                  listeners:
                  - {name: mesh, port: 15008, protocol: HBONE, allowedRoutes: {namespaces: %s}}
                """.formatted(namespaces));
        AllowedNamespaces allowed =
                gateway.spec().listeners().getFirst().allowedRoutes().namespaces();
        assertThat(allowed.allows("shop", "shop", Map.of())).isEqualTo(own);
        assertThat(allowed.allows("shop", "front", Map.of("tier", "web"))).isEqualTo(web);
        assertThat(allowed.allows("shop", "data", Map.of("tier", "db"))).isEqualTo(database);
    }

    @Test
    void readsAClass() {
        GatewayClass gatewayClass = Manifest.read(GatewayClass.class, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: GatewayClass
                metadata: {name: istio-waypoint}
                spec:
                  controllerName: istio.io/mesh-controller
                  parametersRef: {group: "", kind: ConfigMap, namespace: istio-system, name: all}
                status:
                  conditions: [{type: Accepted, status: "False", observedGeneration: 3}]
                """);
        assertThat(gatewayClass.metadata().namespace()).isEmpty();
        assertThat(gatewayClass.controllerName()).isEqualTo("istio.io/mesh-controller");
        assertThat(Objects.requireNonNull(gatewayClass.parametersRef()).namespace())
                .isEqualTo("istio-system");
        assertThat(gatewayClass.conditions().getFirst().observedGeneration()).isEqualTo(3);
    }

    @Test
    void aGrantAllowsJustWhatItNames() {
        ReferenceGrant grant = Manifest.read(ReferenceGrant.class, """
                apiVersion: gateway.networking.k8s.io/v1beta1
                kind: ReferenceGrant
                metadata: {name: grant, namespace: data}
                spec:
                  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}]
                  to: [{group: "", kind: Service, name: db}, {group: "", kind: Secret}]
                """);
        var shop = new ReferenceGrant.From("gateway.networking.k8s.io", "HTTPRoute", "shop");
        var other = new ReferenceGrant.From("gateway.networking.k8s.io", "HTTPRoute", "other");
        var database = new ReferenceGrant.To("", "Service", "db");
        assertThat(grant.allows(shop, database)).isTrue();
        assertThat(grant.allows(other, database)).isFalse();
        assertThat(grant.allows(shop, new ReferenceGrant.To("", "Service", "cache")))
                .isFalse();
        assertThat(grant.allows(shop, new ReferenceGrant.To("", "Secret", "any")))
                .isTrue();
        assertThat(List.of(grant.from().size(), grant.to().size())).containsExactly(1, 2);
    }
}

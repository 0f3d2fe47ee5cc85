package dev.culvert.kube.resource;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KindsTest {
    @ParameterizedTest
    @CsvSource({
        "gateway.networking.k8s.io/v1,       Gateway,               gateways",
        "gateway.networking.k8s.io/v1beta1,  Gateway,               gateways",
        "gateway.networking.k8s.io/v1,       GatewayClass,          gatewayclasses",
        "gateway.networking.k8s.io/v1beta1,  GatewayClass,          gatewayclasses",
        "gateway.networking.k8s.io/v1,       HTTPRoute,             httproutes",
        "gateway.networking.k8s.io/v1beta1,  HTTPRoute,             httproutes",
        "gateway.networking.k8s.io/v1,       GRPCRoute,             grpcroutes",
        "gateway.networking.k8s.io/v1alpha2, TCPRoute,              tcproutes",
        "gateway.networking.k8s.io/v1,       TLSRoute,              tlsroutes",
        "gateway.networking.k8s.io/v1alpha2, TLSRoute,              tlsroutes",
        "gateway.networking.k8s.io/v1alpha3, TLSRoute,              tlsroutes",
        "gateway.networking.k8s.io/v1,       ReferenceGrant,        referencegrants",
        "gateway.networking.k8s.io/v1beta1,  ReferenceGrant,        referencegrants",
        "security.istio.io/v1,               RequestAuthentication, requestauthentications",
        "security.istio.io/v1beta1,          RequestAuthentication, requestauthentications",
        "networking.istio.io/v1,             DestinationRule,       destinationrules",
        "networking.istio.io/v1beta1,        DestinationRule,       destinationrules",
        "networking.istio.io/v1alpha3,       VirtualService,        virtualservices",
        "networking.istio.io/v1,             VirtualService,        virtualservices",
        "telemetry.istio.io/v1,              Telemetry,             telemetries",
        "telemetry.istio.io/v1alpha1,        Telemetry,             telemetries",
        "culvert.dev/v1alpha1,               RateLimitPolicy,       ratelimitpolicies",
    })
    void findsEachKindInEachOfItsVersions(String apiVersion, String name, String plural) {
        assertThat(Kinds.find(apiVersion, name))
                .isNotNull()
                .satisfies(kind -> assertThat(kind.plural()).isEqualTo(plural));
    }

    @ParameterizedTest
    @CsvSource({"networking.istio.io/v1, Gateway", "gateway.networking.k8s.io/v1, UDPRoute", "v1, HTTPRoute"})
    void passesOverOtherKinds(String apiVersion, String name) {
        assertThat(Kinds.find(apiVersion, name)).isNull();
    }
}

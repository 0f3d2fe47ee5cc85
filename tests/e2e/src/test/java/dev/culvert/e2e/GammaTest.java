package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.culvert.testkit.http.Echoed;
import dev.culvert.testkit.http.GrpcProbe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The scenarios of the Gateway API's conformance suite for meshes, each with its manifest's meaning and its
/// assertions.
class GammaTest {
    private static final String SET = "X-Header-Set";
    private static final String ADD = "X-Header-Add";
    private static final String REMOVE = "X-Header-Remove";
    private static final String GRPC = "gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo";
    private static final int REQUESTS = 500;
    private static final double TOLERANCE = 5.0;
    private static GammaCase mesh;

    @BeforeAll
    static void start() {
        mesh = new GammaCase();
        mesh.get("echo", "/").succeeds();
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @AfterEach
    void withoutRoutes() {
        mesh.reset();
        mesh.get("echo", "/without-routes").succeeds();
    }

    @Test
    void meshBasic() {
        mesh.get("echo", "/").succeeds();
    }

    @Test
    void meshTrafficSplit() {
        mesh.apply("traffic-split");
        mesh.get("echo", "/v1").reaches("echo-v1");
        mesh.get("echo", "/v2").reaches("echo-v2");
        mesh.get("echo", "/v3").fails(404);
    }

    @Test
    void httpRouteSimpleSameNamespace() {
        mesh.apply("simple-same-namespace");
        mesh.get("echo", "/").reaches("echo-v1");
    }

    @Test
    void httpRouteMatching() {
        mesh.apply("matching");
        mesh.get("echo", "/").reaches("echo-v1");
        mesh.get("echo", "/example").reaches("echo-v1");
        mesh.get("echo", "/").with("Version", "one").reaches("echo-v1");
        mesh.get("echo", "/v2").reaches("echo-v2");
        mesh.get("echo", "/v2/").reaches("echo-v2");
        mesh.get("echo", "/v2/example").reaches("echo-v2");
        mesh.get("echo", "/v2").with("Version", "one").reaches("echo-v2");
        mesh.get("echo", "/v2example").reaches("echo-v1");
        mesh.get("echo", "/foo/v2/example").reaches("echo-v1");
        mesh.get("echo", "/").with("Version", "two").reaches("echo-v2");
    }

    @Test
    void httpRouteWeight() {
        mesh.apply("weight");
        assertShares(() -> mesh.get("echo", "/").once().echoed().pod());
    }

    @Test
    void httpRouteRequestHeaderModifier() {
        mesh.apply("request-header-modifier");
        assertRequestHeaders();
    }

    @Test
    void httpRouteBackendRequestHeaderModifier() {
        mesh.apply("backend-request-header-modifier");
        assertRequestHeaders();
    }

    private static void assertRequestHeaders() {
        mesh.get("echo", "/set").with("Some-Other-Header", "val").arrivesWith(SET, "set-overwrites-values");
        mesh.get("echo", "/set").with("Some-Other-Header", "val").arrivesWith("Some-Other-Header", "val");
        mesh.get("echo", "/set").with(SET, "some-other-value").arrivesWith(SET, "set-overwrites-values");
        mesh.get("echo", "/add").arrivesWith(ADD, "add-appends-values");
        mesh.get("echo", "/add")
                .with(ADD, "some-other-value")
                .arrivesWith(ADD, "some-other-value", "add-appends-values");
        mesh.get("echo", "/remove").with(REMOVE, "val").arrivesWith(REMOVE);
        Expectation many = mesh.get("echo", "/multiple")
                .with("X-Header-Set-2", "set-val-2")
                .with("X-Header-Add-2", "add-val-2")
                .with("X-Header-Remove-2", "remove-val-2")
                .with("Another-Header", "another-header-val");
        many.arrivesWith("X-Header-Set-1", "header-set-1");
        many.arrivesWith("X-Header-Set-2", "header-set-2");
        many.arrivesWith("X-Header-Add-1", "header-add-1");
        many.arrivesWith("X-Header-Add-2", "add-val-2", "header-add-2");
        many.arrivesWith("X-Header-Add-3", "header-add-3");
        many.arrivesWith("X-Header-Remove-2");
        many.arrivesWith("Another-Header", "another-header-val");
        Expectation cases = mesh.get("echo", "/case-insensitivity")
                .with("x-header-set", "original-val-set")
                .with("x-header-add", "original-val-add")
                .with("x-header-remove", "original-val-remove");
        cases.arrivesWith(SET, "header-set");
        cases.arrivesWith(ADD, "original-val-add", "header-add");
        cases.arrivesWith(REMOVE);
    }

    @Test
    void httpRouteRedirectHostAndStatus() {
        mesh.apply("redirect-host-and-status");
        mesh.get("echo", "/hostname-redirect").redirects(302, "http://example.org/hostname-redirect");
        mesh.get("echo", "/host-and-status").redirects(301, "http://example.org/host-and-status");
    }

    @Test
    void httpRouteRedirectPath() {
        mesh.apply("redirect-path");
        mesh.get("echo", "/original-prefix/lemon").redirects(302, "http://echo/replacement-prefix/lemon");
        mesh.get("echo", "/full/path/original").redirects(302, "http://echo/full-path-replacement");
        mesh.get("echo", "/prefix-and-host/lemon").redirects(302, "http://example.org/replacement-prefix/lemon");
        mesh.get("echo", "/prefix-and-status/lemon").redirects(301, "http://echo/replacement-prefix/lemon");
        mesh.get("echo", "/full-and-host/lemon").redirects(302, "http://example.org/replacement-full");
        mesh.get("echo", "/full-and-status/lemon").redirects(301, "http://echo/replacement-full");
    }

    @Test
    void httpRouteRedirectPort() {
        mesh.apply("redirect-port");
        mesh.get("echo", "/port").redirects(302, "http://echo:8083/port");
        mesh.get("echo", "/port-and-host").redirects(302, "http://example.org:8083/port-and-host");
        mesh.get("echo", "/port-and-status").redirects(301, "http://echo:8083/port-and-status");
        mesh.get("echo", "/port-and-host-and-status")
                .redirects(302, "http://example.org:8083/port-and-host-and-status");
    }

    @Test
    void httpRouteSchemeRedirect() {
        mesh.apply("redirect-scheme");
        mesh.get("echo", "/scheme").redirects(302, "https://echo/scheme");
        mesh.get("echo", "/scheme-and-host").redirects(302, "https://example.org/scheme-and-host");
        mesh.get("echo", "/scheme-and-status").redirects(301, "https://echo/scheme-and-status");
        mesh.get("echo", "/scheme-and-host-and-status")
                .redirects(302, "https://example.org/scheme-and-host-and-status");
    }

    @Test
    void httpRoute303Redirect() {
        mesh.apply("redirect-303");
        mesh.get("echo", "/hostname-redirect").redirects(303, "http://example.org/hostname-redirect");
    }

    @Test
    void httpRoute307Redirect() {
        mesh.apply("redirect-307");
        mesh.get("echo", "/hostname-redirect").redirects(307, "http://example.org/hostname-redirect");
    }

    @Test
    void httpRoute308Redirect() {
        mesh.apply("redirect-308");
        mesh.get("echo", "/hostname-redirect").redirects(308, "http://example.org/hostname-redirect");
    }

    @Test
    void httpRouteQueryParamMatching() {
        mesh.apply("query-param-matching");
        mesh.get("echo", "/?animal=whale").reaches("echo-v1");
        mesh.get("echo", "/?animal=dolphin").reaches("echo-v2");
        mesh.get("echo", "/?animal=whale&otherparam=irrelevant").reaches("echo-v1");
        mesh.get("echo", "/?animal=dolphin&color=yellow").reaches("echo-v2");
        mesh.get("echo", "/?animal=dolphin&color=blue").reaches("echo-v1");
        mesh.get("echo", "/?ANIMAL=Whale").reaches("echo-v1");
        mesh.get("echo", "/path1?animal=whale").reaches("echo-v1");
        mesh.get("echo", "/?animal=whale").with("version", "one").reaches("echo-v2");
        mesh.get("echo", "/path2?animal=whale").with("version", "two").reaches("echo-v2");
        mesh.get("echo", "/path3?animal=shark").reaches("echo-v1");
        mesh.get("echo", "/path4?animal=kraken").with("version", "three").reaches("echo-v1");
        mesh.get("echo", "/?animal=hydra").reaches("echo-v1");
        mesh.get("echo", "/path5/foo").reaches("echo-v1");
        mesh.get("echo", "/").with("version", "four").reaches("echo-v1");
        mesh.get("echo", "/").fails(404);
        mesh.get("echo", "/?animal=shark").fails(404);
        mesh.get("echo", "/path4?animal=kraken").fails(404);
    }

    @Test
    void httpRouteRewritePath() {
        mesh.apply("rewrite-path");
        mesh.get("echo", "/prefix/one/two").reaches("echo-v1", "/one/two");
        mesh.get("echo", "/strip-prefix/three").reaches("echo-v1", "/three");
        mesh.get("echo", "/strip-prefix").reaches("echo-v1", "/");
        mesh.get("echo", "/full/one/two").reaches("echo-v1", "/one");
        assertRewritten("/full/rewrite-path-and-modify-headers/test", "/test");
        assertRewritten("/prefix/rewrite-path-and-modify-headers/one", "/prefix/one");
    }

    private static void assertRewritten(String path, String arriving) {
        Expectation call = mesh.get("echo", path)
                .with(REMOVE, "remove-val")
                .with("X-Header-Add-Append", "append-val-1")
                .with(SET, "set-val");
        call.reaches("echo-v1", arriving);
        call.arrivesWith(ADD, "header-val-1");
        call.arrivesWith("X-Header-Add-Append", "append-val-1", "header-val-2");
        call.arrivesWith(SET, "set-overwrites-values");
        call.arrivesWith(REMOVE);
    }

    @Test
    void httpRouteNamedRule() {
        mesh.apply("named-rule");
        mesh.get("echo", "/named").reaches("echo-v1");
        mesh.get("echo", "/unnamed").reaches("echo-v2");
    }

    @Test
    void consumerRoute() {
        mesh.apply("consumer");
        mesh.get("echo-v1", "/").from(mesh.consumer).answersWith(SET, "set");
        mesh.get("echo-v1", "/").answersWith(SET);
    }

    @Test
    void frontend() {
        mesh.apply("frontend");
        mesh.get("echo-v2", "/").answersWith(SET, "set");
        mesh.get("echo-v2", "/").at(mesh.second.ipv4(), 8080).answersWith(SET);
    }

    @Test
    void frontendHostname() {
        mesh.apply("frontend");
        mesh.get("echo-v1", "/").at(GammaCase.address("echo-v2"), 80).answersWith(SET, "set");
        mesh.get("echo-v2", "/").at(GammaCase.address("echo-v1"), 80).answersWith(SET);
    }

    @Test
    void ports() {
        mesh.apply("ports");
        mesh.get("echo-v1", "/").answersWith(SET, "v1");
        mesh.get("echo-v1", "/").port(8080).answersWith(SET);
        mesh.get("echo-v2", "/").answersWith(SET, "v2");
        mesh.get("echo-v2", "/").port(8080).answersWith(SET, "v2");
    }

    @Test
    void grpcRouteWeight() {
        mesh.apply("grpc-weight");
        try (GrpcProbe client = mesh.grpc()) {
            assertShares(() -> client.call(GRPC, Map.of()).pod());
        }
    }

    @Test
    void grpcRouteRequestHeaderModifier() {
        mesh.apply("grpc-request-header-modifier");
        try (GrpcProbe client = mesh.grpc()) {
            assertArrives(client, "set", Map.of(), SET, List.of("set-overwrites-values"));
            assertArrives(client, "set", Map.of(SET, "other"), SET, List.of("set-overwrites-values"));
            assertArrives(client, "add", Map.of(), ADD, List.of("add-appends-values"));
            assertArrives(client, "add", Map.of(ADD, "other"), ADD, List.of("other", "add-appends-values"));
            assertArrives(client, "remove", Map.of(REMOVE, "val"), REMOVE, List.of());
            Map<String, String> sent =
                    Map.of("X-Header-Set-2", "mine", "X-Header-Add-2", "mine", "X-Header-Remove-2", "mine");
            assertArrives(client, "multiple", sent, "X-Header-Set-1", List.of("header-set-1"));
            assertArrives(client, "multiple", sent, "X-Header-Set-2", List.of("header-set-2"));
            assertArrives(client, "multiple", sent, "X-Header-Add-1", List.of("header-add-1"));
            assertArrives(client, "multiple", sent, "X-Header-Add-2", List.of("mine", "header-add-2"));
            assertArrives(client, "multiple", sent, "X-Header-Remove-2", List.of());
        }
    }

    private static void assertArrives(
            GrpcProbe client, String rule, Map<String, String> sent, String header, List<String> values) {
        Map<String, String> metadata = new TreeMap<>(sent);
        metadata.put("test", rule);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptionsInstanceOf(io.grpc.StatusRuntimeException.class)
                .untilAsserted(() -> {
                    Echoed seen = client.call(GRPC, metadata);
                    assertThat(seen.pod()).startsWith("echo-v1");
                    assertThat(seen.header(header)).isEqualTo(values);
                });
    }

    /// 70 to 30 between the versions, in one of ten attempts, as the suite allows.
    private static void assertShares(Supplier<String> pod) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptionsInstanceOf(io.grpc.StatusRuntimeException.class)
                .untilAsserted(() -> {
                    Map<String, Integer> counts = new TreeMap<>();
                    for (int i = 0; i < REQUESTS; i++) {
                        counts.merge(pod.get(), 1, Integer::sum);
                    }
                    assertThat(counts.keySet()).containsExactly("echo-v1", "echo-v2");
                    assertThat(percent(counts, "echo-v1")).isCloseTo(70, within(TOLERANCE));
                    assertThat(percent(counts, "echo-v2")).isCloseTo(30, within(TOLERANCE));
                });
    }

    private static double percent(Map<String, Integer> counts, String pod) {
        return 100.0 * counts.getOrDefault(pod, 0) / REQUESTS;
    }
}

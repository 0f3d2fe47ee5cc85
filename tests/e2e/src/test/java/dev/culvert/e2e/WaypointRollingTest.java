package dev.culvert.e2e;

import dev.culvert.testkit.netns.LabGateway;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.WaypointSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Everything about a service with a waypoint changes while clients call it, and none of them notices.
class WaypointRollingTest {
    private static final String CART = "10.96.4.1";
    private static final String URL = "http://" + CART + "/";
    private static final int CHANGES = 100;
    private static final int PAUSE_MILLIS = 180;
    private static final int CLIENTS = 16;
    private static final int AT_LEAST = 3_000;
    private static HttpCase mesh;
    private static LabGateway gateway;
    private static LabPod client;
    private static LabPod leaving;

    @BeforeAll
    static void start() {
        mesh = new HttpCase(MeshLab.start(Labs.twoNodes("l7rolling")));
        mesh.lab.manifests().namespace("shop", HttpCase.withWaypoint());
        mesh.service("shop", "cart", CART, 80, 8080);
        gateway = mesh.lab.gateway(WaypointSpec.of("shop", HttpCase.WAYPOINT).withService("10.96.4.2"), 1, 2);
        client = mesh.pod("shop", "client", 1);
        cart("cart-1", 2);
        cart("cart-2", 1);
        leaving = cart("cart-3", 2);
        mesh.get(client, CART, 80, "cart", "/").succeeds();
    }

    private static LabPod cart(String name, int node) {
        LabPod pod = mesh.lab.run(PodSpec.of("shop", name, "cart"), node);
        mesh.echo(pod, 8080);
        return pod;
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void routesPolicyAndEndpointsChangeUnderLoad() {
        try (Wrk load = Wrk.start(mesh.lab, client, URL, CLIENTS)) {
            for (int i = 0; i < CHANGES; i++) {
                change(i);
                MeshCase.pause(PAUSE_MILLIS);
            }
            load.assertNoneFailed(AT_LEAST);
        }
        mesh.get(client, CART, 80, "cart", "/").has("x-change", "96");
    }

    private static void change(int number) {
        switch (number % 4) {
            case 0 -> mesh.lab.manifests().put("route", route(number));
            case 1 -> mesh.lab.ready(leaving, false);
            case 2 ->
                mesh.lab
                        .manifests()
                        .put(
                                "policy",
                                Policies.atService(
                                        "shop",
                                        "cart",
                                        "DENY",
                                        "[{to: [{operation: {paths: [\"/closed/" + number + "\"]}}]}]"));
            default -> {
                mesh.lab.ready(leaving, true);
                mesh.lab.manifests().remove("policy");
            }
        }
    }

    private static String route(int number) {
        return """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: cart, namespace: shop}
                spec:
                  parentRefs:
                  - {group: "", kind: Service, name: cart}
                  rules:
                  - matches:
                    - path: {type: PathPrefix, value: /%1$d}
                    backendRefs:
                    - {name: cart, port: 80}
                  - filters:
                    - type: ResponseHeaderModifier
                      responseHeaderModifier: {set: [{name: x-change, value: "%1$d"}]}
                    backendRefs:
                    - {name: cart, port: 80}
                """.formatted(number);
    }

    @Test
    void aReplicaIsReplacedUnderLoad() {
        try (Wrk load = Wrk.start(mesh.lab, client, URL, CLIENTS)) {
            MeshCase.pause(1_000);
            gateway.remove(gateway.replica(1));
            gateway.add(1);
            gateway.awaitReady();
            gateway.remove(gateway.replica(1));
            load.assertNoneFailed(AT_LEAST);
        }
    }
}

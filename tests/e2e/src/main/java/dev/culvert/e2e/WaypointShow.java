package dev.culvert.e2e;

import dev.culvert.testkit.http.EchoApp;
import dev.culvert.testkit.netns.LabGateway;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.Shell;
import dev.culvert.testkit.netns.WaypointSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The part of the demonstration about waypoints: a namespace whose services use one, and what that changes. Used from
/// the main thread.
final class WaypointShow implements AutoCloseable {
    private static final String NAMESPACE = "books";
    private static final String VIP = "10.96.0.20";
    private static final String REVIEWS = "http://" + VIP + "/";
    private static final String ISSUER = "https://issuer.books.example";
    private static final int SAMPLE = 100;

    private final MeshLab mesh;
    private final Narrator narrator;
    private final Token issuer = new Token(ISSUER);
    private final List<EchoApp> apps = new ArrayList<>();
    private final Map<String, LabPod> pods = new TreeMap<>();

    WaypointShow(MeshLab mesh, Narrator narrator) {
        this.mesh = mesh;
        this.narrator = narrator;
    }

    /// All claims, in order.
    void showAll() {
        LabGateway gateway = populate();
        weightsSplitTheTraffic();
        aHeaderChoosesTheVersion();
        aMethodAndPathAreDenied(gateway);
        aPathAsksForAToken();
        aRetryHidesAPodThatFails();
        noWayLeadsAround();
    }

    private LabGateway populate() {
        narrator.step("a namespace that uses a waypoint: a Gateway of class istio-waypoint, a label, two versions");
        mesh.manifests()
                .namespace(
                        NAMESPACE, Map.of("istio.io/dataplane-mode", "ambient", "istio.io/use-waypoint", "waypoint"));
        service("reviews", VIP, "app: reviews");
        service("reviews-v1", "10.96.0.21", "app: reviews, version: v1");
        service("reviews-v2", "10.96.0.22", "app: reviews, version: v2");
        LabGateway gateway = mesh.gateway(WaypointSpec.of(NAMESPACE, "waypoint"), 2);
        run("reader", "reader", "v1", 1);
        serve(run("reviews-v1", "reviews", "v1", 1));
        serve(run("reviews-v2", "reviews", "v2", 2));
        narrator.show("waypoint on node2 at " + gateway.replica(1).pod().ipv4() + ", service reviews at " + VIP);
        boolean answered =
                Narrator.eventually(() -> get("").ok() && get("").out().contains("header.x-request-id="));
        narrator.check("the waypoint is on the way of a request", answered, get("").out());
        return gateway;
    }

    private void service(String name, String vip, String selector) {
        mesh.manifests().put("service-" + name, """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec:
                  clusterIPs: [%s]
                  selector: {%s}
                  ports: [{name: http, port: 80, targetPort: 8080, appProtocol: http}]
                """.formatted(name, NAMESPACE, vip, selector));
    }

    private LabPod run(String name, String app, String version, int node) {
        LabPod pod = mesh.run(PodSpec.of(NAMESPACE, name, app).withLabel("version", version), node);
        pods.put(name, pod);
        return pod;
    }

    private void serve(LabPod pod) {
        apps.add(EchoApp.start(mesh.sockets(), pod, 8080));
    }

    private void weightsSplitTheTraffic() {
        narrator.step("an HTTPRoute: nine requests of ten to v1, one to v2");
        route("""
                  - backendRefs:
                    - {name: reviews-v1, port: 80, weight: 90}
                    - {name: reviews-v2, port: 80, weight: 10}
                """);
        boolean split =
                Narrator.eventually(() -> count(20).size() == 2 || count(SAMPLE).size() == 2);
        Map<String, Integer> counts = count(SAMPLE);
        narrator.show(SAMPLE + " requests: " + counts);
        int second = counts.getOrDefault("reviews-v2", 0);
        narrator.check(
                "both versions answer, v1 most of them", split && second > 0 && second < SAMPLE / 3, counts.toString());
    }

    private void aHeaderChoosesTheVersion() {
        narrator.step("an HTTPRoute: requests with the header end-user: ann go to v2, all others to v1");
        route("""
                  - matches: [{headers: [{name: end-user, value: ann}]}]
                    backendRefs: [{name: reviews-v2, port: 80}]
                  - backendRefs: [{name: reviews-v1, port: 80}]
                """);
        var _ = Narrator.eventually(() -> count(20).equals(Map.of("reviews-v1", 20)));
        String others = pod(get("").out());
        String ann = pod(get("", "-H", "end-user: ann").out());
        narrator.show("reader$ curl " + REVIEWS + "                      -> " + others);
        narrator.show("reader$ curl -H 'end-user: ann' " + REVIEWS + "   -> " + ann);
        narrator.check("the header decides", others.equals("reviews-v1") && ann.equals("reviews-v2"), others + ann);
    }

    private void aMethodAndPathAreDenied(LabGateway gateway) {
        narrator.step("an AuthorizationPolicy of the service: DELETE below /admin is denied");
        policy("deny-delete", "DENY", "[{to: [{operation: {methods: [DELETE], paths: [\"/admin/*\"]}}]}]");
        boolean denied =
                Narrator.eventually(() -> status("admin/1", "-X", "DELETE").equals("403"));
        narrator.show("reader$ curl -X DELETE " + REVIEWS + "admin/1   -> "
                + get("admin/1", "-X", "DELETE").out());
        narrator.check("DELETE /admin/1 is denied", denied, status("admin/1", "-X", "DELETE"));
        narrator.check("GET /admin/1 is not", status("admin/1").equals("200"), status("admin/1"));
        narrator.check(
                "nor does a disguised path get through",
                status("x/..%2fadmin/1", "--path-as-is", "-X", "DELETE").startsWith("4")
                        && status("admin//1", "-X", "DELETE").equals("403"),
                status("admin//1", "-X", "DELETE"));
        String reason = awaitLog(gateway, "ns[books]-policy[deny-delete]");
        narrator.show("waypoint: " + reason);
        narrator.check("the waypoint's log names the policy", !reason.isEmpty(), "");
    }

    private void aPathAsksForAToken() {
        narrator.step("RequestAuthentication and a policy: /private needs a token of " + ISSUER);
        mesh.manifests().put("jwt", """
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: tokens, namespace: %s}
                spec:
                  targetRefs: [{kind: Service, group: "", name: reviews}]
                  jwtRules: [{issuer: "%s", jwks: '%s'}]
                """.formatted(NAMESPACE, ISSUER, issuer.keySet()));
        policy(
                "private",
                "DENY",
                "[{from: [{source: {notRequestPrincipals: [\"*\"]}}], to: [{operation: {paths: [\"/private*\"]}}]}]");
        boolean closed = Narrator.eventually(() -> status("private").equals("403"));
        String bearer = "authorization: Bearer " + issuer.of("ann");
        narrator.check("without a token: 403", closed, status("private"));
        narrator.check(
                "with a good one: 200",
                Narrator.eventually(() -> status("private", "-H", bearer).equals("200")),
                status("private", "-H", bearer));
        String forged = "authorization: Bearer " + new Token(ISSUER).of("ann");
        narrator.check(
                "with one that somebody else signed: 401",
                status("private", "-H", forged).equals("401"),
                status("private", "-H", forged));
    }

    private void aRetryHidesAPodThatFails() {
        narrator.step("one of the two pods answers every request with 503");
        route("""
                  - retry: {attempts: 3, codes: [503]}
                    backendRefs: [{name: reviews, port: 80}]
                """);
        apps.getLast().failWith(503);
        var _ = Narrator.eventually(
                () -> apps.getLast().served() > 0 && status("").equals("200"));
        Map<String, Integer> statuses = new TreeMap<>();
        int before = apps.getLast().served();
        for (int i = 0; i < SAMPLE / 2; i++) {
            statuses.merge(status(""), 1, Integer::sum);
        }
        int failed = apps.getLast().served() - before;
        narrator.show(SAMPLE / 2 + " requests: " + statuses + ", the failing pod was asked " + failed + " times");
        narrator.check(
                "no client sees the failures", statuses.equals(Map.of("200", SAMPLE / 2)) && failed > 0, "" + statuses);
        apps.getLast().failWith(0);
    }

    private void noWayLeadsAround() {
        narrator.step("the pod's own address, which the waypoint is not asked for");
        LabPod pod = pod2();
        Shell.Result direct = reader("curl", "-sS", "-m", "5", "http://" + pod.ipv4() + ":8080/admin/1");
        narrator.show("reader$ curl http://" + pod.ipv4() + ":8080/   -> "
                + (direct.ok() ? direct.out() : direct.err()).strip());
        narrator.check("it is refused: L7 policy cannot be avoided", !direct.ok(), direct.out());
        String reason = Demo.awaitLog(mesh, 2, "direction=\"inbound\"", "error=", "waypoint");
        narrator.show("node2: " + reason);
        narrator.check("the access log says that only the waypoint is let in", !reason.isEmpty(), "");
    }

    private LabPod pod2() {
        LabPod pod = pods.get("reviews-v2");
        if (pod == null) {
            throw new IllegalStateException("reviews-v2 does not run");
        }
        return pod;
    }

    private void route(String rules) {
        mesh.manifests().put("route", """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: reviews, namespace: %s}
                spec:
                  parentRefs: [{kind: Service, group: "", name: reviews, port: 80}]
                  rules:
                """.formatted(NAMESPACE) + rules);
    }

    private void policy(String name, String action, String rules) {
        mesh.manifests().put("policy-" + name, """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: %s, namespace: %s}
                spec:
                  targetRefs: [{kind: Service, group: "", name: reviews}]
                  action: %s
                  rules: %s
                """.formatted(name, NAMESPACE, action, rules));
    }

    private Map<String, Integer> count(int requests) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            counts.merge(pod(get("").out()), 1, Integer::sum);
        }
        return counts;
    }

    private static String pod(String echoed) {
        return echoed.lines()
                .filter(line -> line.startsWith("pod="))
                .findFirst()
                .map(line -> line.substring("pod=".length()))
                .orElse("no answer");
    }

    private Shell.Result get(String path, String... options) {
        return curl(path, List.of("-sS"), options);
    }

    private String status(String path, String... options) {
        return curl(path, List.of("-sS", "-o", "/dev/null", "-w", "%{http_code}"), options)
                .out();
    }

    private Shell.Result curl(String path, List<String> output, String... options) {
        List<String> command = new ArrayList<>(List.of("curl", "-m", "5"));
        command.addAll(output);
        command.addAll(List.of(options));
        command.add(REVIEWS + path);
        return reader(command.toArray(String[]::new));
    }

    private Shell.Result reader(String... command) {
        LabPod reader = pods.get("reader");
        if (reader == null) {
            throw new IllegalStateException("reader does not run");
        }
        return reader.exec(command);
    }

    private String awaitLog(LabGateway gateway, String part) {
        List<String> found = new ArrayList<>();
        var _ = Narrator.eventually(() -> {
            gateway.replica(1)
                    .output()
                    .lines()
                    .filter(line -> line.contains(part))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.isEmpty() ? "" : found.getLast();
    }

    /// What one can try while the mesh stays up.
    void menu() {
        LabPod reader = pods.get("reader");
        if (reader != null) {
            narrator.show("nsenter --net=" + reader.netnsPath() + " curl -i " + REVIEWS);
            narrator.show("nsenter --net=" + reader.netnsPath() + " curl -i -X DELETE " + REVIEWS + "admin/1");
        }
    }

    @Override
    public void close() {
        apps.forEach(EchoApp::close);
    }
}

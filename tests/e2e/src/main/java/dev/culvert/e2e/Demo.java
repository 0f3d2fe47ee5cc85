package dev.culvert.e2e;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabProcess;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.PodSpec;
import dev.culvert.testkit.netns.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the demonstration shows, one method a claim. Used from the main thread.
final class Demo implements AutoCloseable {
    private static final String CART_VIP = "10.96.0.10";
    private static final String CART = "http://" + CART_VIP + "/";
    private static final String MARKER = "a-secret-that-must-not-be-readable";
    private static final Map<String, String> AMBIENT = Map.of("istio.io/dataplane-mode", "ambient");

    private final MeshLab mesh;
    private final Narrator narrator;
    private final List<LabPod> pods = new ArrayList<>();
    private final WaypointShow waypoint;

    Demo(MeshLab mesh, Narrator narrator) {
        this.mesh = mesh;
        this.narrator = narrator;
        waypoint = new WaypointShow(mesh, narrator);
    }

    /// Two namespaces in the mesh, one outside, five pods.
    void populate() {
        narrator.step("running five pods through the CNI chain (bridge, host-local, culvert-cni)");
        mesh.manifests().namespace("shop", AMBIENT);
        mesh.manifests().namespace("bank", AMBIENT);
        mesh.manifests().namespace("legacy", Map.of());
        mesh.manifests().service("shop", "cart", CART_VIP, 80, 8080);
        run("shop", "web", "web", 1);
        run("shop", "cart-1", "cart", 2);
        run("shop", "cart-2", "cart", 2);
        run("bank", "teller", "teller", 1);
        run("legacy", "old", "old", 1);
        serve(pod("cart-1"));
        serve(pod("cart-2"));
    }

    private void run(String namespace, String name, String app, int node) {
        LabPod pod = mesh.run(PodSpec.of(namespace, name, app), node);
        pods.add(pod);
        narrator.show(
                "%-8s %-8s on %s  %s".formatted(namespace, name, pod.node().name(), pod.ipv4()));
    }

    private void serve(LabPod pod) {
        String classes = System.getProperty("java.class.path");
        mesh.exec(
                pod,
                "hello",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx32m",
                "-cp",
                classes,
                "dev.culvert.testkit.app.HttpHello",
                "8080",
                pod.spec().name());
    }

    private LabPod pod(String name) {
        return pods.stream()
                .filter(pod -> pod.spec().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no pod " + name));
    }

    /// All claims, in order.
    void showAll() {
        requestCrossesTheNodes();
        bothEndsSawIdentities();
        payloadIsNotReadableOnTheWire();
        policyRefusesWithItsReason();
        outsideIsToldApart();
        waypoint.showAll();
    }

    private void requestCrossesTheNodes() {
        narrator.step("a request from web (node1) to the service cart (node2)");
        boolean answered = Narrator.eventually(() -> curl("web").ok());
        Shell.Result result = curl("web");
        narrator.show("web$ curl " + CART);
        narrator.show(result.out());
        narrator.check(
                "the service on the other node answers",
                answered && result.out().contains("hello from cart"),
                result.err());
        narrator.check(
                "the application sees the client's own address",
                result.out().contains(pod("web").ipv4()),
                result.out());
    }

    private void bothEndsSawIdentities() {
        narrator.step("what both ends saw of that connection");
        String web = "src.identity=\"spiffe://cluster.local/ns/shop/sa/web\"";
        String cart = "dst.identity=\"spiffe://cluster.local/ns/shop/sa/cart\"";
        String out = awaitLog(mesh, 1, "direction=\"outbound\"", web, cart);
        String in = awaitLog(mesh, 2, "direction=\"inbound\"", web, cart);
        narrator.show("node1: " + out);
        narrator.show("node2: " + in);
        narrator.check(
                "the client's side knows whom it reached",
                !out.isEmpty(),
                mesh.process(1).processes().getLast().tail());
        narrator.check(
                "the server's side knows who called",
                !in.isEmpty(),
                mesh.process(2).processes().getLast().tail());
    }

    private void payloadIsNotReadableOnTheWire() {
        narrator.step("a packet capture between the nodes while a marked request crosses");
        Path capture = mesh.lab().directory().resolve("wire.pcap");
        try (LabProcess tcpdump = LabProcess.start(
                "tcpdump",
                mesh.network().switchNamespace(),
                List.of("tcpdump", "-i", "br0", "-U", "--immediate-mode", "-s", "0", "-w", capture.toString()),
                Map.of(),
                mesh.lab().directory().resolve("tcpdump.log"))) {
            tcpdump.await(output -> output.contains("listening on"), Duration.ofSeconds(10));
            narrator.check(
                    "the marked request is answered",
                    pod("web").exec("curl", "-sS", "-m", "5", CART + MARKER).ok(),
                    "");
            narrator.check("a plain connection's bytes would be seen", plainIsSeen(capture), "");
        }
        String wire = read(capture);
        narrator.show(wire.length() + " bytes captured on the switch, the marker is " + MARKER);
        narrator.check(
                "the mesh's payload cannot be read on the wire", wire.length() > 1000 && !wire.contains(MARKER), "");
    }

    /// A negative control: what the pod outside the mesh sends to the other node does appear in the capture.
    private boolean plainIsSeen(Path capture) {
        pod("old").exec("curl", "-sS", "-m", "2", "http://" + pod("cart-1").ipv4() + ":8080/plain-and-readable");
        return Narrator.eventually(() -> read(capture).contains("plain-and-readable"));
    }

    private void policyRefusesWithItsReason() {
        narrator.step("an AuthorizationPolicy: only the service account web may call cart");
        mesh.manifests().put("policy", """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: only-web, namespace: shop}
                spec:
                  selector: {matchLabels: {app: cart}}
                  action: ALLOW
                  rules:
                  - from: [{source: {principals: [cluster.local/ns/shop/sa/web]}}]
                """);
        boolean refused = Narrator.eventually(() -> !curl("teller").ok());
        narrator.show("teller$ curl " + CART + "   -> " + curl("teller").err().strip());
        narrator.check("bank/teller is refused", refused, "");
        narrator.check(
                "shop/web is still answered", curl("web").ok(), curl("web").err());
        String reason = awaitLog(mesh, 2, "direction=\"inbound\"", "sa/teller", "error=");
        narrator.show("node2: " + reason);
        narrator.check("the access log says why", reason.contains("none allowed"), reason);
    }

    private void outsideIsToldApart() {
        narrator.step("a pod outside the mesh calls in, then the namespace becomes STRICT");
        mesh.manifests().remove("policy");
        boolean permissive = Narrator.eventually(() -> plain().ok());
        narrator.check("PERMISSIVE: legacy/old is answered", permissive, plain().err());
        mesh.manifests().put("strict", """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: shop}
                spec: {mtls: {mode: STRICT}}
                """);
        narrator.check("STRICT: legacy/old is refused", Narrator.eventually(() -> !plain().ok()), "");
        narrator.check(
                "STRICT: shop/web is answered",
                Narrator.eventually(() -> curl("web").ok()),
                "");
    }

    private Shell.Result plain() {
        return pod("old")
                .exec("curl", "-sS", "-m", "5", "http://" + pod("cart-1").ipv4() + ":8080/");
    }

    private Shell.Result curl(String from) {
        return pod(from).exec("curl", "-sS", "-m", "5", CART);
    }

    /// What one can try while the mesh stays up.
    void menu() {
        String culvert = "./culvert";
        narrator.step("the mesh stays up; things to try in another terminal (Ctrl-C here ends it)");
        narrator.show("nsenter --net=" + pod("web").netnsPath() + " curl " + CART);
        narrator.show("nsenter --net=" + pod("teller").netnsPath() + " curl " + CART);
        narrator.show("edit or add manifests in " + mesh.manifests().directory());
        narrator.show("nsenter --net=/run/netns/" + mesh.node(1).netns() + " " + culvert + " workload");
        narrator.show("nsenter --net=/run/netns/" + mesh.node(2).netns()
                + " curl -s http://127.0.0.1:15020/metrics | grep istio_tcp");
        waypoint.menu();
        narrator.show("tail -f " + mesh.node(2).directory() + "/node.log");
    }

    /// The newest line of a node's access log that has all of `parts`; empty when none comes.
    static String awaitLog(MeshLab mesh, int node, String... parts) {
        List<String> found = new ArrayList<>();
        var _ = Narrator.eventually(() -> {
            mesh.process(node)
                    .output()
                    .lines()
                    .filter(line -> line.contains("\taccess\t"))
                    .filter(line -> List.of(parts).stream().allMatch(line::contains))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        return found.isEmpty() ? "" : found.getLast();
    }

    private static String read(Path capture) {
        try {
            return Files.exists(capture) ? new String(Files.readAllBytes(capture), StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        waypoint.close();
    }
}

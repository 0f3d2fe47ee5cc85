package dev.culvert.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// A whole mesh on this machine: nodes and pods as namespaces, a control plane on a directory of manifests, and one
/// node process a node, all of the built distribution.
///
/// The lab plays scheduler, kubelet and container runtime: it writes the Pod, makes the sandbox's namespace, calls the
/// CNI chain, and writes the addresses that came back to the Pod's status. Methods may be called from several threads.
public final class MeshLab implements AutoCloseable {
    private final LabOptions options;
    private final Lab lab;
    private final LabNetwork network;
    private final LabControlPlane controlPlane;
    private final Manifests manifests;
    private final LabSockets sockets = new LabSockets();
    private final Map<String, LabNodeProcess> nodeProcesses = new LinkedHashMap<>();
    private final Map<String, LabPod> pods = new ConcurrentHashMap<>();
    private final List<LabGateway> gateways = new ArrayList<>();

    /// Makes the namespaces; nothing runs in them yet.
    public MeshLab(LabOptions options) {
        this.options = options;
        this.lab = Lab.create(options.name());
        this.network = new LabNetwork(lab, options.nodes());
        this.manifests = new Manifests(lab.directory().resolve("manifests"));
        this.controlPlane = new LabControlPlane(options, lab, network.controlPlaneNamespace(), manifests);
        for (LabNode node : network.nodes()) {
            manifests.put("node-" + node.name(), """
                    apiVersion: v1
                    kind: Node
                    metadata:
                      name: %s
                    """.formatted(node.name()));
            nodeProcesses.put(node.name(), new LabNodeProcess(options, node, controlPlane, manifests));
        }
    }

    /// A lab with the control plane and all node processes running and ready.
    public static MeshLab start(LabOptions options) {
        MeshLab mesh = new MeshLab(options);
        try {
            mesh.controlPlane.start();
            mesh.nodeProcesses.values().forEach(LabNodeProcess::start);
            mesh.nodeProcesses.values().forEach(LabNodeProcess::awaitReady);
            return mesh;
        } catch (RuntimeException e) {
            mesh.close();
            throw e;
        }
    }

    /// The manifests that the control plane and the agents read.
    public Manifests manifests() {
        return manifests;
    }

    /// Sockets inside the lab's pods.
    public LabSockets sockets() {
        return sockets;
    }

    /// The wires.
    public LabNetwork network() {
        return network;
    }

    /// The control plane's process.
    public LabControlPlane controlPlane() {
        return controlPlane;
    }

    /// The lab itself: names, directory.
    public Lab lab() {
        return lab;
    }

    /// The node with this index, from 1.
    public LabNode node(int index) {
        return network.nodes().get(index - 1);
    }

    /// The process on the node with this index, from 1.
    public LabNodeProcess process(int index) {
        LabNodeProcess process = nodeProcesses.get(node(index).name());
        if (process == null) {
            throw new IllegalArgumentException("no node " + index);
        }
        return process;
    }

    /// Runs a pod on the node with this index: manifest, namespace, CNI ADD, status.
    ///
    /// @throws CniChain.CniFailure when the chain refuses
    public LabPod run(PodSpec spec, int nodeIndex) {
        LabNode node = node(nodeIndex);
        String uid = UUID.randomUUID().toString();
        manifests.put(file(spec), podManifest(spec, uid, node, List.of(), "Pending"));
        String netns = lab.namespace(spec.namespace() + "-" + spec.name());
        try {
            Shell.run(Shell.inside(netns, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0")
                    .toArray(String[]::new));
            String result = chain(node).add(attachment(spec, uid, netns));
            LabPod pod = new LabPod(spec, uid, netns, node, addresses(result), result);
            manifests.put(file(spec), podManifest(spec, uid, node, pod.addresses(), "Running"));
            pods.put(file(spec), pod);
            return pod;
        } catch (RuntimeException e) {
            lab.remove(netns);
            manifests.remove(file(spec));
            throw e;
        }
    }

    /// Says whether the pod is ready, as a kubelet does after its probes.
    public void ready(LabPod pod, boolean ready) {
        String state = ready ? "Running" : "Starting";
        manifests.put(file(pod.spec()), podManifest(pod.spec(), pod.uid(), pod.node(), pod.addresses(), state));
    }

    /// Declares a waypoint and starts its first replicas, one on each of the nodes of these indexes.
    public LabGateway gateway(WaypointSpec spec, int... nodeIndexes) {
        LabGateway gateway = new LabGateway(this, spec);
        gateways.add(gateway);
        for (int index : nodeIndexes) {
            gateway.add(index);
        }
        gateway.awaitReady();
        return gateway;
    }

    /// The variables that every process of the lab finds the control plane by.
    Map<String, String> servers() {
        String root = controlPlane.rootCertificate().toString();
        return Map.of(
                "XDS_ADDRESS",
                LabControlPlane.ADDRESS,
                "CA_ADDRESS",
                LabControlPlane.ADDRESS,
                "XDS_ROOT_CA",
                root,
                "CA_ROOT_CA",
                root);
    }

    LabOptions options() {
        return options;
    }

    /// Writes the pod's manifest again with other labels or annotations, as a user's edit would.
    public LabPod edit(LabPod pod, PodSpec changed) {
        LabPod edited = new LabPod(changed, pod.uid(), pod.netns(), pod.node(), pod.addresses(), pod.addResult());
        manifests.put(file(changed), podManifest(changed, pod.uid(), pod.node(), pod.addresses(), "Running"));
        pods.put(file(changed), edited);
        return edited;
    }

    /// Says that the pod is terminating: it leaves its services' endpoints, its processes go on.
    public void terminate(LabPod pod) {
        manifests.put(file(pod.spec()), podManifest(pod.spec(), pod.uid(), pod.node(), pod.addresses(), "Terminating"));
    }

    /// Removes a pod: CNI DEL, namespace, manifest.
    ///
    /// @return what DEL of the chain failed with, normally nothing
    public List<CniChain.CniFailure> delete(LabPod pod) {
        List<CniChain.CniFailure> failures = chain(pod.node()).delete(attachment(pod.spec(), pod.uid(), pod.netns()));
        lab.remove(pod.netns());
        manifests.remove(file(pod.spec()));
        pods.remove(file(pod.spec()));
        return failures;
    }

    /// The CNI chain of a node: Debian's bridge and host-local, then ours.
    public CniChain chain(LabNode node) {
        return LabCni.chain(options, lab, node, manifests);
    }

    /// The subject of a CNI call for a pod.
    public CniChain.Attachment attachment(PodSpec spec, String uid, String netns) {
        String arguments = "IgnoreUnknown=1;K8S_POD_NAMESPACE=" + spec.namespace() + ";K8S_POD_NAME=" + spec.name()
                + ";K8S_POD_INFRA_CONTAINER_ID=" + uid.replace("-", "") + ";K8S_POD_UID=" + uid;
        return new CniChain.Attachment(uid.replace("-", ""), Lab.NETNS_DIR.resolve(netns), arguments);
    }

    /// Starts a process inside a pod, with its output in the lab's directory.
    public LabProcess exec(LabPod pod, String name, String... command) {
        return LabProcess.start(
                name,
                pod.netns(),
                List.of(command),
                Map.of(),
                lab.directory().resolve(pod.netns() + "-" + name + ".log"));
    }

    @Override
    public void close() {
        gateways.forEach(LabGateway::close);
        nodeProcesses.values().forEach(LabNodeProcess::close);
        controlPlane.close();
        sockets.close();
        lab.clean();
    }

    private static String file(PodSpec spec) {
        return "pod-" + spec.namespace() + "-" + spec.name();
    }

    private static List<String> addresses(String result) {
        List<String> found = new ArrayList<>();
        var matcher = java.util.regex.Pattern.compile("\"address\"\\s*:\\s*\"([^\"/]+)/")
                .matcher(result);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("the CNI result has no address: " + result);
        }
        return found;
    }

    private static String podManifest(PodSpec spec, String uid, LabNode node, List<String> addresses, String state) {
        boolean running = !addresses.isEmpty();
        boolean ready = running && state.equals("Running");
        StringBuilder ips = new StringBuilder();
        addresses.forEach(address -> ips.append(ips.isEmpty() ? "" : ", ")
                .append("{ip: \"")
                .append(address)
                .append("\"}"));
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                  namespace: %s
                  uid: %s
                  labels: %s
                  annotations: %s
                %sspec:
                  nodeName: %s
                  serviceAccountName: %s
                  containers:
                  - {name: app, image: local}
                status:
                  phase: %s
                  podIPs: [%s]
                  conditions:
                  - {type: Ready, status: "%s"}
                """.formatted(
                        spec.name(),
                        spec.namespace(),
                        uid,
                        Manifests.inline(spec.labels()),
                        Manifests.inline(spec.annotations()),
                        state.equals("Terminating") ? "  deletionTimestamp: \"2026-01-01T00:00:00Z\"\n" : "",
                        node.name(),
                        spec.serviceAccount(),
                        running ? "Running" : "Pending",
                        ips,
                        ready ? "True" : "False");
    }

    static void createDirectories(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static final Duration START_LIMIT = Duration.ofSeconds(30);
}

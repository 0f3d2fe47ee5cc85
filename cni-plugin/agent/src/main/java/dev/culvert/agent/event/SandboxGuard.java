package dev.culvert.agent.event;

import dev.culvert.agent.pod.PodRecord;
import dev.culvert.agent.pod.PodStore;
import dev.culvert.linux.FileIdentity;
import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Netns;
import dev.culvert.linux.NetnsThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// Judges whether a namespace can be that of the pod it is said to be. Thread-safe: it has no state.
///
/// Whoever is served under a pod's name has the pod's identity. So the node's own namespace is
/// nobody's, a pod's namespace holds an address of the pod, and a pod that has a living namespace
/// gets no second one: a runtime that makes a pod's sandbox anew takes the old one away first.
public final class SandboxGuard {
    /// Of the calling thread; `/proc/net` would be the process's.
    private static final Path IPV4 = Path.of("/proc/thread-self/net/fib_trie");
    private static final Path IPV6 = Path.of("/proc/thread-self/net/if_inet6");

    private final Set<FileIdentity> node;
    private final NetnsThread thread;
    private final PodStore store;

    /// @param host the node's own namespace
    public SandboxGuard(Netns host, NetnsThread thread, PodStore store) {
        this.node = host.identity().equals(thread.home().identity())
                ? Set.of(host.identity())
                : Set.of(host.identity(), thread.home().identity());
        this.thread = thread;
        this.store = store;
        List<String> _ = tables(); // loads at home what the task needs inside
    }

    /// Looks at `netns`, in which the pod of `record` is said to start.
    ///
    /// @throws RefusedException when it cannot be the pod's
    void admit(Netns netns, PodRecord record) throws IOException {
        if (node.contains(netns.identity())) {
            throw new RefusedException(
                    "the namespace at " + record.netnsPath() + " is the node's own, not pod " + record.id() + "'s");
        }
        PodRecord before = store.find(record.id().uid());
        if (before != null && !before.netnsIdentity().equals(netns.identity()) && lives(before)) {
            throw new RefusedException("pod " + record.id() + " runs in the namespace at " + before.netnsPath()
                    + ", which is still there; " + record.netnsPath() + " is another");
        }
        Set<InetAddress> held = addresses(netns);
        if (!record.addresses().isEmpty() && record.addresses().stream().noneMatch(held::contains)) {
            throw new RefusedException("the namespace at " + record.netnsPath() + " holds none of the addresses "
                    + record.addresses().stream()
                            .map(InetAddress::getHostAddress)
                            .toList() + " of pod "
                    + record.id());
        }
    }

    private static boolean lives(PodRecord record) {
        try (Netns netns = Netns.open(Path.of(record.netnsPath()))) {
            return netns.identity().equals(record.netnsIdentity());
        } catch (LinuxException gone) {
            return false;
        }
    }

    /// The addresses of all interfaces in `netns`.
    private Set<InetAddress> addresses(Netns netns) throws IOException {
        Set<InetAddress> held = new HashSet<>();
        List<String> tables;
        try {
            tables = thread.call(netns, SandboxGuard::tables);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        String last = "";
        for (String line : tables.get(0).lines().map(String::strip).toList()) {
            if (line.startsWith("|-- ")) {
                last = line.substring(4);
            } else if (line.endsWith("host LOCAL")) {
                held.add(InetAddress.ofLiteral(last));
            }
        }
        for (String line : tables.get(1).lines().toList()) {
            held.add(InetAddress.getByAddress(HexFormat.of().parseHex(line, 0, 32)));
        }
        return held;
    }

    /// The kernel's tables of addresses for the namespace of the calling thread.
    private static List<String> tables() {
        try {
            return List.of(Files.readString(IPV4), Files.exists(IPV6) ? Files.readString(IPV6) : "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.culvert.agent.rules;

import dev.culvert.api.MeshMarks;
import dev.culvert.linux.Netns;
import dev.culvert.plugin.Json;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The host's rules that let the kubelet's own probes into mesh pods without mutual TLS.
/// Thread-safe, by one lock that is held while a tool runs.
///
/// What the kubelet's user sends by TCP to a pod in the set gets a link-local source, which the
/// pod's rules exempt. The whole table is written in one transaction each time, so that what we
/// keep and what the kernel has cannot drift apart for longer than until the next [#reassert()].
public final class HostProbeRules {
    private static final String TABLE = "inet " + TrafficRules.NAT;
    private static final String SET4 = "istio-inpod-probes-v4";
    private static final String SET6 = "istio-inpod-probes-v6";
    private static final String CHAIN = "istio-postrouting";

    private final Tools tools;
    private final Netns host;
    private final int kubeletUser;
    private final Map<String, String> owners = new TreeMap<>();

    /// @param kubeletUser the user id that the kubelet runs as
    public HostProbeRules(Tools tools, Netns host, int kubeletUser) {
        this.tools = tools;
        this.host = host;
        this.kubeletUser = kubeletUser;
    }

    /// Makes the addresses those of pod `uid` and of no other.
    public synchronized void add(String uid, List<InetAddress> addresses) throws IOException {
        for (InetAddress address : addresses) {
            owners.put(address.getHostAddress(), uid);
        }
        write();
    }

    /// Takes out whatever addresses belong to pod `uid`. An address that another pod has got since
    /// stays.
    public synchronized void remove(String uid) throws IOException {
        if (owners.values().removeIf(uid::equals)) {
            write();
        }
    }

    /// Writes the table again if the kernel's differs from what it should be; true when it did.
    public synchronized boolean reassert() throws IOException {
        Tools.Outcome listing = tools.run(host, List.of("nft", "-j", "list", "table", "inet", TrafficRules.NAT), "");
        if (listing.ok() && isWhole(listing.output())) {
            return false;
        }
        write();
        return true;
    }

    /// Takes the table away, for an uninstall.
    public synchronized void delete() throws IOException {
        run("add table " + TABLE + "\ndelete table " + TABLE + "\n");
    }

    private boolean isWhole(String json) {
        int rules = 0;
        int elements = 0;
        try {
            for (Object item : Json.list(Json.parseObject(json).get("nftables"))) {
                rules += Json.object(item).containsKey("rule") ? 1 : 0;
                Map<String, Object> set = Json.object(Json.object(item).get("set"));
                for (Object element : Json.list(set.get("elem"))) {
                    elements += isOurs(element) ? 1 : 0;
                }
            }
        } catch (IllegalArgumentException e) {
            return false;
        }
        return rules == 3 && elements == owners.size();
    }

    private boolean isOurs(Object element) {
        Map<String, Object> described = Json.object(Json.object(element).get("elem"));
        String address = Json.text(described.get("val"), "");
        try {
            String owner = owners.get(InetAddress.ofLiteral(address).getHostAddress());
            return owner != null && owner.equals(described.get("comment"));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("add table ").append(TABLE).append("\ndelete table ").append(TABLE);
        text.append("\ntable ").append(TABLE).append(" {\n");
        set(text, SET4, "ipv4_addr", true);
        set(text, SET6, "ipv6_addr", false);
        text.append("chain ").append(CHAIN).append(" {\n");
        String probe = "meta l4proto tcp meta skuid " + kubeletUser;
        text.append(probe).append(" ip daddr @").append(SET4).append(" counter snat ip to ");
        text.append(MeshMarks.HOST_PROBE_IPV4).append('\n');
        text.append(probe).append(" ip6 daddr @").append(SET6).append(" counter snat ip6 to ");
        text.append(MeshMarks.HOST_PROBE_IPV6).append("\n}\n");
        text.append("chain postrouting {\ntype nat hook postrouting priority 100 ; policy accept ;\n");
        text.append("counter jump ").append(CHAIN).append("\n}\n}\n");
        run(text.toString());
    }

    private void set(StringBuilder text, String name, String type, boolean ipv4) {
        String elements = owners.entrySet().stream()
                .filter(entry -> InetAddress.ofLiteral(entry.getKey()) instanceof Inet4Address == ipv4)
                .map(entry -> entry.getKey() + " comment \"" + entry.getValue() + "\"")
                .collect(Collectors.joining(", "));
        text.append("set ").append(name).append(" {\ntype ").append(type).append('\n');
        if (!elements.isEmpty()) {
            text.append("elements = { ").append(elements).append(" }\n");
        }
        text.append("}\n");
    }

    private void run(String text) throws IOException {
        Tools.Outcome outcome = tools.run(host, List.of("nft", "-f", "-"), text);
        if (!outcome.ok()) {
            throw new IOException("nft failed in the host's namespace with status " + outcome.status() + ": "
                    + outcome.errors().strip());
        }
    }
}

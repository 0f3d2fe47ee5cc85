package dev.culvert.agent.rules;

import dev.culvert.api.MeshMarks;
import dev.culvert.api.MeshPorts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The rules that send a pod's TCP to the node proxy, as text for `nft`. Immutable.
///
/// Tables, chains and their order are those of Istio's native nftables backend. In short: what
/// arrives goes to 15006 unless it is HBONE, a host probe or the proxy's own; what leaves goes to
/// 15001 unless it is the proxy's own, an answer to a probe or to the proxy, or the pod calling
/// itself. Answers of the application to connections that the proxy opened under a foreign source
/// address find the way back through a connection mark and routing table 100.
///
/// @param ipv6 whether IPv6 is captured too
/// @param bypassInbound capture only what leaves
/// @param dnsCapture send DNS queries to the proxy
/// @param virtualInterfaces interfaces whose arriving TCP counts as leaving
public record TrafficRules(boolean ipv6, boolean bypassInbound, boolean dnsCapture, List<String> virtualInterfaces) {
    static final String NAT = "istio-ambient-nat";
    static final String MANGLE = "istio-ambient-mangle";
    static final String RAW = "istio-ambient-raw";
    private static final String IN = "istio-prerouting";
    private static final String OUT = "istio-output";
    private static final String OURS = hex(MeshMarks.PACKET_MARK);
    private static final String RETURN = hex(MeshMarks.CONNECTION_MARK);
    private static final String MASKED = "meta mark & " + hex(MeshMarks.MASK);
    private static final String NOT_OURS = MASKED + " != " + OURS;

    public TrafficRules {
        virtualInterfaces = List.copyOf(virtualInterfaces);
        for (String name : virtualInterfaces) {
            if (!name.matches("[A-Za-z0-9_.@-]{1,15}")) {
                throw new IllegalArgumentException(
                        "'" + name + "' is no interface name; see annotation " + "istio.io/reroute-virtual-interfaces");
            }
        }
    }

    /// One transaction that puts the rules in place, whatever of them was there before.
    public String apply() {
        StringBuilder text = new StringBuilder();
        table(text, MANGLE, "-150", "filter", "route", mangle());
        table(text, NAT, "-100", "nat", "nat", nat());
        if (dnsCapture) {
            table(text, RAW, "-300", "filter", "filter", raw());
        } else {
            drop(text, RAW);
        }
        return text.toString();
    }

    /// One transaction that takes all of them away, whether they are there or not.
    public static String remove() {
        StringBuilder text = new StringBuilder();
        drop(text, NAT);
        drop(text, MANGLE);
        drop(text, RAW);
        return text.toString();
    }

    /// How many rules each chain has, by `table chain`; the two jumps of each table among them.
    Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        count(counts, MANGLE, mangle());
        count(counts, NAT, nat());
        if (dnsCapture) {
            count(counts, RAW, raw());
        }
        return counts;
    }

    private static void count(Map<String, Integer> counts, String table, List<Rule> rules) {
        counts.put(table + " prerouting", 1);
        counts.put(table + " output", 1);
        rules.forEach(rule -> counts.merge(table + " " + rule.chain, 1, Integer::sum));
    }

    private List<Rule> mangle() {
        return List.of(
                new Rule(IN, MASKED + " == " + OURS, "ct mark set ct mark & 0xfffff000 | " + RETURN),
                new Rule(OUT, "ct mark & " + hex(MeshMarks.MASK) + " == " + RETURN, "meta mark set ct mark"));
    }

    private List<Rule> nat() {
        List<Rule> rules = new ArrayList<>();
        for (String name : virtualInterfaces) {
            String arriving = "iifname \"" + name + "\" meta l4proto tcp";
            rules.add(new Rule(IN, arriving, redirect(MeshPorts.OUTBOUND)));
            rules.add(new Rule(IN, arriving, "return"));
        }
        if (!bypassInbound) {
            both(rules, IN, "meta l4proto tcp %s saddr %s", Peer.PROBE, "accept");
            both(
                    rules,
                    IN,
                    "%s daddr != %s tcp dport != " + MeshPorts.HBONE + " " + NOT_OURS,
                    Peer.LOOPBACK,
                    redirect(MeshPorts.INBOUND_PLAINTEXT));
        }
        both(rules, OUT, "meta l4proto tcp %s daddr %s", Peer.PROBE, "accept");
        if (dnsCapture) {
            rules.add(new Rule(OUT, "oifname != \"lo\" " + NOT_OURS + " udp dport 53", redirect(MeshPorts.DNS)));
            both(rules, OUT, "%s daddr != %s tcp dport 53 " + NOT_OURS, Peer.LOOPBACK, redirect(MeshPorts.DNS));
        }
        rules.add(new Rule(OUT, "meta l4proto tcp " + MASKED + " == " + RETURN, "accept"));
        both(rules, OUT, "oifname \"lo\" %s daddr != %s", Peer.LOOPBACK, "accept");
        both(rules, OUT, "meta l4proto tcp %s daddr != %s " + NOT_OURS, Peer.LOOPBACK, redirect(MeshPorts.OUTBOUND));
        return rules;
    }

    private List<Rule> raw() {
        return List.of(
                new Rule(OUT, "udp dport 53 " + MASKED + " == " + OURS, "ct zone set 1"),
                new Rule(IN, "udp sport 53 " + NOT_OURS, "ct zone set 1"));
    }

    /// The same rule for each family; `match` has places for the family and the address.
    private void both(List<Rule> rules, String chain, String match, Peer peer, String verdict) {
        rules.add(new Rule(chain, match.formatted("ip", peer.ipv4), verdict));
        if (ipv6) {
            rules.add(new Rule(chain, match.formatted("ip6", peer.ipv6), verdict));
        }
    }

    private static void table(
            StringBuilder text, String name, String priority, String inType, String outType, List<Rule> rules) {
        String table = " inet " + name;
        text.append("add table").append(table).append('\n');
        text.append("flush table").append(table).append('\n');
        base(text, table, "prerouting", inType, priority);
        base(text, table, "output", outType, priority);
        text.append("add chain").append(table).append(' ').append(IN).append('\n');
        text.append("add chain").append(table).append(' ').append(OUT).append('\n');
        rule(text, table, new Rule("prerouting", "", "jump " + IN));
        rule(text, table, new Rule("output", "", "jump " + OUT));
        rules.forEach(rule -> rule(text, table, rule));
    }

    private static void base(StringBuilder text, String table, String hook, String type, String priority) {
        text.append("add chain").append(table).append(' ').append(hook);
        text.append(" { type ")
                .append(type)
                .append(" hook ")
                .append(hook)
                .append(" priority ")
                .append(priority);
        text.append(" ; policy accept ; }\n");
    }

    private static void rule(StringBuilder text, String table, Rule rule) {
        text.append("add rule").append(table).append(' ').append(rule.chain).append(' ');
        text.append(rule.match).append(rule.match.isEmpty() ? "" : " ");
        text.append("counter ").append(rule.verdict).append('\n');
    }

    private static void drop(StringBuilder text, String name) {
        text.append("add table inet ").append(name).append('\n');
        text.append("delete table inet ").append(name).append('\n');
    }

    private static String redirect(int port) {
        return "redirect to :" + port;
    }

    private static String hex(int mark) {
        return "0x" + Integer.toHexString(mark);
    }

    private record Rule(String chain, String match, String verdict) {}

    /// The addresses that rules speak of, in each family.
    private enum Peer {
        LOOPBACK("127.0.0.1/32", "::1/128"),
        PROBE(MeshMarks.HOST_PROBE_IPV4, MeshMarks.HOST_PROBE_IPV6);

        private final String ipv4;
        private final String ipv6;

        Peer(String ipv4, String ipv6) {
            this.ipv4 = ipv4;
            this.ipv6 = ipv6;
        }
    }
}

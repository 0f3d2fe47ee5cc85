package dev.culvert.agent.rules;

import dev.culvert.api.MeshMarks;
import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Netns;
import dev.culvert.linux.NetnsThread;
import dev.culvert.plugin.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Puts [TrafficRules] into a pod's namespace, checks them and takes them out. Thread-safe for
/// different pods; it blocks.
///
/// Policy routing goes in first and the redirects, in one transaction, last: there is no moment at
/// which traffic is redirected and its answers are lost. When a step fails everything is taken out
/// again, unless the pod is captured already.
public final class NftRules {
    private static final Path NO_IPV6 = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");
    private static final String SELECT =
            "fwmark 0x" + Integer.toHexString(MeshMarks.CONNECTION_MARK) + "/0x" + Integer.toHexString(MeshMarks.MASK);

    private final Tools tools;
    private final NetnsThread thread;

    public NftRules(Tools tools, NetnsThread thread) {
        this.tools = tools;
        this.thread = thread;
        boolean _ = ipv6HereIsOn(); // loads at home what the task needs inside
    }

    /// Puts `rules` in place, whatever of them was there before.
    ///
    /// @throws IOException when a step failed; nothing of the rules is left then
    public void apply(Netns netns, TrafficRules rules) throws IOException {
        try {
            mend(netns, rules);
        } catch (IOException e) {
            undo(netns, e);
            throw e;
        }
    }

    /// Puts `rules` in place for a pod that runs under them already. When a step fails the rest
    /// stays as it is: a captured pod must not be uncovered.
    public void mend(Netns netns, TrafficRules rules) throws IOException {
        routing(netns, "-4", "add", "replace");
        if (rules.ipv6() && hasIpv6(netns)) {
            routing(netns, "-6", "add", "replace");
        }
        nft(netns, rules.apply());
    }

    /// Takes the rules out; what is not there is fine.
    public void remove(Netns netns) throws IOException {
        nft(netns, TrafficRules.remove());
        routing(netns, "-4", "del", "del");
        if (hasIpv6(netns)) {
            routing(netns, "-6", "del", "del");
        }
    }

    /// Whether each of `rules` is there: every chain with as many rules as it should have, and the
    /// policy routing of each family that the namespace has.
    public boolean check(Netns netns, TrafficRules rules) throws IOException {
        Map<String, Integer> found = new HashMap<>();
        Tools.Outcome listing = tools.run(netns, List.of("nft", "-j", "list", "ruleset"), "");
        if (!listing.ok()) {
            throw failure("nft", listing);
        }
        for (Object item : Json.list(parse(listing.output()).get("nftables"))) {
            Map<String, Object> rule = Json.object(Json.object(item).get("rule"));
            if (!rule.isEmpty()) {
                found.merge(Json.text(rule.get("table"), "") + " " + Json.text(rule.get("chain"), ""), 1, Integer::sum);
            }
        }
        return found.entrySet().containsAll(rules.counts().entrySet())
                && isRouted(netns, "-4")
                && (!rules.ipv6() || !hasIpv6(netns) || isRouted(netns, "-6"));
    }

    private boolean isRouted(Netns netns, String family) throws IOException {
        String batch =
                "rule show priority " + MeshMarks.RULE_PRIORITY + "\nroute show table " + MeshMarks.ROUTE_TABLE + "\n";
        Tools.Outcome found = tools.run(netns, List.of("ip", family, "-batch", "-"), batch);
        return found.ok()
                && found.output().contains(SELECT)
                && found.output().lines().anyMatch(line -> line.startsWith("local default dev lo"));
    }

    private static Map<String, Object> parse(String json) throws IOException {
        try {
            return Json.parseObject(json);
        } catch (IllegalArgumentException e) {
            throw new IOException("nft printed no JSON; is it built with it? " + e.getMessage(), e);
        }
    }

    private void undo(Netns netns, IOException cause) {
        try {
            remove(netns);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void routing(Netns netns, String family, String rule, String route) throws IOException {
        String everything = family.equals("-4") ? "0.0.0.0/0" : "::/0";
        String batch = "route " + route + " local " + everything + " dev lo table " + MeshMarks.ROUTE_TABLE + "\n"
                + "rule " + rule + " " + SELECT + " lookup " + MeshMarks.ROUTE_TABLE + " priority "
                + MeshMarks.RULE_PRIORITY + "\n";
        Tools.Outcome outcome = tools.run(netns, List.of("ip", family, "-force", "-batch", "-"), batch);
        if (!outcome.ok() && !outcome.errors().lines().allMatch(NftRules::isAlreadySo)) {
            throw failure("ip", outcome);
        }
    }

    /// What `ip` says when there is nothing to do: the rule exists, or the rule or route is gone
    /// already.
    private static boolean isAlreadySo(String line) {
        return line.isBlank()
                || line.startsWith("Command failed")
                || line.endsWith("File exists")
                || line.endsWith("No such process")
                || line.endsWith("No such file or directory")
                || line.endsWith("FIB table does not exist.");
    }

    private void nft(Netns netns, String text) throws IOException {
        Tools.Outcome outcome = tools.run(netns, List.of("nft", "-f", "-"), text);
        if (!outcome.ok()) {
            throw failure("nft", outcome);
        }
    }

    private static IOException failure(String tool, Tools.Outcome outcome) {
        return new IOException(tool + " failed with status " + outcome.status() + ": "
                + outcome.errors().strip() + "; see that it is installed, that the kernel has nf_tables with nat, "
                + "and that the agent has CAP_NET_ADMIN and CAP_SYS_ADMIN");
    }

    private boolean hasIpv6(Netns netns) throws LinuxException {
        return thread.call(netns, NftRules::ipv6HereIsOn);
    }

    /// Whether loopback has IPv6 in the namespace of the calling thread; assumed when the kernel
    /// does not say.
    private static boolean ipv6HereIsOn() {
        try {
            return !Files.readString(NO_IPV6).startsWith("1");
        } catch (IOException e) {
            return Files.exists(NO_IPV6);
        }
    }
}

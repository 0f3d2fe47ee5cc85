package dev.culvert.agent;

import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Netns;
import dev.culvert.testkit.netns.Shell;
import java.nio.file.Path;
import java.util.UUID;

/// A namespace that stands for a pod's, or for the host's, in one test.
public final class PodNetns implements AutoCloseable {
    private final String name = "ag-" + UUID.randomUUID().toString().substring(0, 8);

    public PodNetns() {
        Shell.run("ip", "netns", "add", name);
        Shell.run("ip", "-n", name, "link", "set", "lo", "up");
    }

    /// One that holds `address`.
    public PodNetns(String address) {
        this();
        Shell.run("ip", "-n", name, "address", "add", address, "dev", "lo");
    }

    public Path path() {
        return Path.of("/run/netns", name);
    }

    public Netns open() throws LinuxException {
        return Netns.open(path());
    }

    /// What `command` prints inside.
    public String print(String... command) {
        String[] whole = new String[command.length + 4];
        whole[0] = "ip";
        whole[1] = "netns";
        whole[2] = "exec";
        whole[3] = name;
        System.arraycopy(command, 0, whole, 4, command.length);
        return Shell.run(whole);
    }

    /// Everything that rules could have left: the ruleset, policy rules, and routing table 100, of
    /// both families.
    public String residue() {
        return print("nft", "list", "ruleset")
                + print("ip", "-4", "rule")
                + print("ip", "-6", "rule")
                + print("ip", "-4", "route", "show", "table", "all")
                + print("ip", "-6", "route", "show", "table", "all");
    }

    @Override
    public void close() {
        Shell.run("ip", "netns", "del", name);
    }
}

package dev.culvert.testkit.netns;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A list of CNI plugins, called as a container runtime calls it (CNI specification 1.0, section 3 and 4).
///
/// Each plugin gets its own entry with the list's name and version and, after the first, the result of the one
/// before. Deletion goes backwards. Immutable; any thread.
public final class CniChain {
    /// One plugin of the list: the executable's name and its configuration as JSON members, without braces.
    public record Plugin(String type, String members) {}

    /// One call's subject.
    public record Attachment(String containerId, Path netns, String arguments) {}

    private final String name;
    private final String version;
    private final List<Plugin> plugins;
    private final List<Path> path;
    private final List<String> entry;

    /// @param entry the command prefix that enters the node's namespace
    public CniChain(String name, String version, List<Plugin> plugins, List<Path> path, List<String> entry) {
        this.name = name;
        this.version = version;
        this.plugins = List.copyOf(plugins);
        this.path = List.copyOf(path);
        this.entry = List.copyOf(entry);
    }

    /// Calls ADD of each plugin in order.
    ///
    /// @return the last plugin's result, JSON
    /// @throws CniFailure when one fails, after DEL was called as a runtime would
    public String add(Attachment attachment) {
        String previous = "";
        for (Plugin plugin : plugins) {
            Shell.Result result = call("ADD", plugin, attachment, previous);
            if (!result.ok()) {
                delete(attachment);
                throw new CniFailure(plugin.type(), result);
            }
            previous = result.out().strip();
        }
        return previous;
    }

    /// Calls CHECK of each plugin with the result of its ADD.
    public void check(Attachment attachment, String addResult) {
        for (Plugin plugin : plugins) {
            Shell.Result result = call("CHECK", plugin, attachment, addResult);
            if (!result.ok()) {
                throw new CniFailure(plugin.type(), result);
            }
        }
    }

    /// Calls DEL of each plugin, last first; what fails is given back, for a DEL must not stop half-way.
    public List<CniFailure> delete(Attachment attachment) {
        List<CniFailure> failures = new ArrayList<>();
        for (Plugin plugin : plugins.reversed()) {
            Shell.Result result = call("DEL", plugin, attachment, "");
            if (!result.ok()) {
                failures.add(new CniFailure(plugin.type(), result));
            }
        }
        return failures;
    }

    private Shell.Result call(String command, Plugin plugin, Attachment attachment, String previous) {
        Map<String, String> environment = new HashMap<>();
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", attachment.containerId());
        environment.put("CNI_NETNS", attachment.netns().toString());
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_ARGS", attachment.arguments());
        environment.put(
                "CNI_PATH", String.join(":", path.stream().map(Path::toString).toList()));
        String config =
                "{\"cniVersion\":\"" + version + "\",\"name\":\"" + name + "\",\"type\":\"" + plugin.type() + "\""
                        + (plugin.members().isEmpty() ? "" : "," + plugin.members())
                        + (previous.isEmpty() ? "" : ",\"prevResult\":" + previous)
                        + "}";
        List<String> whole = new ArrayList<>(entry);
        whole.add(executable(plugin.type()).toString());
        return Shell.attempt(environment, config, whole);
    }

    private Path executable(String type) {
        for (Path directory : path) {
            Path candidate = directory.resolve(type);
            if (candidate.toFile().canExecute()) {
                return candidate;
            }
        }
        throw new IllegalStateException("no CNI plugin '" + type + "' in " + path);
    }

    /// A plugin refused; the message is what it printed.
    public static final class CniFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CniFailure(String type, Shell.Result result) {
            super(type + " exited with " + result.code() + ": " + result.out() + result.err());
        }
    }
}

package dev.culvert.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/// `culvert policy`: the authorization policies that a proxy enforces. Confined to the main thread.
@Command(name = "policy", aliases = "policies", description = "Show the policies that a proxy enforces.")
final class PolicyCommand extends DumpCommand {
    PolicyCommand() {
        super("policies", List.of("NAMESPACE", "NAME", "ACTION", "SCOPE", "RULES"));
    }

    @Override
    List<List<String>> rows(Map<String, Object> policy) {
        return List.of(List.of(
                Json.text(policy, "namespace"),
                Json.text(policy, "name"),
                Json.text(policy, "action"),
                Json.text(policy, "scope"),
                Integer.toString(Json.list(policy.get("rules")).size())));
    }
}

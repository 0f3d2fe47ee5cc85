package dev.culvert.plugin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How the runtime called us: the CNI_ variables of the environment. Immutable.
record Invocation(String command, String containerId, String netns, Map<String, String> arguments) {
    static Invocation from(Function<String, @Nullable String> environment) {
        return new Invocation(
                read(environment, "CNI_COMMAND"),
                read(environment, "CNI_CONTAINERID"),
                read(environment, "CNI_NETNS"),
                arguments(read(environment, "CNI_ARGS")));
    }

    private static String read(Function<String, @Nullable String> environment, String name) {
        String value = environment.apply(name);
        return value == null ? "" : value;
    }

    private static Map<String, String> arguments(String text) {
        Map<String, String> arguments = new LinkedHashMap<>();
        for (String pair : text.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                arguments.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return arguments;
    }

    String podName() {
        return arguments.getOrDefault("K8S_POD_NAME", "");
    }

    String podNamespace() {
        return arguments.getOrDefault("K8S_POD_NAMESPACE", "");
    }

    String podUid() {
        return arguments.getOrDefault("K8S_POD_UID", "");
    }
}

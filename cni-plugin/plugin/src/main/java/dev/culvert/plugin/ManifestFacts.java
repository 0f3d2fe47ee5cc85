package dev.culvert.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A pod's facts from a directory of manifests, for when the agent cannot be asked. Confined to one
/// call.
///
/// It understands the plain block form of YAML that manifests are usually written in, and only the
/// few fields that enrolment needs. A document in another form is as good as absent: the pod is
/// then undecidable, and its start fails.
final class ManifestFacts {
    private static final String NAMESPACE = "metadata.namespace";
    private static final String NAME = "metadata.name";
    private static final String LABELS = "metadata.labels.";

    private static final String SCALAR = "(\"[^\"\\\\]*\"|'[^']*'|[A-Za-z0-9][A-Za-z0-9._/-]*)";
    private static final Pattern PAIR = Pattern.compile(SCALAR + "\\s*:\\s+" + SCALAR);
    /// A mapping of plain scalars on one line, such as `{"app": "web"}`.
    private static final Pattern INLINE =
            Pattern.compile("\\{\\s*(" + PAIR + "(\\s*,\\s*" + PAIR + ")*)?\\s*}(\\s+#.*)?");

    private final String namespace;
    private final String name;
    private @Nullable Map<String, String> pod;
    private @Nullable Map<String, String> owner;

    private ManifestFacts(String namespace, String name) {
        this.namespace = namespace;
        this.name = name;
    }

    /// The facts of the pod, or null when the directory does not plainly say them.
    static @Nullable PodFacts find(Path directory, String namespace, String name) throws IOException {
        ManifestFacts facts = new ManifestFacts(namespace, name);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(ManifestFacts::isManifest).sorted().toList()) {
                facts.read(Files.readAllLines(file));
            }
        }
        return facts.result();
    }

    private static boolean isManifest(Path file) {
        String name = String.valueOf(file.getFileName());
        return (name.endsWith(".yaml") || name.endsWith(".yml")) && !name.startsWith(".") && Files.isRegularFile(file);
    }

    private void read(List<String> lines) {
        int start = 0;
        for (int i = 0; i <= lines.size(); i++) {
            if (i == lines.size() || lines.get(i).startsWith("---")) {
                take(fields(lines.subList(start, i)));
                start = i + 1;
            }
        }
    }

    private void take(Map<String, String> document) {
        String kind = document.getOrDefault("kind", "");
        String named = document.getOrDefault(NAME, "");
        if (kind.equals("Namespace") && named.equals(namespace)) {
            owner = document;
        } else if (kind.equals("Pod")
                && named.equals(name)
                && document.getOrDefault(NAMESPACE, "default").equals(namespace)) {
            pod = document;
        }
    }

    private @Nullable PodFacts result() {
        if (pod == null || owner == null) {
            return null;
        }
        return new PodFacts(
                namespace,
                name,
                "true".equals(pod.get("spec.hostNetwork")),
                under(LABELS, pod),
                under("metadata.annotations.", pod),
                under(LABELS, owner));
    }

    private static Map<String, String> under(String prefix, Map<String, String> document) {
        Map<String, String> found = new HashMap<>();
        document.forEach((path, value) -> {
            if (path.startsWith(prefix)) {
                found.put(path.substring(prefix.length()), value);
            }
        });
        return found;
    }

    /// The scalars of the block mappings of a document by their paths; empty when it uses a form
    /// that could hide one.
    private static Map<String, String> fields(List<String> lines) {
        Map<String, String> fields = new HashMap<>();
        String[] path = new String[3];
        int[] indents = new int[3];
        int depth = 0;
        for (String line : lines) {
            String text = line.strip();
            int indent = line.length() - line.stripLeading().length();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            while (depth > 0 && indent <= indents[depth - 1]) {
                depth--;
            }
            if (depth == 3 || (depth == 0 && indent > 0)) {
                continue;
            }
            boolean matters = depth == 0 || "metadata".equals(path[0]) || ("spec".equals(path[0]) && depth == 1);
            int colon = key(text);
            if (!matters || colon < 0) {
                if (depth == 0 || (matters && "metadata".equals(path[0]) && depth == 1)) {
                    return Map.of();
                }
                continue;
            }
            path[depth] = unquote(text.substring(0, colon).strip());
            indents[depth] = indent;
            depth++;
            String value = text.substring(colon + 1).strip();
            String at = String.join(".", Arrays.asList(path).subList(0, depth));
            Matcher inline = INLINE.matcher(value);
            if (depth == 2 && inline.matches()) {
                Matcher pair = PAIR.matcher(value);
                while (pair.find()) {
                    fields.put(at + "." + unquote(pair.group(1)), unquote(pair.group(2)));
                }
            } else if (hides(value, path, depth)) {
                return Map.of();
            } else {
                fields.put(at, unquote(value));
            }
        }
        return fields;
    }

    /// Whether a value is written in a way that may carry what we look for: a flow collection, an
    /// anchor, an alias or a tag where labels or annotations could be.
    private static boolean hides(String value, String[] path, int depth) {
        boolean ours = path[0].equals("metadata") || depth == 1;
        return ours
                && !value.isEmpty()
                && "{[&*!".indexOf(value.charAt(0)) >= 0
                && !value.equals("{}")
                && (depth < 3 || !"annotations".equals(path[1]));
    }

    /// Where the colon after the line's key is; negative when the line does not begin with one.
    private static int key(String text) {
        char first = text.charAt(0);
        int from = first == '"' || first == '\'' ? text.indexOf(first, 1) : 0;
        if (from < 0 || "-?{[&*!|>".indexOf(first) >= 0) {
            return -1;
        }
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == ':' && (i + 1 == text.length() || text.charAt(i + 1) == ' ')) {
                return i;
            }
        }
        return -1;
    }

    private static String unquote(String value) {
        if (value.length() >= 2 && (value.charAt(0) == '"' || value.charAt(0) == '\'')) {
            int end = value.indexOf(value.charAt(0), 1);
            return end > 0 ? value.substring(1, end) : value;
        }
        int comment = value.indexOf(" #");
        return comment < 0 ? value : value.substring(0, comment).strip();
    }
}

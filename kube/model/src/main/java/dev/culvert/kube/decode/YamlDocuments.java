package dev.culvert.kube.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Splits the text of a file into its YAML documents and parses each alone, so that a syntax error in one
/// leaves the others whole. Stateless.
///
/// A line that begins with `---` starts a document wherever it stands, even inside a block scalar (YAML 1.2,
/// 9.1.2), which is what makes the split safe before anything has been parsed.
public final class YamlDocuments {
    /// Largest file that is read.
    public static final int MAX_BYTES = 4 << 20;
    /// Most nodes that one document may have once its aliases are written out.
    public static final int MAX_NODES = 200_000;
    /// Deepest nesting of objects and lists.
    public static final int MAX_DEPTH = 64;

    private static final Pattern SEPARATOR = Pattern.compile("---([ \\t].*)?");
    private static final Pattern NO_CONTENT = Pattern.compile("(\\s*|\\s*#.*|%.*|---\\s*(#.*)?|\\.\\.\\.\\s*)");

    private YamlDocuments() {}

    /// One document of a file.
    public sealed interface Document {
        /// A document that could be parsed.
        record Parsed(Value value) implements Document {}

        /// A document that could not.
        record Broken(DecodeException why) implements Document {}
    }

    /// The documents of `text` that have any content.
    public static List<Document> parse(String text) {
        List<Document> documents = new ArrayList<>();
        String[] lines = text.split("\r?\n", -1);
        int start = 0;
        for (int i = 1; i <= lines.length; i++) {
            if (i == lines.length || SEPARATOR.matcher(lines[i]).matches()) {
                parseLines(List.of(lines).subList(start, i), start, documents);
                start = i;
            }
        }
        return documents;
    }

    private static void parseLines(List<String> lines, int offset, List<Document> into) {
        if (lines.stream().allMatch(line -> NO_CONTENT.matcher(line).matches())) {
            return;
        }
        try {
            LoadSettings settings =
                    LoadSettings.builder().setCodePointLimit(MAX_BYTES).build();
            var events = new Parse(settings).parseString(String.join("\n", lines));
            for (Value value : new TreeBuilder(events.iterator(), offset).documents()) {
                into.add(new Document.Parsed(value));
            }
        } catch (DecodeException e) {
            into.add(new Document.Broken(e));
        } catch (MarkedYamlEngineException e) {
            int line =
                    e.getProblemMark().map(mark -> mark.getLine() + 1 + offset).orElse(offset + 1);
            into.add(new Document.Broken(new DecodeException("", line, "is no YAML: " + e.getProblem())));
        } catch (YamlEngineException e) {
            into.add(new Document.Broken(new DecodeException("", offset + 1, "is no YAML: " + e.getMessage())));
        }
    }
}

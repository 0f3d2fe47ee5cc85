package dev.culvert.kube.decode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;

/// Builds trees from the events of a YAML parser, within the bounds of [YamlDocuments]. Confined to one
/// parse.
///
/// An alias shares the tree of its anchor but counts as if it were written out, so a document that multiplies
/// itself is refused before anything walks it. An alias inside its own anchor is unknown at that point, and
/// refused.
final class TreeBuilder {
    private static final CoreScalarResolver SCALARS = new CoreScalarResolver(false);

    private record Anchored(Value value, int nodes) {}

    private final Iterator<Event> events;
    private final int lineOffset;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int nodes;

    TreeBuilder(Iterator<Event> events, int lineOffset) {
        this.events = events;
        this.lineOffset = lineOffset;
    }

    List<Value> documents() {
        List<Value> documents = new ArrayList<>();
        while (events.hasNext()) {
            if (events.next() instanceof DocumentStartEvent) {
                anchors.clear();
                nodes = 0;
                documents.add(value(events.next(), 1));
            }
        }
        return documents;
    }

    private Value value(Event event, int depth) {
        int line = line(event);
        if (depth > YamlDocuments.MAX_DEPTH) {
            throw new DecodeException("", line, "is nested deeper than " + YamlDocuments.MAX_DEPTH + " levels");
        }
        int before = nodes;
        count(1, line);
        Value value = switch (event) {
            case AliasEvent alias -> alias(alias, line);
            case ScalarEvent scalar -> scalar(scalar, line);
            case SequenceStartEvent _ -> items(line, depth);
            case MappingStartEvent _ -> mapping(line, depth);
            default -> throw new DecodeException("", line, "is no YAML: unexpected " + event.getEventId());
        };
        if (event instanceof NodeEvent node && !(event instanceof AliasEvent)) {
            node.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(value, nodes - before)));
        }
        return value;
    }

    private Value alias(AliasEvent alias, int line) {
        Anchored anchored = anchors.get(alias.getAlias());
        if (anchored == null) {
            throw new DecodeException("", line, "is an alias of the unknown anchor " + alias.getAlias());
        }
        count(anchored.nodes, line);
        return anchored.value;
    }

    private Value items(int line, int depth) {
        List<Value> items = new ArrayList<>();
        for (Event event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
            items.add(value(event, depth + 1));
        }
        return new Value.Items(items, line);
    }

    private Value mapping(int line, int depth) {
        Map<String, Value> fields = new LinkedHashMap<>();
        for (Event event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
            if (!(event instanceof ScalarEvent key)) {
                throw new DecodeException("", line(event), "has a key that is no scalar");
            }
            if (key.isPlain() && key.getValue().equals("<<")) {
                throw new DecodeException("", line(event), "uses a merge key '<<'; write the fields out");
            }
            if (fields.put(key.getValue(), value(events.next(), depth + 1)) != null) {
                throw new DecodeException("", line(event), "has the key '" + key.getValue() + "' twice");
            }
        }
        return new Value.Mapping(fields, line);
    }

    private static Value scalar(ScalarEvent scalar, int line) {
        String text = scalar.getValue();
        String tag = scalar.getTag().orElse("");
        if (!tag.isEmpty() && !tag.equals(Tag.STR.getValue()) && !tag.equals("!")) {
            throw new DecodeException("", line, "has the tag " + tag + "; expected none");
        }
        if (!tag.isEmpty() || !scalar.isPlain()) {
            return new Value.Text(text, line);
        }
        Tag type = SCALARS.resolve(text, true);
        if (type.equals(Tag.NULL)) {
            return new Value.Nothing(line);
        }
        if (type.equals(Tag.BOOL)) {
            return new Value.Flag(text.equalsIgnoreCase("true"), line);
        }
        if (type.equals(Tag.INT)) {
            return whole(text, line);
        }
        return type.equals(Tag.FLOAT) ? fraction(text, line) : new Value.Text(text, line);
    }

    private static Value whole(String text, int line) {
        try {
            String octal = text.startsWith("0o") ? text.substring(2) : "";
            return new Value.Whole(octal.isEmpty() ? Long.decode(decimal(text)) : Long.parseLong(octal, 8), line);
        } catch (NumberFormatException _) {
            throw new DecodeException("", line, "is the number " + text + ", which is out of range");
        }
    }

    /// Without leading zeros, which [Long#decode] would take for octal.
    private static String decimal(String text) {
        return text.startsWith("0x") ? text : text.replaceFirst("^([-+]?)0+(?=[0-9])", "$1");
    }

    private static Value fraction(String text, int line) {
        try {
            return new Value.Fraction(Double.parseDouble(text), line);
        } catch (NumberFormatException _) {
            // .inf and .nan: numbers that no field of ours takes.
            return new Value.Fraction(Double.NaN, line);
        }
    }

    private void count(int more, int line) {
        nodes += more;
        if (nodes > YamlDocuments.MAX_NODES) {
            throw new DecodeException(
                    "", line, "has more than " + YamlDocuments.MAX_NODES + " nodes when its aliases are written out");
        }
    }

    private int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0) + lineOffset;
    }
}

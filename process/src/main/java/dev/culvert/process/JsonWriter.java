package dev.culvert.process;

import java.util.Collection;
import java.util.function.Consumer;

/// Writes JSON, indented, piece by piece, so that a mesh of any size needs no tree of it in memory.
///
/// Confined to one thread.
public final class JsonWriter {
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();
    private int depth;
    private boolean first = true;

    /// An object whose members `members` writes.
    public JsonWriter object(Runnable members) {
        return nested('{', members, '}');
    }

    /// An array whose elements `elements` writes.
    public JsonWriter array(Runnable elements) {
        return nested('[', elements, ']');
    }

    private JsonWriter nested(char open, Runnable content, char close) {
        out.append(open);
        depth++;
        first = true;
        content.run();
        depth--;
        if (!first) {
            newLine();
        }
        first = false;
        out.append(close);
        return this;
    }

    /// Begins a member; its value comes next.
    public JsonWriter name(String name) {
        element();
        quoted(name);
        out.append(": ");
        return this;
    }

    /// Begins an element of an array; its value comes next.
    public JsonWriter element() {
        if (!first) {
            out.append(',');
        }
        first = false;
        newLine();
        return this;
    }

    public JsonWriter text(String value) {
        quoted(value);
        return this;
    }

    public JsonWriter number(long value) {
        out.append(value);
        return this;
    }

    public JsonWriter bool(boolean value) {
        out.append(value);
        return this;
    }

    public JsonWriter nothing() {
        out.append("null");
        return this;
    }

    /// A member of text.
    public JsonWriter member(String name, String value) {
        return name(name).text(value);
    }

    /// A member of text, unless that is empty.
    public void memberUnlessEmpty(String name, String value) {
        if (!value.isEmpty()) {
            member(name, value);
        }
    }

    /// A member that is an array of texts, unless there are none.
    public void textsUnlessEmpty(String name, Collection<?> values) {
        if (!values.isEmpty()) {
            texts(name, values);
        }
    }

    /// A member that is an array of texts.
    public JsonWriter texts(String name, Collection<?> values) {
        return name(name).array(() -> values.forEach(value -> element().text(value.toString())));
    }

    /// A member that is an array, each element of which `each` writes.
    public <T> JsonWriter list(String name, Collection<T> values, Consumer<T> each) {
        return name(name)
                .array(() -> values.forEach(value -> {
                    element();
                    each.accept(value);
                }));
    }

    private void newLine() {
        out.append('\n').repeat(INDENT, depth);
    }

    private void quoted(String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}

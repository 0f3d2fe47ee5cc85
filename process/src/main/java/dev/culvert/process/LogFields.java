package dev.culvert.process;

/// Takes the fields of a [LogLine], in order. Confined to the thread that writes the log.
public interface LogFields {
    /// A text; the plain format quotes it.
    void text(String name, String value);

    /// A text that needs no quotes, such as an address.
    void bare(String name, String value);

    void number(String name, long value);

    void bool(String name, boolean value);
}

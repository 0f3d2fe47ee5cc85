package dev.culvert.process;

/// The shape of a log line: columns between tabs, or one JSON object.
public enum LogFormat {
    PLAIN,
    JSON
}

package dev.culvert.process;

/// How the end comes: what is open may finish until a deadline, or everything is cut now.
public enum DrainMode {
    GRACEFUL,
    IMMEDIATE
}

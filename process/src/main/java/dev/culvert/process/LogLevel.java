package dev.culvert.process;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How much is logged, from nothing to everything.
public enum LogLevel {
    OFF,
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE;

    /// The spelling that filters and lines use.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The level that `text` spells in any case, or null.
    public static @Nullable LogLevel tryParse(String text) {
        for (LogLevel level : values()) {
            if (level.name().equalsIgnoreCase(text)) {
                return level;
            }
        }
        return null;
    }
}

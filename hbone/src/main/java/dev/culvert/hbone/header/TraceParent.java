package dev.culvert.hbone.header;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The trace that a connection belongs to (W3C Trace Context). Immutable.
///
/// @param value exactly 55 characters: version, trace id, parent id and flags in hexadecimal, joined by `-`
public record TraceParent(String value) {
    private static final int LENGTH = 55;
    private static final int AFTER_VERSION = 2;
    private static final int AFTER_TRACE = 35;
    private static final int AFTER_PARENT = 52;

    public TraceParent {
        if (!legal(value)) {
            throw new IllegalArgumentException("'" + value + "' is no traceparent");
        }
    }

    /// A trace of its own, not sampled.
    public static TraceParent random() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        StringBuilder out = new StringBuilder(LENGTH).append("00-");
        hex(out, random.nextLong());
        hex(out, random.nextLong());
        out.append('-');
        hex(out, random.nextLong());
        return new TraceParent(out.append("-00").toString());
    }

    /// The trace that `text` names, or null when it is not of that form.
    public static @Nullable TraceParent tryParse(String text) {
        return legal(text) ? new TraceParent(text) : null;
    }

    private static void hex(StringBuilder out, long bits) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            out.append(Character.forDigit((int) (bits >>> shift) & 0xf, 16));
        }
    }

    private static boolean legal(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            boolean dash = i == AFTER_VERSION || i == AFTER_TRACE || i == AFTER_PARENT;
            char c = text.charAt(i);
            boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (dash ? c != '-' : !hex) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return value;
    }
}

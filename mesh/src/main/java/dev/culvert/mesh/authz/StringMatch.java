package dev.culvert.mesh.authz;

/// How a policy compares text; always case-sensitive, never by pattern.
///
/// Immutable.
public sealed interface StringMatch {
    /// Whether `text` is meant.
    boolean matches(String text);

    /// Just this text.
    record Exact(String value) implements StringMatch {
        @Override
        public boolean matches(String text) {
            return text.equals(value);
        }
    }

    /// Any text that begins so.
    record Prefix(String value) implements StringMatch {
        @Override
        public boolean matches(String text) {
            return text.startsWith(value);
        }
    }

    /// Any text that ends so.
    record Suffix(String value) implements StringMatch {
        @Override
        public boolean matches(String text) {
            return text.endsWith(value);
        }
    }

    /// Any text but the empty one.
    record Presence() implements StringMatch {
        @Override
        public boolean matches(String text) {
            return !text.isEmpty();
        }
    }
}

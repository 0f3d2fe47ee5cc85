package dev.culvert.waypoint.match;

import com.google.re2j.Pattern;
import dev.culvert.api.waypoint.TextMatch;
import java.util.Locale;

/// A text compared with a pattern. Immutable.
public sealed interface TextPattern {

    /// Whether the whole of `text` is what the pattern means.
    boolean matches(String text);

    /// Compiles what the control plane sent.
    ///
    /// @throws InvalidPattern when it is a regular expression that RE2 does not know, or one too
    ///     large
    static TextPattern compile(TextMatch match) throws InvalidPattern {
        boolean ignoreCase = match.getIgnoreCase();
        return switch (match.getPatternCase()) {
            case EXACT -> new Exact(match.getExact(), ignoreCase);
            case PREFIX -> new Prefix(match.getPrefix(), ignoreCase);
            case SUFFIX -> new Suffix(match.getSuffix(), ignoreCase);
            case REGEX -> new Regex(Regexes.compile(match.getRegex(), ignoreCase));
            case PRESENT -> match.getPresent() ? Any.ANY : None.NONE;
            case PATTERN_NOT_SET -> None.NONE;
        };
    }

    /// Just this text.
    record Exact(String text, boolean ignoreCase) implements TextPattern {
        @Override
        public boolean matches(String value) {
            return ignoreCase ? text.equalsIgnoreCase(value) : text.equals(value);
        }
    }

    /// Any text that begins so.
    record Prefix(String text, boolean ignoreCase) implements TextPattern {
        @Override
        public boolean matches(String value) {
            return value.regionMatches(ignoreCase, 0, text, 0, text.length());
        }
    }

    /// Any text that ends so.
    record Suffix(String text, boolean ignoreCase) implements TextPattern {
        @Override
        public boolean matches(String value) {
            return value.regionMatches(ignoreCase, value.length() - text.length(), text, 0, text.length());
        }
    }

    /// Any text that the expression describes from its beginning to its end.
    record Regex(Pattern pattern) implements TextPattern {
        @Override
        public boolean matches(String value) {
            return pattern.matches(value);
        }
    }

    /// Any text.
    enum Any implements TextPattern {
        ANY;

        @Override
        public boolean matches(String value) {
            return true;
        }
    }

    /// No text.
    enum None implements TextPattern {
        NONE;

        @Override
        public boolean matches(String value) {
            return false;
        }
    }

    /// How much of the text the pattern spells out, as Gateway API counts it.
    default int characters() {
        return switch (this) {
            case Exact exact -> exact.text().length();
            case Prefix prefix -> prefix.text().length();
            case Suffix suffix -> suffix.text().length();
            case Regex regex -> regex.pattern().pattern().length();
            case Any _, None _ -> 0;
        };
    }

    /// The same text whatever its case.
    static String fold(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}

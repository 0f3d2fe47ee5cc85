package dev.culvert.waypoint.filter;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.culvert.api.waypoint.PathEdit;
import dev.culvert.waypoint.match.InvalidPattern;
import dev.culvert.waypoint.match.Regexes;
import java.util.ArrayList;
import java.util.List;

/// A new path in place of a request's. Immutable.
sealed interface PathChange {
    /// The new target (path and query) for an old one.
    default String target(String target, MatchedPath matched) {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        String changed = path(path, matched);
        // A query of the replacement's own stands in place of the request's.
        return query < 0 || changed.indexOf('?') >= 0 ? changed : changed + target.substring(query);
    }

    /// The new path for an old one; it may end in a query of its own.
    String path(String path, MatchedPath matched);

    static PathChange compile(PathEdit edit) throws InvalidFilter {
        return switch (edit.getEditCase()) {
            case FULL -> {
                FieldNames.requireVisible("path", edit.getFull());
                yield new Full(absolute(edit.getFull()));
            }
            case PREFIX -> {
                FieldNames.requireVisible("path", edit.getPrefix());
                yield new Prefix(edit.getPrefix());
            }
            case REGEX ->
                Regex.compile(edit.getRegex().getPattern(), edit.getRegex().getSubstitution());
            case EDIT_NOT_SET -> Keep.KEEP;
        };
    }

    private static String absolute(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    /// The path as it is.
    enum Keep implements PathChange {
        KEEP;

        @Override
        public String path(String path, MatchedPath matched) {
            return path;
        }
    }

    /// Another path altogether.
    record Full(String replacement) implements PathChange {
        @Override
        public String path(String path, MatchedPath matched) {
            return replacement;
        }
    }

    /// Another prefix in place of the one that matched; by whole segments, slashes at the ends of
    /// both do not count (HTTPPathModifier of Gateway API).
    record Prefix(String replacement) implements PathChange {
        @Override
        public String path(String path, MatchedPath matched) {
            return switch (matched) {
                case MatchedPath.Whole _ -> absolute(replacement);
                case MatchedPath.Text(String prefix) -> replace(path, prefix, replacement);
                case MatchedPath.Segments(String prefix) -> replace(path, prefix, withoutSlash(replacement));
            };
        }

        /// A path that another filter has already changed is left as it is.
        private static String replace(String path, String prefix, String replacement) {
            return path.regionMatches(true, 0, prefix, 0, prefix.length())
                    ? absolute(replacement + path.substring(prefix.length()))
                    : path;
        }

        private static String withoutSlash(String text) {
            return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        }
    }

    /// Every stretch that an expression matches replaced.
    ///
    /// @param parts of the substitution, in order
    record Regex(Pattern pattern, List<Part> parts) implements PathChange {

        /// A text and then a group, whose number is -1 for none.
        record Part(String text, int group) {}

        static Regex compile(String regex, String substitution) throws InvalidFilter {
            try {
                Pattern pattern = Regexes.compile(regex, false);
                return new Regex(pattern, parse(substitution, pattern.groupCount()));
            } catch (InvalidPattern e) {
                throw new InvalidFilter(e.why());
            }
        }

        @Override
        public String path(String path, MatchedPath matched) {
            Matcher matcher = pattern.matcher(path);
            StringBuilder result = new StringBuilder(path.length());
            int end = 0;
            while (matcher.find()) {
                result.append(path, end, matcher.start());
                for (Part part : parts) {
                    String group = part.group() < 0 ? null : matcher.group(part.group());
                    result.append(part.text()).append(group == null ? "" : group);
                }
                end = matcher.end();
            }
            return absolute(result.append(path, end, path.length()).toString());
        }

        private static List<Part> parse(String substitution, int groups) throws InvalidFilter {
            FieldNames.requireVisible("substitution", substitution.replace('\\', '/'));
            List<Part> parts = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < substitution.length(); i++) {
                char c = substitution.charAt(i);
                char next = i + 1 < substitution.length() ? substitution.charAt(i + 1) : ' ';
                if (c != '\\') {
                    text.append(c);
                } else if (next >= '0' && next <= '9' && next - '0' <= groups) {
                    parts.add(new Part(text.toString(), next - '0'));
                    text.setLength(0);
                    i++;
                } else if (next == '\\') {
                    throw new InvalidFilter("substitution " + substitution + " would put a backslash into a path");
                } else {
                    throw new InvalidFilter("substitution " + substitution + " names a group that is not there");
                }
            }
            parts.add(new Part(text.toString(), -1));
            return List.copyOf(parts);
        }
    }
}

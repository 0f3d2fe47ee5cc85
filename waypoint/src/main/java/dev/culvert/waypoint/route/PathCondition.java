package dev.culvert.waypoint.route;

import com.google.re2j.Pattern;
import dev.culvert.api.waypoint.PathMatch;
import dev.culvert.waypoint.filter.MatchedPath;
import dev.culvert.waypoint.match.InvalidPattern;
import dev.culvert.waypoint.match.Regexes;
import dev.culvert.waypoint.match.TextPattern;

/// A condition on the path of a request. Immutable.
sealed interface PathCondition {

    boolean holds(RequestView request);

    /// How a filter that replaces the prefix has to see the match.
    MatchedPath matched();

    /// Where to look for it.
    IndexKey indexKey();

    /// Under which texts a condition is found: it holds only for a path that is `text`, or one
    /// that begins with it.
    ///
    /// @param folded whether `text` is in lower case and stands for every spelling
    record IndexKey(String text, boolean whole, boolean folded) {
        static final IndexKey ANYWHERE = new IndexKey("", false, false);

        static IndexKey of(String text, boolean whole, boolean ignoreCase) {
            return new IndexKey(ignoreCase ? TextPattern.fold(text) : text, whole, ignoreCase);
        }
    }

    static PathCondition compile(PathMatch match) throws InvalidPattern {
        boolean ignoreCase = match.getIgnoreCase();
        return switch (match.getPatternCase()) {
            case EXACT -> new Exact(match.getExact(), ignoreCase);
            case SEGMENT_PREFIX -> new Segments(withoutSlashes(match.getSegmentPrefix()), ignoreCase);
            case TEXT_PREFIX -> new Text(match.getTextPrefix(), ignoreCase);
            case REGEX -> new Regex(Regexes.compile(match.getRegex(), ignoreCase));
            case PATTERN_NOT_SET -> Any.ANY;
        };
    }

    private static String withoutSlashes(String prefix) {
        int end = prefix.length();
        while (end > 0 && prefix.charAt(end - 1) == '/') {
            end--;
        }
        return prefix.substring(0, end);
    }

    /// Any path.
    enum Any implements PathCondition {
        ANY;

        @Override
        public boolean holds(RequestView request) {
            return true;
        }

        @Override
        public MatchedPath matched() {
            return MatchedPath.ROOT;
        }

        @Override
        public IndexKey indexKey() {
            return IndexKey.ANYWHERE;
        }
    }

    /// Just this path.
    record Exact(String path, boolean ignoreCase) implements PathCondition {
        @Override
        public boolean holds(RequestView request) {
            return ignoreCase ? path.equalsIgnoreCase(request.path()) : path.equals(request.path());
        }

        @Override
        public MatchedPath matched() {
            return new MatchedPath.Whole();
        }

        @Override
        public IndexKey indexKey() {
            return IndexKey.of(path, true, ignoreCase);
        }
    }

    /// A path that begins with these segments.
    ///
    /// @param prefix without a slash at its end
    record Segments(String prefix, boolean ignoreCase) implements PathCondition {
        @Override
        public boolean holds(RequestView request) {
            String path = request.path();
            int end = prefix.length();
            return path.regionMatches(ignoreCase, 0, prefix, 0, end)
                    && (path.length() == end || path.charAt(end) == '/');
        }

        @Override
        public MatchedPath matched() {
            return new MatchedPath.Segments(prefix);
        }

        @Override
        public IndexKey indexKey() {
            return IndexKey.of(prefix, false, ignoreCase);
        }
    }

    /// A path that begins so, be it inside of a segment.
    record Text(String prefix, boolean ignoreCase) implements PathCondition {
        @Override
        public boolean holds(RequestView request) {
            return request.path().regionMatches(ignoreCase, 0, prefix, 0, prefix.length());
        }

        @Override
        public MatchedPath matched() {
            return new MatchedPath.Text(prefix);
        }

        @Override
        public IndexKey indexKey() {
            return IndexKey.of(prefix, false, ignoreCase);
        }
    }

    /// A path that the expression describes from its beginning to its end.
    record Regex(Pattern pattern) implements PathCondition {
        @Override
        public boolean holds(RequestView request) {
            return pattern.matches(request.path());
        }

        @Override
        public MatchedPath matched() {
            return new MatchedPath.Whole();
        }

        @Override
        public IndexKey indexKey() {
            return IndexKey.of(Regexes.literalPrefix(pattern), false, false);
        }
    }
}

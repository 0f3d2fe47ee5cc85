package dev.culvert.waypoint.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.NamedMatch;
import dev.culvert.api.waypoint.PathMatch;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TextMatch;
import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The index finds the rule that a search through all of them would find, whatever the table and
/// the request.
class IndexedMatchingTest {
    private static final List<String> SEGMENTS = List.of("a", "b", "ab", "A", "abc", "");
    private static final List<String> REGEXES =
            List.of("/a.*", "/a/?b+", "/(a|b)/.*", ".*", "/ab/[a-c]*", "/a{1,2}b?.*", "^/a/b$", "/[^/]+/b", "\\/ab.*");
    private static final int TABLES = 400;
    private static final int REQUESTS = 60;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void isTheSameAsANaiveSearch(int seed) {
        Random random = new Random(seed);
        int matches = 0;
        for (int i = 0; i < TABLES; i++) {
            RouteSet set = set(random);
            RouteTable table = RouteTable.compile(List.of(set));
            for (int j = 0; j < REQUESTS; j++) {
                RequestHead request = request(random);
                String expected = Naive.find(set, request);
                String found = table.decide(request, "") instanceof RouteDecision.Matched matched
                        ? matched.rule().name()
                        : "none";
                assertThat(found).as("%s in %s", request, set).isEqualTo(expected);
                matches += expected.equals("none") ? 0 : 1;
            }
        }
        assertThat(matches).isGreaterThan(TABLES * REQUESTS / 4);
    }

    private static RouteSet set(Random random) {
        RouteSet.Builder set = RouteSet.newBuilder()
                .setOrder(random.nextBoolean() ? RouteSet.Order.MOST_SPECIFIC : RouteSet.Order.AS_LISTED);
        int rules = 1 + random.nextInt(12);
        for (int i = 0; i < rules; i++) {
            HttpRule.Builder rule = HttpRule.newBuilder().setName("rule " + i);
            for (int j = random.nextInt(3) + (i == 0 ? 0 : 1); j > 0; j--) {
                rule.addMatches(match(random));
            }
            if (rule.getMatchesCount() > 0 || random.nextInt(5) == 0) {
                set.addHttp(rule);
            }
        }
        return set.getHttpCount() == 0
                ? set.addHttp(HttpRule.newBuilder().setName("rule x")).build()
                : set.build();
    }

    private static HttpMatch match(Random random) {
        HttpMatch.Builder match = HttpMatch.newBuilder();
        PathMatch.Builder path = PathMatch.newBuilder().setIgnoreCase(random.nextInt(4) == 0);
        switch (random.nextInt(5)) {
            case 0 -> match.setPath(path.setExact(path(random)));
            case 1 -> match.setPath(path.setSegmentPrefix(path(random)));
            case 2 -> match.setPath(path.setTextPrefix(path(random)));
            case 3 -> match.setPath(path.setRegex(REGEXES.get(random.nextInt(REGEXES.size()))));
            default -> {}
        }
        if (random.nextInt(4) == 0) {
            match.setMethod(TextMatch.newBuilder().setExact(method(random)));
        }
        for (String name : List.of("h", "i")) {
            if (random.nextInt(4) == 0) {
                match.addHeaders(named(name, random));
            }
        }
        if (random.nextInt(4) == 0) {
            match.addQueryParameters(named("q", random));
        }
        return match.build();
    }

    private static NamedMatch.Builder named(String name, Random random) {
        return NamedMatch.newBuilder()
                .setName(name)
                .setValue(TextMatch.newBuilder().setExact(Integer.toString(random.nextInt(2))))
                .setInvert(random.nextInt(4) == 0);
    }

    private static RequestHead request(Random random) {
        String query = random.nextBoolean() ? "?q=" + random.nextInt(2) : "";
        RequestHead head =
                new RequestHead(method(random), "http", "echo", path(random) + query, new DefaultHttpHeaders());
        for (String name : List.of("h", "i")) {
            if (random.nextBoolean()) {
                head.headers().add(name, Integer.toString(random.nextInt(2)));
            }
        }
        return head;
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            path.append('/').append(SEGMENTS.get(random.nextInt(SEGMENTS.size())));
        }
        return path.toString();
    }

    private static String method(Random random) {
        return random.nextBoolean() ? "GET" : "PUT";
    }

    /// Looks at every match and keeps the best: the rules of HTTPRoute written down once more, in
    /// the plainest way.
    private static final class Naive {
        private Naive() {}

        static String find(RouteSet set, RequestHead request) {
            String best = "none";
            long bestScore = -1;
            for (HttpRule rule : set.getHttpList()) {
                List<HttpMatch> matches =
                        rule.getMatchesCount() == 0 ? List.of(HttpMatch.getDefaultInstance()) : rule.getMatchesList();
                for (HttpMatch match : matches) {
                    long score = set.getOrder() == RouteSet.Order.AS_LISTED ? 0 : score(match);
                    if (score > bestScore && holds(match, request)) {
                        best = rule.getName();
                        bestScore = score;
                    }
                }
            }
            return best;
        }

        private static long score(HttpMatch match) {
            PathMatch path = match.getPath();
            long kind = switch (path.getPatternCase()) {
                case EXACT -> 300 + path.getExact().length();
                case SEGMENT_PREFIX ->
                    200 + Math.max(1, trim(path.getSegmentPrefix()).length());
                case TEXT_PREFIX -> 200 + path.getTextPrefix().length();
                case REGEX -> 100 + path.getRegex().length();
                case PATTERN_NOT_SET -> 201;
            };
            return kind * 1000
                    + (match.hasMethod() ? 100 : 0)
                    + match.getHeadersCount() * 10L
                    + match.getQueryParametersCount();
        }

        private static boolean holds(HttpMatch match, RequestHead request) {
            if (!pathHolds(match.getPath(), request.path())
                    || (match.hasMethod() && !match.getMethod().getExact().equals(request.method()))) {
                return false;
            }
            for (NamedMatch header : match.getHeadersList()) {
                boolean equal =
                        header.getValue().getExact().equals(request.headers().get(header.getName()));
                if (equal == header.getInvert()) {
                    return false;
                }
            }
            for (NamedMatch query : match.getQueryParametersList()) {
                boolean equal = request.query().equals("q=" + query.getValue().getExact());
                if (equal == query.getInvert()) {
                    return false;
                }
            }
            return true;
        }

        private static boolean pathHolds(PathMatch match, String original) {
            boolean fold = match.getIgnoreCase();
            String path = fold ? original.toLowerCase(Locale.ROOT) : original;
            return switch (match.getPatternCase()) {
                case EXACT -> path.equals(lower(match.getExact(), fold));
                case SEGMENT_PREFIX -> (path + "/").startsWith(lower(trim(match.getSegmentPrefix()), fold) + "/");
                case TEXT_PREFIX -> path.startsWith(lower(match.getTextPrefix(), fold));
                case REGEX ->
                    Pattern.compile(match.getRegex(), fold ? Pattern.CASE_INSENSITIVE : 0)
                            .matcher(original)
                            .matches();
                case PATTERN_NOT_SET -> true;
            };
        }

        private static String lower(String text, boolean fold) {
            return fold ? text.toLowerCase(Locale.ROOT) : text;
        }

        private static String trim(String prefix) {
            return prefix.replaceAll("/+$", "");
        }
    }
}

package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Format;
import dev.culvert.kube.resource.HttpRoute.Backend;
import dev.culvert.kube.resource.HttpRoute.Match;
import dev.culvert.kube.resource.HttpRoute.MatchType;
import dev.culvert.kube.resource.HttpRoute.NamedMatch;
import dev.culvert.kube.resource.HttpRoute.PathMatch;
import dev.culvert.kube.resource.HttpRoute.PathType;
import dev.culvert.kube.resource.HttpRoute.Retry;
import dev.culvert.kube.resource.HttpRoute.Rule;
import dev.culvert.kube.resource.HttpRoute.SessionPersistence;
import dev.culvert.kube.resource.HttpRoute.SessionType;
import dev.culvert.kube.resource.HttpRoute.Timeouts;
import dev.culvert.kube.resource.RouteFilter.PathChange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decodes an HTTPRoute.
final class HttpRouteDecoder {
    static final Format METHOD_OR_ANY = Format.of(
            "GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|\\*", 7, "an upper-case HTTP method or '*'");

    static final Format METHOD = Format.of(
            "GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH",
            7,
            "one of GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH");
    static final Format PLAIN_PATH = new Format(
            HttpRouteDecoder::isPlainPath,
            "an absolute path of URL characters without '//', '/./', '/../', '%2f' and '#'");
    private static final Format REGEX = new Format(
            text -> !text.isEmpty() && text.length() <= 1024, "a regular expression of 1 to 1024 characters");
    private static final List<String> UNCLEAR = List.of("//", "/./", "/../", "%2f", "%2F");
    private static final int MAX_HOSTNAMES = 16;
    private static final int MAX_MATCHES_OF_RULE = 64;
    private static final int MAX_MATCHES_OF_ROUTE = 128;
    private static final int MAX_CONDITIONS = 16;
    private static final int MAX_SESSION_NAME = 128;

    private HttpRouteDecoder() {}

    static HttpRoute decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        List<Rule> rules = RouteDecoder.rules(spec, 0, rule -> rule(metadata, rule));
        int matches = rules.stream().mapToInt(rule -> rule.matches().size()).sum();
        checkMatches(spec, matches);
        return new HttpRoute(
                metadata,
                RouteDecoder.parentRefs(metadata, spec),
                hostnames(spec),
                rules.isEmpty() ? List.of(catchAll()) : rules,
                RouteDecoder.parents(metadata, fields));
    }

    static List<String> hostnames(Fields spec) {
        spec.size("hostnames", 0, MAX_HOSTNAMES);
        return spec.texts("hostnames", Formats.WILDCARD_HOSTNAME);
    }

    static void checkMatches(Fields spec, int matches) {
        if (matches > MAX_MATCHES_OF_ROUTE) {
            throw spec.refused(
                    "rules", "have " + matches + " matches together; expected at most " + MAX_MATCHES_OF_ROUTE);
        }
    }

    static void checkMatchesOfRule(Fields rule) {
        rule.size("matches", 0, MAX_MATCHES_OF_RULE);
    }

    static List<NamedMatch> headers(Fields match) {
        match.size("headers", 0, MAX_CONDITIONS);
        return match.objects("headers", fields -> namedMatch(fields, 4096));
    }

    static @Nullable SessionPersistence sessionPersistence(Fields rule) {
        if (!rule.has("sessionPersistence")) {
            return null;
        }
        Fields fields = rule.object("sessionPersistence");
        var type = fields.camelChoice("type", SessionType.class, SessionType.COOKIE);
        String lifetime = fields.object("cookieConfig").text("lifetimeType", "Session");
        if (type != SessionType.COOKIE && fields.has("cookieConfig")) {
            throw fields.refused("cookieConfig", "does not belong to the type Header");
        }
        if (!lifetime.equals("Session") && !lifetime.equals("Permanent")) {
            throw fields.object("cookieConfig").wrong("lifetimeType", "Session or Permanent");
        }
        Duration absolute = fields.gatewayDuration("absoluteTimeout");
        if (lifetime.equals("Permanent") && absolute == null) {
            throw fields.wrong("absoluteTimeout", "a duration, since the cookie is permanent");
        }
        String name = fields.text("sessionName", "");
        if (name.length() > MAX_SESSION_NAME) {
            throw fields.wrong("sessionName", "at most " + MAX_SESSION_NAME + " characters");
        }
        return new SessionPersistence(
                type, name, absolute, fields.gatewayDuration("idleTimeout"), lifetime.equals("Permanent"));
    }

    private static Rule catchAll() {
        return new Rule("", List.of(Match.ANY), List.of(), List.of(), new Timeouts(null, null), null, null);
    }

    private static Rule rule(ObjectMeta metadata, Fields fields) {
        checkMatchesOfRule(fields);
        List<Match> matches = fields.objects("matches", HttpRouteDecoder::match);
        Rule rule = new Rule(
                RouteDecoder.ruleName(fields),
                matches.isEmpty() ? List.of(Match.ANY) : matches,
                RouteFilterDecoder.ofHttp(metadata, fields),
                RouteDecoder.backends(
                        fields,
                        0,
                        backend -> new Backend(
                                RouteDecoder.backendRef(metadata, backend),
                                RouteFilterDecoder.ofHttp(metadata, backend))),
                timeouts(fields.object("timeouts")),
                fields.has("retry") ? retry(fields.object("retry")) : null,
                sessionPersistence(fields));
        checkTogether(fields, rule);
        return rule;
    }

    private static void checkTogether(Fields fields, Rule rule) {
        if (!rule.backends().isEmpty() && rule.filters().stream().anyMatch(RouteFilter.Redirect.class::isInstance)) {
            throw fields.refused("backendRefs", "stand beside a RequestRedirect filter; expected only one of them");
        }
        boolean onePrefix =
                rule.matches().size() == 1 && rule.matches().getFirst().path().type() == PathType.PATH_PREFIX;
        if (!onePrefix && replacesPrefix(rule.filters())) {
            throw fields.refused("filters", "use ReplacePrefixMatch; expected exactly one match, of type PathPrefix");
        }
        if (!onePrefix && rule.backends().stream().anyMatch(backend -> replacesPrefix(backend.filters()))) {
            throw fields.refused(
                    "backendRefs", "use ReplacePrefixMatch; expected exactly one match, of type PathPrefix");
        }
    }

    private static boolean replacesPrefix(List<RouteFilter> filters) {
        return filters.stream().anyMatch(filter -> switch (filter) {
            case RouteFilter.Redirect redirect -> redirect.path() instanceof PathChange.ReplacePrefix;
            case RouteFilter.UrlRewrite rewrite -> rewrite.path() instanceof PathChange.ReplacePrefix;
            default -> false;
        });
    }

    private static Match match(Fields fields) {
        fields.size("queryParams", 0, MAX_CONDITIONS);
        return new Match(
                path(fields.object("path")),
                headers(fields),
                fields.objects("queryParams", param -> namedMatch(param, 1024)),
                fields.text("method", "", METHOD));
    }

    private static PathMatch path(Fields fields) {
        PathType type = fields.camelChoice("type", PathType.class, PathType.PATH_PREFIX);
        Format format = type == PathType.REGULAR_EXPRESSION ? REGEX : PLAIN_PATH;
        return new PathMatch(type, fields.text("value", "/", format));
    }

    private static NamedMatch namedMatch(Fields fields, int maxValue) {
        String value = fields.requiredText("value");
        if (value.length() > maxValue) {
            throw fields.wrong("value", "at most " + maxValue + " characters");
        }
        return new NamedMatch(
                fields.requiredText("name", Formats.HEADER_NAME),
                fields.camelChoice("type", MatchType.class, MatchType.EXACT),
                value);
    }

    private static boolean isPlainPath(String text) {
        return text.startsWith("/")
                && UNCLEAR.stream().noneMatch(text::contains)
                && !text.endsWith("/..")
                && !text.endsWith("/.")
                && Formats.PATH.test().test(text);
    }

    private static Timeouts timeouts(Fields fields) {
        Duration request = fields.gatewayDuration("request");
        Duration backend = fields.gatewayDuration("backendRequest");
        if (request != null && backend != null && !request.isZero() && backend.compareTo(request) > 0) {
            throw fields.wrong("backendRequest", "no longer than the timeout of the request");
        }
        return new Timeouts(request, backend);
    }

    private static Retry retry(Fields fields) {
        return new Retry(
                fields.integers("codes", 400, 599),
                fields.integer("attempts", 0, Integer.MAX_VALUE, -1),
                fields.gatewayDuration("backoff"));
    }
}

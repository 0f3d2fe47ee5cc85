package dev.culvert.waypoint.filter;

import dev.culvert.api.waypoint.Cors;
import dev.culvert.api.waypoint.TextMatch;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.match.InvalidPattern;
import dev.culvert.waypoint.match.TextPattern;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Answers preflights and tells browsers what scripts of other origins may see (the Fetch
/// standard, 3.2; HTTPCORSFilter of Gateway API). Immutable.
///
/// A wildcard is passed on as `*` only while no credentials are allowed; with credentials
/// browsers take it literally, and the names that were asked for are written out in its place.
///
/// @param anyOrigin whether every origin is allowed
/// @param maxAge in seconds; -1 for the browser's default
record CorsFilter(
        List<TextPattern> origins,
        boolean anyOrigin,
        String methods,
        String headers,
        String exposed,
        long maxAge,
        boolean credentials,
        boolean forwardUnmatched)
        implements Filter {
    private static final String ALLOW_ORIGIN = "access-control-allow-origin";
    private static final String ALLOW_CREDENTIALS = "access-control-allow-credentials";
    private static final String EXPOSE_HEADERS = "access-control-expose-headers";
    private static final String ANY = "*";

    static CorsFilter compile(Cors cors) throws InvalidFilter {
        List<TextPattern> origins = new ArrayList<>();
        boolean any = false;
        for (TextMatch match : cors.getAllowOriginsList()) {
            any |= match.getPresent() || match.getExact().equals(ANY);
            try {
                origins.add(TextPattern.compile(match));
            } catch (InvalidPattern e) {
                throw new InvalidFilter("allowed origin: " + e.why());
            }
        }
        return new CorsFilter(
                List.copyOf(origins),
                any,
                list(cors.getAllowMethodsList()),
                list(cors.getAllowHeadersList()),
                list(cors.getExposeHeadersList()),
                cors.hasMaxAge() ? cors.getMaxAge().getSeconds() : -1,
                cors.getAllowCredentials(),
                cors.getForwardUnmatchedPreflights());
    }

    /// The answer to a preflight; null when the request is none, or one that the backend shall
    /// see.
    @Nullable
    LocalReply preflight(RequestHead head) {
        String origin = head.headers().get("origin");
        String method = head.headers().get("access-control-request-method");
        if (!head.method().equals("OPTIONS") || origin == null || method == null) {
            return null;
        }
        if (!allows(origin)) {
            return forwardUnmatched ? null : reply(List.of(Map.entry("vary", "Origin")));
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry(ALLOW_ORIGIN, echoed(origin)));
        if (credentials) {
            fields.add(Map.entry(ALLOW_CREDENTIALS, "true"));
        }
        String asked =
                head.headers().getAll("access-control-request-headers").stream().collect(Collectors.joining(", "));
        addIfAny(fields, "access-control-allow-methods", spelledOut(methods, method));
        addIfAny(fields, "access-control-allow-headers", spelledOut(headers, asked));
        if (maxAge >= 0) {
            fields.add(Map.entry("access-control-max-age", Long.toString(maxAge)));
        }
        if (!anyOrigin || credentials) {
            fields.add(Map.entry("vary", "Origin"));
        }
        return reply(fields);
    }

    /// What to do to the response of a request that is no preflight.
    ResponseEdits.Edit edit(RequestHead head) {
        String origin = head.headers().get("origin");
        String allowed = origin != null && allows(origin) ? echoed(origin) : "";
        return response -> {
            if (!allowed.isEmpty()) {
                decorate(response, allowed);
            }
            if (!anyOrigin || credentials) {
                varyByOrigin(response);
            }
        };
    }

    private void decorate(HttpHeaders response, String origin) {
        response.set(ALLOW_ORIGIN, origin);
        if (credentials) {
            response.set(ALLOW_CREDENTIALS, "true");
        } else {
            response.remove(ALLOW_CREDENTIALS);
        }
        if (!exposed.isEmpty()) {
            response.set(EXPOSE_HEADERS, exposed.equals(ANY) && credentials ? names(response) : exposed);
        }
    }

    private boolean allows(String origin) {
        if (anyOrigin) {
            return true;
        }
        for (TextPattern pattern : origins) {
            if (pattern.matches(origin)) {
                return true;
            }
        }
        return false;
    }

    private String echoed(String origin) {
        return anyOrigin && !credentials ? ANY : origin;
    }

    private String spelledOut(String allowed, String asked) {
        return allowed.equals(ANY) && credentials ? asked : allowed;
    }

    private static String names(HttpHeaders response) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(response.names());
        names.removeIf(name -> name.regionMatches(true, 0, "access-control-", 0, 15) || FieldNames.isFraming(name));
        return String.join(", ", names);
    }

    /// What is answered without the field of a request would else be kept by caches for those
    /// that send another.
    private static void varyByOrigin(HttpHeaders response) {
        if (!response.containsValue("vary", "origin", true) && !response.containsValue("vary", ANY, true)) {
            response.add("vary", "Origin");
        }
    }

    private static void addIfAny(List<Map.Entry<String, String>> fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.add(Map.entry(name, value));
        }
    }

    private static LocalReply reply(List<Map.Entry<String, String>> fields) {
        return new LocalReply(200, fields, Bytes.EMPTY, "-", "cors_preflight");
    }

    private static String list(List<String> names) throws InvalidFilter {
        for (String name : names) {
            if (!name.equals(ANY)) {
                FieldNames.requireToken(name);
            }
        }
        return names.contains(ANY) ? ANY : String.join(", ", names);
    }
}

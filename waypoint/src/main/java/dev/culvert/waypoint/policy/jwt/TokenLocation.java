package dev.culvert.waypoint.policy.jwt;

import dev.culvert.api.waypoint.JwtRule;
import dev.culvert.waypoint.exchange.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A place in a request where a token may be.
///
/// Immutable.
sealed interface TokenLocation {

    /// All that is at this place.
    List<String> find(RequestHead head);

    /// Takes it away.
    void remove(RequestHead head);

    /// The places that a rule names; else where RFC 6750 has tokens.
    static List<TokenLocation> of(JwtRule rule) {
        List<TokenLocation> locations = new ArrayList<>();
        for (JwtRule.TokenLocation header : rule.getFromHeadersList()) {
            locations.add(new Header(header.getName().toLowerCase(Locale.ROOT), header.getPrefix()));
        }
        rule.getFromParamsList().forEach(name -> locations.add(new Parameter(name)));
        rule.getFromCookiesList().forEach(name -> locations.add(new Cookie(name)));
        return locations.isEmpty()
                ? List.of(new Header("authorization", "Bearer "), new Parameter("access_token"))
                : List.copyOf(locations);
    }

    /// What follows a prefix (without regard to case) in a field; other values of the field are
    /// no tokens.
    record Header(String name, String prefix) implements TokenLocation {
        @Override
        public List<String> find(RequestHead head) {
            List<String> tokens = new ArrayList<>(1);
            for (String value : head.headers().getAll(name)) {
                if (isToken(value)) {
                    tokens.add(value.substring(prefix.length()).strip());
                }
            }
            return tokens;
        }

        @Override
        public void remove(RequestHead head) {
            List<String> others = head.headers().getAll(name).stream()
                    .filter(value -> !isToken(value))
                    .toList();
            if (others.isEmpty()) {
                head.headers().remove(name);
            } else {
                head.headers().set(name, others);
            }
        }

        private boolean isToken(String value) {
            return value.regionMatches(true, 0, prefix, 0, prefix.length());
        }
    }

    /// A parameter of the query.
    record Parameter(String name) implements TokenLocation {
        @Override
        public List<String> find(RequestHead head) {
            List<String> tokens = new ArrayList<>(1);
            for (String part : parts(head)) {
                if (part.startsWith(name + "=")) {
                    tokens.add(part.substring(name.length() + 1));
                }
            }
            return tokens;
        }

        @Override
        public void remove(RequestHead head) {
            List<String> others = parts(head).stream()
                    .filter(part -> !part.startsWith(name + "="))
                    .toList();
            head.target(others.isEmpty() ? head.path() : head.path() + "?" + String.join("&", others));
        }

        private static List<String> parts(RequestHead head) {
            return head.query().isEmpty() ? List.of() : List.of(head.query().split("&", -1));
        }
    }

    /// A cookie.
    record Cookie(String name) implements TokenLocation {
        private static final String FIELD = "cookie";

        @Override
        public List<String> find(RequestHead head) {
            List<String> tokens = new ArrayList<>(1);
            for (String cookie : cookies(head)) {
                if (cookie.startsWith(name + "=")) {
                    tokens.add(cookie.substring(name.length() + 1));
                }
            }
            return tokens;
        }

        @Override
        public void remove(RequestHead head) {
            List<String> others = cookies(head).stream()
                    .filter(cookie -> !cookie.startsWith(name + "="))
                    .toList();
            if (others.isEmpty()) {
                head.headers().remove(FIELD);
            } else {
                head.headers().set(FIELD, String.join("; ", others));
            }
        }

        private static List<String> cookies(RequestHead head) {
            List<String> cookies = new ArrayList<>();
            for (String line : head.headers().getAll(FIELD)) {
                for (String cookie : line.split(";", -1)) {
                    cookies.add(cookie.strip());
                }
            }
            return cookies;
        }
    }
}

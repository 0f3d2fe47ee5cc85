package dev.culvert.waypoint.policy;

import dev.culvert.mesh.authz.StringMatch;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.policy.path.HostName;
import dev.culvert.waypoint.policy.path.PathTemplate;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Makes the matcher of one value for each attribute that a policy may name.
///
/// Pure. A value that makes no sense for its attribute counts as the doubt says.
final class Matchers {
    private static final String SCHEME = "spiffe://";

    private Matchers() {}

    static ValueMatcher principal(String value, Doubt doubt) {
        StringMatch match = TextForm.parse(value.startsWith(SCHEME) ? value.substring(SCHEME.length()) : value);
        return facts -> any(facts.principals(), match::matches);
    }

    static ValueMatcher namespace(String value, Doubt doubt) {
        Glob glob = Glob.parse(value);
        return facts -> glob.matches(facts.client().namespace());
    }

    static ValueMatcher trustDomain(String value, Doubt doubt) {
        StringMatch match = TextForm.parse(value);
        return facts -> any(facts.trustDomains(), match::matches);
    }

    /// @param namespace of the policy, for an account without one
    static ValueMatcher serviceAccount(String value, String namespace) {
        int slash = value.indexOf('/');
        String wantedNamespace = slash < 0 ? namespace : value.substring(0, slash);
        String wantedAccount = value.substring(slash + 1);
        return facts -> facts.identity().namespace().equals(wantedNamespace)
                && facts.identity().serviceAccount().equals(wantedAccount);
    }

    /// Issuer and subject, parted at the last slash, since an issuer may be a URL.
    static ValueMatcher requestPrincipal(String value, Doubt doubt) {
        int slash = value.lastIndexOf('/');
        StringMatch any = new StringMatch.Presence();
        if (value.equals("*")) {
            return token(any, any);
        }
        if (slash >= 0) {
            String issuer = value.substring(0, slash);
            String subject = value.substring(slash + 1);
            boolean openStart = issuer.startsWith("*");
            boolean openEnd = !openStart && subject.endsWith("*");
            return token(
                    openStart ? TextForm.parse(issuer) : new StringMatch.Exact(issuer),
                    openEnd ? TextForm.parse(subject) : new StringMatch.Exact(subject));
        }
        return switch (TextForm.parse(value)) {
            case StringMatch.Suffix suffix -> token(any, suffix);
            case StringMatch.Prefix prefix -> token(prefix, any);
            // There is a slash in every principal.
            case StringMatch.Exact _, StringMatch.Presence _ -> _ -> false;
        };
    }

    private static ValueMatcher token(StringMatch issuer, StringMatch subject) {
        return facts -> {
            String iss = facts.claims().text("iss");
            String sub = facts.claims().text("sub");
            return !iss.isEmpty() && issuer.matches(iss) && subject.matches(sub);
        };
    }

    static ValueMatcher claim(List<String> path, String value) {
        StringMatch match = TextForm.parse(value);
        return facts -> any(facts.claims().values(path), match::matches);
    }

    static ValueMatcher host(String value, Doubt doubt) {
        StringMatch match = switch (TextForm.parse(value)) {
            case StringMatch.Exact(String text) -> new StringMatch.Exact(HostName.canonical(text));
            case StringMatch.Suffix(String text) -> new StringMatch.Suffix(HostName.canonical(text));
            case StringMatch.Prefix(String text) -> new StringMatch.Prefix(text.toLowerCase(Locale.ROOT));
            case StringMatch.Presence presence -> presence;
        };
        return facts -> any(facts.hosts(), match::matches);
    }

    static ValueMatcher method(String value, Doubt doubt) {
        StringMatch match = TextForm.parse(value);
        StringMatch upper = TextForm.parse(value.toUpperCase(Locale.ROOT));
        return doubt == Doubt.MISSES
                ? onHead(RequestHead::method, match::matches)
                : onHead(
                        RequestHead::method,
                        method -> match.matches(method) || upper.matches(method.toUpperCase(Locale.ROOT)));
    }

    static ValueMatcher path(String value, Doubt doubt) {
        Predicate<String> match;
        if (PathTemplate.isTemplate(value)) {
            PathTemplate template = PathTemplate.tryParse(value);
            if (template == null) {
                return ValueMatcher.unknown(doubt);
            }
            match = template::matches;
        } else {
            match = TextForm.parse(value)::matches;
        }
        return doubt == Doubt.MISSES ? onHead(RequestHead::path, match) : facts -> any(facts.paths(), match);
    }

    static ValueMatcher port(String value, Doubt doubt) {
        int port = number(value);
        return port < 0
                ? ValueMatcher.unknown(doubt)
                : facts -> facts.client().destination().getPort() == port;
    }

    /// @param address which of the request's addresses is meant
    static ValueMatcher address(String value, Doubt doubt, Function<Facts, InetAddress> address) {
        CidrBlock range = range(value);
        return range == null ? ValueMatcher.unknown(doubt) : facts -> range.contains(address.apply(facts));
    }

    static ValueMatcher serverName(String value, Doubt doubt) {
        StringMatch match = TextForm.parse(value.toLowerCase(Locale.ROOT));
        return facts -> match.matches(facts.serverName().toLowerCase(Locale.ROOT));
    }

    private static ValueMatcher onHead(Function<RequestHead, String> part, Predicate<String> match) {
        return facts -> match.test(part.apply(facts.head()));
    }

    private static boolean any(Iterable<String> texts, Predicate<String> match) {
        for (String text : texts) {
            if (match.test(text)) {
                return true;
            }
        }
        return false;
    }

    private static int number(String value) {
        try {
            int number = Integer.parseInt(value);
            return number > 65535 ? -1 : number;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static @Nullable CidrBlock range(String value) {
        try {
            return RemoteAddress.range(value);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}

package dev.culvert.waypoint.policy.jwt;

import dev.culvert.api.waypoint.RequestAuthentication;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Looks for the token of a request and says whether it is right.
///
/// Immutable; asks on the loop of the exchange. The token's issuer says which rule it is for; a
/// token of an issuer
/// that no rule names is refused, as are several tokens that differ. What rules write for the
/// backend is taken away
/// from every request first, so that only a verified token can put it there.
public final class TokenAuthenticator {
    private static final int MAX_REALM = 256;

    private final List<TokenRule> rules;
    private final Set<TokenLocation> locations;

    private TokenAuthenticator(List<TokenRule> rules) {
        this.rules = List.copyOf(rules);
        this.locations = rules.stream()
                .flatMap(rule -> rule.locations().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /// All rules of all resources together. Never fails: a rule without usable keys refuses its
    /// issuer's tokens.
    public static TokenAuthenticator compile(List<RequestAuthentication> authentications) {
        return new TokenAuthenticator(authentications.stream()
                .flatMap(authentication -> authentication.getRulesList().stream())
                .map(TokenRule::of)
                .toList());
    }

    /// Whether no request needs to be looked at.
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /// Checks the token, and changes the head as its rule wants.
    public TokenResult authenticate(RequestHead head, TokenCache cache, Instant now) {
        Set<String> found = new LinkedHashSet<>();
        List<TokenLocation> where = new ArrayList<>(1);
        for (TokenLocation location : locations) {
            List<String> tokens = location.find(head);
            if (!tokens.isEmpty()) {
                found.addAll(tokens);
                where.add(location);
            }
        }
        rules.forEach(rule -> rule.outputs().clear(head));
        if (found.isEmpty()) {
            return new TokenResult.Absent();
        }
        if (found.size() > 1) {
            return refused(head, "Jwt_is_there_several_times_and_differs");
        }
        return check(head, found.iterator().next(), where, cache, now);
    }

    private TokenResult check(RequestHead head, String text, List<TokenLocation> where, TokenCache cache, Instant now) {
        SignedToken token;
        try {
            token = SignedToken.parse(text);
        } catch (MalformedTokenException e) {
            return refused(head, e.reason());
        }
        String issuer = token.claims().text("iss");
        String refusal = "Jwt_issuer_is_not_configured";
        for (TokenRule rule : rules) {
            if (issuer.isEmpty() || !rule.issuer().equals(issuer)) {
                continue;
            }
            refusal = where.stream().anyMatch(rule.locations()::contains)
                    ? rule.refusalOf(text, token, cache, now)
                    : "Jwt_is_not_where_its_issuer_has_it";
            if (refusal.isEmpty()) {
                return accepted(head, rule, token, where);
            }
        }
        return refused(head, refusal);
    }

    private static TokenResult accepted(
            RequestHead head, TokenRule rule, SignedToken token, List<TokenLocation> where) {
        if (!rule.outputs().keepsToken()) {
            where.forEach(location -> location.remove(head));
        }
        rule.outputs().write(head, token);
        return new TokenResult.Verified(rule.normalized(token.claims()));
    }

    private static TokenResult refused(RequestHead head, String why) {
        String challenge = "Bearer realm=\"" + realm(head) + "\", error=\"invalid_token\"";
        LocalReply reply = new LocalReply(
                401,
                List.of(Map.entry("www-authenticate", challenge)),
                Bytes.of(why.replace('_', ' ')),
                "-",
                "jwt_authn_access_denied{" + why + "}");
        return new TokenResult.Refused(why, reply);
    }

    /// The address of the resource, as far as it can stand between quotes.
    private static String realm(RequestHead head) {
        StringBuilder realm = new StringBuilder();
        String address = head.scheme() + "://" + head.authority() + head.path();
        for (int i = 0; i < Math.min(address.length(), MAX_REALM); i++) {
            char c = address.charAt(i);
            if (c > ' ' && c < 0x7f && c != '"' && c != '\\') {
                realm.append(c);
            }
        }
        return realm.toString();
    }
}

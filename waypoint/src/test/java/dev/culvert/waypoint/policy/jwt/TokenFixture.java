package dev.culvert.waypoint.policy.jwt;

import dev.culvert.api.waypoint.JwtRule;
import dev.culvert.api.waypoint.RequestAuthentication;
import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import java.time.Instant;
import java.util.List;

/// A request with tokens under one or several rules.
final class TokenFixture {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    final TokenCache cache = new TokenCache(4);

    static RequestHead head(String target) {
        return new RequestHead(
                "GET",
                "http",
                "shop.example.com",
                target,
                DefaultHttpHeadersFactory.headersFactory().newHeaders());
    }

    static RequestHead bearer(String token) {
        RequestHead head = head("/x");
        head.headers().set("authorization", "Bearer " + token);
        return head;
    }

    static JwtRule.Builder rule(String issuer, String keys) {
        return JwtRule.newBuilder().setIssuer(issuer).setJwks(keys);
    }

    TokenResult check(RequestHead head, JwtRule.Builder... rules) {
        RequestAuthentication.Builder resource = RequestAuthentication.newBuilder();
        List.of(rules).forEach(resource::addRules);
        return TokenAuthenticator.compile(List.of(resource.build())).authenticate(head, cache, NOW);
    }

    /// Why the token is refused; empty when it is not.
    String refusal(RequestHead head, JwtRule.Builder... rules) {
        return check(head, rules) instanceof TokenResult.Refused refused ? refused.why() : "";
    }

    static String claims(String more) {
        return "{\"iss\":\"https://issuer\",\"sub\":\"ann\"" + (more.isEmpty() ? "" : ",") + more + "}";
    }
}

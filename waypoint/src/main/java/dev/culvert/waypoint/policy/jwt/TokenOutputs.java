package dev.culvert.waypoint.policy.jwt;

import dev.culvert.api.waypoint.JwtRule;
import dev.culvert.waypoint.exchange.RequestHead;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a verified token leaves in the request for the backend.
///
/// Immutable.
///
/// @param payloadHeader for the payload in Base64, as it came; empty for none
/// @param claimHeaders fields, each with the claim that it gets
/// @param keepsToken whether the token stays where it was
record TokenOutputs(String payloadHeader, Map<String, String> claimHeaders, boolean keepsToken) {
    TokenOutputs {
        claimHeaders = Map.copyOf(claimHeaders);
    }

    static TokenOutputs of(JwtRule rule) {
        Map<String, String> claimHeaders = new HashMap<>();
        rule.getOutputClaimToHeadersList().forEach(output -> claimHeaders.put(output.getHeader(), output.getClaim()));
        return new TokenOutputs(rule.getOutputPayloadToHeader(), claimHeaders, rule.getForwardOriginalToken());
    }

    /// Takes away what the client wrote in place of a verified token.
    void clear(RequestHead head) {
        if (!payloadHeader.isEmpty()) {
            head.headers().remove(payloadHeader);
        }
        claimHeaders.keySet().forEach(head.headers()::remove);
    }

    void write(RequestHead head, SignedToken token) {
        if (!payloadHeader.isEmpty()) {
            head.headers().set(payloadHeader, token.payload());
        }
        claimHeaders.forEach((header, claim) -> {
            String value = valueOf(token.claims(), claim);
            if (!value.isEmpty()) {
                head.headers().set(header, value);
            }
        });
    }

    /// The claim of this name, else the one at this path of names between dots; empty for one
    /// that is no single value
    /// or cannot be written into a field.
    private static String valueOf(Claims claims, String name) {
        List<String> values =
                claims.get(name) == null ? claims.values(List.of(name.split("\\.", -1))) : claims.values(List.of(name));
        String value = values.size() == 1 ? values.getFirst() : "";
        return value.chars().allMatch(c -> c >= ' ' && c < 0x7f) ? value.strip() : "";
    }
}

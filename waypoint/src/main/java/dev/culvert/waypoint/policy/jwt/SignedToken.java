package dev.culvert.waypoint.policy.jwt;

import dev.culvert.waypoint.exchange.Bytes;
import java.util.Base64;
import java.util.Map;

/// A token as it came, taken apart, and not to be believed yet.
///
/// Immutable.
///
/// @param algorithm that its header names
/// @param keyId that its header names; empty for none
/// @param signed the bytes that were signed
/// @param payload in Base64, as it came
record SignedToken(String algorithm, String keyId, Bytes signed, Bytes signature, String payload, Claims claims) {
    static final int MAX_LENGTH = 16 << 10;

    /// The token that `text` is: three parts in Base64 for URLs without padding, the first two
    /// of them JSON objects.
    ///
    /// @throws MalformedTokenException when it is none
    static SignedToken parse(String text) throws MalformedTokenException {
        if (text.length() > MAX_LENGTH) {
            throw new MalformedTokenException("is_too_large");
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != 3 || parts[2].isEmpty()) {
            throw new MalformedTokenException("is_not_in_the_form_of_Header.Payload.Signature");
        }
        Map<String, Object> header = JsonReader.object(decode(parts[0]));
        if (!(header.get("alg") instanceof String algorithm)) {
            throw new MalformedTokenException("header_has_no_alg");
        }
        if (header.containsKey("crit")) {
            throw new MalformedTokenException("header_has_crit");
        }
        Object keyId = header.getOrDefault("kid", "");
        if (!(keyId instanceof String kid)) {
            throw new MalformedTokenException("header_kid_is_no_string");
        }
        Claims claims = Claims.of(JsonReader.object(decode(parts[1])));
        Bytes signed = Bytes.of(text.substring(0, text.lastIndexOf('.')));
        return new SignedToken(algorithm, kid, signed, Bytes.of(decode(parts[2])), parts[1], claims);
    }

    private static byte[] decode(String part) throws MalformedTokenException {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw new MalformedTokenException("is_not_in_Base64");
        }
        throw new MalformedTokenException("is_not_in_Base64");
    }
}

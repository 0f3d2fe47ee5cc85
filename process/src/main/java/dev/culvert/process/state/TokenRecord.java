package dev.culvert.process.state;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// What is kept of a bearer token: whom it stands for and a hash of it, never the token. Immutable.
///
/// @param id public name of the token, by which it is listed and revoked
/// @param kind what `subject` names
/// @param subject the node's name, or the SPIFFE id
/// @param created when it was made
/// @param hash SHA-256 of the token's secret in lower-case hex; the secret is 256 random bits, so
///     no salt is needed
public record TokenRecord(String id, Kind kind, String subject, Instant created, String hash) {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /// Whom a token can stand for.
    public enum Kind {
        /// The proxy of a node, which may ask for the identities of the pods there.
        NODE,
        /// One workload identity, for a proxy that is no node's.
        IDENTITY
    }

    public TokenRecord {
        if (!isId(id)) {
            throw new IllegalArgumentException("token id is '" + id + "'; expected 16 hexadecimal digits");
        }
        if (!HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("hash of token " + id + " is no SHA-256 in hexadecimal digits");
        }
        if (subject.isBlank() || subject.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("subject of token " + id + " is '" + subject + "'; expected a name");
        }
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    byte[] encode() {
        String text = "kind=" + kind + "\nsubject=" + subject + "\ncreated=" + created + "\nsha256=" + hash + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// @throws IllegalArgumentException when a field is missing or not legal
    static TokenRecord decode(String id, byte[] content) {
        Map<String, String> fields = new HashMap<>();
        for (String line : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                fields.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        try {
            return new TokenRecord(
                    id,
                    Kind.valueOf(fields.getOrDefault("kind", "")),
                    fields.getOrDefault("subject", ""),
                    Instant.parse(fields.getOrDefault("created", "")),
                    fields.getOrDefault("sha256", ""));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("token " + id + " does not say when it was created", e);
        }
    }
}

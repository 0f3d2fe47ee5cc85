package dev.culvert.process.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The bearer tokens that a control plane accepts, one file each in a [StateDirectory], kept as
/// hashes.
///
/// Thread-safe: lookups read one immutable map, which [#reload] replaces. The command line writes
/// while a control plane reads; neither needs the other to run.
///
/// A token is `culvert_<id>_<secret>`. The id finds the record, so that nothing secret is a map key
/// or a file name, and the hash of the secret is compared in constant time.
public final class TokenStore {
    /// Name of the tokens' directory inside the state directory.
    public static final String DIRECTORY = "tokens";

    private static final Logger log = LoggerFactory.getLogger(TokenStore.class);
    private static final String PREFIX = "culvert";
    private static final int SECRET_BYTES = 32;
    private static final int MAX_TEXT = 128;
    private static final Pattern SEPARATOR = Pattern.compile("_");
    private static final String NO_HASH = "0".repeat(64);

    private final StateDirectory directory;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private volatile Map<String, TokenRecord> records = Map.of();

    private TokenStore(StateDirectory directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /// The tokens under `state`, read once.
    public static TokenStore open(StateDirectory state, Clock clock) throws IOException {
        TokenStore store = new TokenStore(state.child(DIRECTORY), clock);
        store.reload();
        return store;
    }

    /// Makes a token for `subject` and stores its hash.
    public IssuedToken create(TokenRecord.Kind kind, String subject) throws IOException {
        byte[] idBytes = new byte[8];
        random.nextBytes(idBytes);
        String id = HexFormat.of().formatHex(idBytes);
        byte[] secretBytes = new byte[SECRET_BYTES];
        random.nextBytes(secretBytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(secretBytes);
        TokenRecord made =
                new TokenRecord(id, kind, subject, clock.instant().truncatedTo(ChronoUnit.SECONDS), hash(secret));
        directory.write(id, made.encode());
        reload();
        return new IssuedToken(made, PREFIX + "_" + id + "_" + secret);
    }

    /// Withdraws the token named `id`; false when there is none.
    public boolean revoke(String id) throws IOException {
        boolean existed = TokenRecord.isId(id) && directory.delete(id);
        reload();
        return existed;
    }

    /// All tokens, oldest first.
    public List<TokenRecord> list() {
        List<TokenRecord> all = new ArrayList<>(records.values());
        all.sort(Comparator.comparing(TokenRecord::created).thenComparing(TokenRecord::id));
        return List.copyOf(all);
    }

    /// The record of the token `text`, or null when it is not one of ours.
    public @Nullable TokenRecord find(String text) {
        if (text.length() > MAX_TEXT) {
            return null;
        }
        String[] parts = SEPARATOR.split(text, 3);
        if (parts.length != 3 || !parts[0].equals(PREFIX)) {
            return null;
        }
        TokenRecord record = records.get(parts[1]);
        String expected = record == null ? NO_HASH : record.hash();
        boolean equal = MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.US_ASCII), hash(parts[2]).getBytes(StandardCharsets.US_ASCII));
        return equal ? record : null;
    }

    /// Whether the token named `id` is still in force.
    public boolean contains(String id) {
        return records.containsKey(id);
    }

    /// Reads the directory again. A file that is no token is reported and left out; the others stay
    /// in force.
    public void reload() throws IOException {
        Map<String, TokenRecord> read = new HashMap<>();
        for (String name : directory.list()) {
            try {
                byte[] content = directory.read(name);
                if (content != null) {
                    read.put(name, TokenRecord.decode(name, content));
                }
            } catch (IOException | IllegalArgumentException e) {
                log.atWarn()
                        .addKeyValue("file", directory.path().resolve(name))
                        .addKeyValue("reason", e.getMessage())
                        .log("token file left out");
            }
        }
        records = Map.copyOf(read);
    }

    /// Where the token files are, for whoever watches them.
    public StateDirectory directory() {
        return directory;
    }

    private static String hash(String secret) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

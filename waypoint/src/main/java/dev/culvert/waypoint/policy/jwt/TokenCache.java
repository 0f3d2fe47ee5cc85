package dev.culvert.waypoint.policy.jwt;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tokens whose signature was found to be right, the latest used of them.
///
/// Confined to one event loop. A signature costs 0.1 to 0.5 ms to check, a look here some
/// microseconds (a SHA-256 of
/// the token). Only the signature is remembered: expiry, issuer and audience are checked each
/// time. An entry names
/// the key set too, so a key that was taken away takes its tokens along.
public final class TokenCache {
    /// What a loop keeps unless told otherwise.
    public static final int DEFAULT_ENTRIES = 1000;

    /// Of the tokens kept, as text.
    static final int MAX_BYTES = 2 << 20;

    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final int maxEntries;
    private long bytes;

    public TokenCache(int maxEntries) {
        this.maxEntries = maxEntries;
    }

    @Nullable
    Claims find(Key key) {
        Entry entry = entries.get(key);
        return entry == null ? null : entry.claims();
    }

    void put(Key key, Claims claims, int tokenBytes) {
        Entry former = entries.put(key, new Entry(claims, tokenBytes));
        bytes += tokenBytes - (former == null ? 0 : former.bytes());
        var oldest = entries.entrySet().iterator();
        while ((entries.size() > maxEntries || bytes > MAX_BYTES) && oldest.hasNext()) {
            Map.Entry<Key, Entry> last = oldest.next();
            bytes -= last.getValue().bytes();
            oldest.remove();
        }
    }

    int size() {
        return entries.size();
    }

    /// What an entry is found by.
    ///
    /// @param token its SHA-256
    /// @param keys the SHA-256 of the key set that verified it
    record Key(String token, String keys) {}

    private record Entry(Claims claims, int bytes) {}
}

package dev.culvert.waypoint.policy.jwt;

import java.util.LinkedHashMap;

/// Tokens whose signature was found to be right, the latest used of them.
///
/// Confined to one event loop. A signature costs 0.1 to 0.5 ms to check, a look here some
/// microseconds (a SHA-256 of
/// the token). Only the signature is remembered: expiry, issuer and audience are checked each
/// time. An entry names
/// the key set too, so a key that was taken away takes its tokens along. Tokens that were
/// refused are not remembered:
/// a client that sends new ones pays with its own requests, and would else push out those of
/// others.
public final class TokenCache {
    /// What a loop keeps unless told otherwise: about a megabyte.
    public static final int DEFAULT_ENTRIES = 4096;

    private final LinkedHashMap<Key, Boolean> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final int maxEntries;

    public TokenCache(int maxEntries) {
        this.maxEntries = maxEntries;
    }

    boolean contains(Key key) {
        return entries.get(key) != null;
    }

    void add(Key key) {
        entries.put(key, Boolean.TRUE);
        if (entries.size() > maxEntries) {
            entries.pollFirstEntry();
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
}

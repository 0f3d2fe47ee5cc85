package dev.culvert.waypoint.upstream;

import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.upstream.LoadBalancing.HashKey;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What consistent hashing hashes of a request. Without state.
public final class HashKeys {
    private HashKeys() {}

    /// What a request's key comes to.
    ///
    /// @param hash null when the request has no key
    /// @param setCookie to add to the response, so that the client comes back to the same endpoint; null for none
    public record Found(@Nullable Long hash, @Nullable String setCookie) {
        private static final Found NOTHING = new Found(null, null);
    }

    /// The hash of what the cluster hashes of this request, if it has it.
    ///
    /// @param how null when the cluster does not hash
    public static Found of(
            LoadBalancing.@Nullable ConsistentHash how, RequestHead head, Client client, RandomGenerator random) {
        if (how == null) {
            return Found.NOTHING;
        }
        if (how.key() instanceof HashKey.Cookie cookie && cookie.life() != null && value(head, cookie.name()) == null) {
            return made(cookie, cookie.life(), random);
        }
        String text = switch (how.key()) {
            case HashKey.Header(String name) -> {
                List<String> values = head.headers().getAll(name);
                yield values.isEmpty() ? null : String.join(",", values);
            }
            case HashKey.SourceAddress() -> client.address().getAddress().getHostAddress();
            case HashKey.QueryParameter(String name) -> {
                List<String> values =
                        new QueryStringDecoder(head.target()).parameters().get(name);
                yield values == null || values.isEmpty() ? null : values.getFirst();
            }
            case HashKey.Cookie cookie -> value(head, cookie.name());
        };
        return text == null ? Found.NOTHING : new Found(HashTable.hash(text), null);
    }

    private static @Nullable String value(RequestHead head, String name) {
        for (String line : head.headers().getAll("cookie")) {
            for (Cookie cookie : ServerCookieDecoder.LAX.decode(line)) {
                if (cookie.name().equals(name)) {
                    return cookie.value();
                }
            }
        }
        return null;
    }

    private static Found made(HashKey.Cookie cookie, Duration life, RandomGenerator random) {
        String value =
                HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
        StringBuilder text = new StringBuilder(cookie.name()).append('=').append(value);
        if (!life.isZero()) {
            text.append("; Max-Age=").append(life.toSeconds());
        }
        if (!cookie.path().isEmpty()) {
            text.append("; Path=").append(cookie.path());
        }
        return new Found(HashTable.hash(value), text.append("; HttpOnly").toString());
    }
}

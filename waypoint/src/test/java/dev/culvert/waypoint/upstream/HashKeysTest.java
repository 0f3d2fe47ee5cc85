package dev.culvert.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.upstream.LoadBalancing.ConsistentHash;
import dev.culvert.waypoint.upstream.LoadBalancing.HashKey;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What of a request is hashed.
class HashKeysTest {
    private final RequestHead head =
            new RequestHead("GET", "http", "web", "/a?user=ann&user=bob", new DefaultHttpHeaders());

    @Test
    void aFieldIsHashedWithAllOfItsValues() {
        HashKey key = new HashKey.Header("x-user");
        assertThat(hash(key).hash()).isNull();

        head.headers().add("X-User", "ann");
        Long one = hash(key).hash();
        head.headers().add("x-user", "bob");

        assertThat(one).isEqualTo(HashTable.hash("ann"));
        assertThat(hash(key).hash()).isEqualTo(HashTable.hash("ann,bob"));
    }

    @Test
    void theFirstValueOfAParameterAndTheClientsAddress() {
        assertThat(hash(new HashKey.QueryParameter("user")).hash()).isEqualTo(HashTable.hash("ann"));
        assertThat(hash(new HashKey.QueryParameter("none")).hash()).isNull();
        assertThat(hash(new HashKey.SourceAddress()).hash()).isEqualTo(HashTable.hash("10.0.0.9"));
    }

    @Test
    void aCookieIsReadAndMadeOnlyWhenItHasALife() {
        HashKey read = new HashKey.Cookie("session", "/", null);
        HashKey made = new HashKey.Cookie("session", "/shop", Duration.ofMinutes(1));
        assertThat(hash(read)).isEqualTo(new HashKeys.Found(null, null));

        HashKeys.Found found = hash(made);
        assertThat(found.setCookie()).matches("session=[0-9a-f]{32}; Max-Age=60; Path=/shop; HttpOnly");
        String value = String.valueOf(found.setCookie()).substring("session=".length(), "session=".length() + 32);
        assertThat(found.hash()).isEqualTo(HashTable.hash(value));

        head.headers().add("cookie", "a=b; session=" + value);
        assertThat(hash(made)).isEqualTo(new HashKeys.Found(found.hash(), null));
        assertThat(hash(read)).isEqualTo(new HashKeys.Found(found.hash(), null));
    }

    @Test
    void aClusterThatDoesNotHashHasNoKey() {
        assertThat(HashKeys.of(null, head, client(), new Random(1)).hash()).isNull();
    }

    private HashKeys.Found hash(@Nullable HashKey key) {
        return HashKeys.of(key == null ? null : new ConsistentHash(key, 1024, false), head, client(), new Random(1));
    }

    private static Client client() {
        return new Client(
                SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/ann"),
                new InetSocketAddress("10.0.0.9", 4000),
                new InetSocketAddress("10.96.0.1", 80),
                null);
    }
}

package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.gateway.AuthenticationMessages.Keys;
import dev.culvert.controlplane.keys.KeyNeed;
import dev.culvert.controlplane.keys.KeySource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Keys of token issuers as a test hands them out. Thread-safe.
final class FakeKeys implements KeySource {
    final Map<String, Consumer<Keys>> wanted = new ConcurrentHashMap<>();

    @Override
    public void want(KeyNeed need, Consumer<Keys> found) {
        wanted.put(need.key(), found);
    }

    @Override
    public void forget(KeyNeed need) {
        wanted.remove(need.key());
    }

    void answer(String key, String keys, String error) {
        Objects.requireNonNull(wanted.get(key), key).accept(new Keys(keys, error));
    }
}

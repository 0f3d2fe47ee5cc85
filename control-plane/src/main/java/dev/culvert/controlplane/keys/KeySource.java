package dev.culvert.controlplane.keys;

import dev.culvert.controlplane.gateway.AuthenticationMessages.Keys;
import java.util.function.Consumer;

/// Where the keys of token issuers come from. Thread-safe.
public interface KeySource {
    /// Begins to look for a key set, and goes on to keep it fresh.
    ///
    /// @param found told what there is, or why there is nothing, first after one attempt and then at each
    ///     change; on any thread
    void want(KeyNeed need, Consumer<Keys> found);

    /// Nobody needs it any more.
    void forget(KeyNeed need);
}

package dev.culvert.controlplane.caller;

import org.jspecify.annotations.Nullable;

/// Says whom a bearer token stands for. Implementations are thread-safe and may block.
@FunctionalInterface
public interface TokenReviewer {
    /// The caller that `token` stands for, or null when this reviewer does not vouch for it.
    @Nullable
    Caller review(String token);
}

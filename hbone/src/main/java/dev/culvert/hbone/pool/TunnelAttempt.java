package dev.culvert.hbone.pool;

/// A CONNECT under way. Confined to the pool's loop.
@FunctionalInterface
public interface TunnelAttempt {

    /// Gives the attempt up; the callback is not called any more. Does nothing after the reply.
    void cancel();
}

package dev.culvert.ztunnel.sockets;

/// A port to listen on in a pod, on all its addresses. Immutable.
///
/// @param port of the pod; 0 lets the kernel choose
/// @param use what the accepted channels are for
/// @param accepting whether connections are accepted at once; otherwise they wait in the kernel's queue until the
///     listening channel's auto-read is switched on
public record Listen(int port, ChannelUse use, boolean accepting) {
    /// One that accepts at once.
    public Listen(int port, ChannelUse use) {
        this(port, use, true);
    }
}

package dev.culvert.ztunnel.sockets;

/// A port to listen on in a pod, on all its addresses. Immutable.
///
/// @param port of the pod; 0 lets the kernel choose
/// @param use what the accepted channels are for
public record Listen(int port, ChannelUse use) {}

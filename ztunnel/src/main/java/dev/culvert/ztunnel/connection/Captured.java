package dev.culvert.ztunnel.connection;

import java.net.InetSocketAddress;

/// A connection that a listener in a pod took: who connected, where to, when. Immutable.
///
/// Addresses are plain IPv4 or IPv6, never IPv4 mapped into IPv6.
///
/// @param peer the address that connected
/// @param destination where it wanted to go, before any redirection
/// @param atNanos when it was accepted, by [System#nanoTime()]
public record Captured(InetSocketAddress peer, InetSocketAddress destination, long atNanos) {}

package dev.culvert.hbone;

import dev.culvert.hbone.header.Baggage;

/// What became of a CONNECT, told to the client that asked. Immutable.
public sealed interface ConnectReply {

    /// The peer answered 200. The receiver of `stream` is to be set before the callback returns.
    ///
    /// @param baggage what the peer says of the destination workload; empty when it says nothing
    record Accepted(TunnelStream stream, Baggage baggage) implements ConnectReply {}

    /// The peer answered with another status.
    ///
    /// @param reason in the peer's words; empty when it gives none
    record Refused(int status, String reason) implements ConnectReply {}

    /// No answer was had.
    record Failed(TunnelFailure failure) implements ConnectReply {}
}

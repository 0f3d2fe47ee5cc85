package dev.culvert.hbone.h2;

import dev.culvert.hbone.ConnectRequest;

/// What a request's header fields amount to. Immutable.
sealed interface RequestVerdict {

    /// A CONNECT that the owner may answer.
    record Tunnel(ConnectRequest request) implements RequestVerdict {}

    /// A legal request that asks for no tunnel that we could make; the answer is 400.
    ///
    /// @param contentBytes what it says of its body's length, or -1
    record BadRequest(long contentBytes) implements RequestVerdict {}

    /// No legal request (RFC 9113 section 8.1.1).
    record Malformed() implements RequestVerdict {}
}

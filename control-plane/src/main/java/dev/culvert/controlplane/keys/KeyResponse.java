package dev.culvert.controlplane.keys;

/// How a request for a document ended well. Immutable.
sealed interface KeyResponse {
    /// With the document.
    record Document(String text) implements KeyResponse {}

    /// With another address to ask.
    record Moved(String location) implements KeyResponse {}
}

package dev.culvert.mesh.config;

import java.nio.file.Path;

/// What proves to the control plane who calls (`AUTH_TOKEN`).
public sealed interface CallToken {
    /// A file, read for every call.
    record TokenFile(Path path) implements CallToken {}

    /// The token itself.
    record Literal(String token) implements CallToken {
        /// Says that there is one, and keeps it out of logs.
        @Override
        public String toString() {
            return "Literal[token=***]";
        }
    }

    /// No token is sent.
    record None() implements CallToken {}
}

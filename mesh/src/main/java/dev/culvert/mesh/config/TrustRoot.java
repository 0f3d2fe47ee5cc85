package dev.culvert.mesh.config;

import java.nio.file.Path;

/// What a control plane's certificate must chain to (`XDS_ROOT_CA`, `CA_ROOT_CA`).
public sealed interface TrustRoot {
    /// A PEM file, read again when it changes.
    record PemFile(Path path) implements TrustRoot {}

    /// Certificates given in the variable itself.
    record InlinePem(String pem) implements TrustRoot {}

    /// The operating system's (`SYSTEM`).
    record OperatingSystem() implements TrustRoot {}
}

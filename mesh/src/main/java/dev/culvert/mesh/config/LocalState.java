package dev.culvert.mesh.config;

import java.nio.file.Path;

/// A static view of the mesh in YAML.
public sealed interface LocalState {
    /// In a file (`LOCAL_XDS_PATH`).
    record InFile(Path path) implements LocalState {}

    /// In the variable itself (`LOCAL_XDS`).
    record Inline(String yaml) implements LocalState {}
}

package dev.culvert.mesh.model;

/// Who may find a service by its virtual address or name.
public enum Visibility {
    PUBLIC,
    /// Clients of its own namespace only.
    NAMESPACE
}

package dev.culvert.mesh.state;

/// Whoever wants to hear that the world changed.
///
/// Called on the state thread, after the new world is published; must not block, and posts to its own thread.
@FunctionalInterface
public interface MeshListener {
    /// `world` is what [MeshState#world] gives from now on, until the next call.
    void worldChanged(MeshSnapshot world, WorldChange change);
}

package dev.culvert.agent.zds;

import dev.culvert.linux.Netns;

/// A pod of the mesh, as the node proxy is told of it. Immutable.
///
/// @param uid the pod's UID in Kubernetes
/// @param netns its network namespace; it stays its owner's, and a sink that keeps it makes a copy
/// of its own
public record MeshPod(String uid, String namespace, String name, String serviceAccount, Netns netns) {}
